/** A chart as files. */
import { type Chart, vegaLite } from '../../../kernel/notebook/charts/index.ts';
import type { Drawing } from './vega.ts';

export interface Picture {
  chart: Chart;
  drawing: Drawing;
  /** What it is painted on. */
  ground: string;
  log: boolean;
}

interface FileKind {
  extension: string;
  content(picture: Picture): Promise<Blob>;
}

export type Saved = 'SVG' | 'PNG' | 'Vega-Lite';

export const FILES: { [as in Saved]: FileKind } = {
  SVG: {
    extension: 'svg',
    content: async ({ drawing, ground }) => new Blob([await drawing.svg(ground)], { type: 'image/svg+xml' }),
  },
  PNG: { extension: 'png', content: ({ drawing, ground }) => drawing.png(ground) },
  'Vega-Lite': {
    extension: 'vl.json',
    content: async ({ chart, log }) =>
      new Blob([`${JSON.stringify(vegaLite(chart, { log }), null, 1)}\n`], { type: 'application/json' }),
  },
};

/** A title as the name of a file. */
export function fileName(title: string, extension: string): string {
  const name = title.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[-.]+|[-.]+$/g, '');
  return `${name.slice(0, 80) || 'chart'}.${extension}`;
}
