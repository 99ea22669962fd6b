/** Vega, as far as charts need it. A module of its own, because it is large and many runs have no chart. */
import type { Config, Item, Spec } from 'vega';
import { transforms } from 'vega-dataflow';
import { axisticks, datajoin, encode, legendentries, scale, sortitems } from 'vega-encode';
import { expressionInterpreter } from 'vega-interpreter';
import { parse } from 'vega-parser';
import {
  aggregate,
  collect,
  extent,
  facet,
  filter,
  formula,
  multiextent,
  multivalues,
  params,
  prefacet,
  proxy,
  relay,
  sequence,
  sieve,
  subflow,
  values,
} from 'vega-transforms';
import { View } from 'vega-view';
import { bound, mark, overlap, render, viewlayout } from 'vega-view-transforms';
import {
  type Chart,
  type ChartData,
  type ChartKind,
  plotWidth,
  type Row,
} from '../../../kernel/notebook/charts/index.ts';
import { filled, type Slots } from './slots.ts';
import templates from './templates.built.ts';

/** What compiled specs are made of. The whole of Vega, maps and word clouds among it, is twice as large. */
Object.assign(transforms, {
  ...{
    aggregate,
    collect,
    extent,
    facet,
    filter,
    formula,
    multiextent,
    multivalues,
    params,
    prefacet,
    proxy,
  },
  ...{ relay, sequence, sieve, subflow, values },
  ...{ axisticks, datajoin, encode, legendentries, scale, sortitems },
  ...{ bound, mark, overlap, render, viewlayout },
});

/** Thousands of cells are drawn and hit faster in one picture. */
const RENDERERS: { [kind in ChartKind]?: 'canvas' } = { heatmap: 'canvas' };
/** Vega's number for: tell errors only. */
const ERRORS = 1;
/** Pixels of a saved picture for each on screen. */
const PICTURE_SCALE = 2;

export interface Look {
  log: boolean;
  width: number;
  slots: Slots;
  config: Config;
}

/** A row under the pointer; null = none any more. */
export type Pointed = (row: Row | null, event: MouseEvent) => void;

export interface Drawing {
  /** Draws other data, or the same in another width, in the same chart. */
  update(data: ChartData, width: number): Promise<void>;
  svg(background: string): Promise<string>;
  png(background: string): Promise<Blob>;
  dispose(): void;
}

/** Draws a chart into `container`. Expressions are interpreted: the page may forbid eval. */
export async function draw(
  container: HTMLElement,
  { kind, data }: Pick<Chart, 'kind' | 'data'>,
  { log, width, slots, config }: Look,
  pointed: Pointed,
): Promise<Drawing> {
  const spec = filled(templates[kind][log ? 'log' : 'linear'], slots) as Spec;
  const view = new View(parse(spec, config, { ast: true }), {
    container,
    renderer: RENDERERS[kind] ?? 'svg',
    expr: expressionInterpreter,
    logLevel: ERRORS,
  } as ConstructorParameters<typeof View>[1]);
  const named = new Set(spec.data?.map(({ name }) => name));
  const facets = spec.signals?.some(({ name }) => name === 'child_width');

  const update = async (data: ChartData, width: number) => {
    for (const [name, rows] of Object.entries(data)) if (named.has(name)) view.data(name, rows);
    view.signal(facets ? 'child_width' : 'width', plotWidth(kind, width));
    await view.runAsync();
  };
  /** On screen the page shines through. */
  const onGround = async <T>(background: string, make: () => Promise<T>) => {
    view.background(background);
    try {
      return await make();
    } finally {
      await view.background(null as never).runAsync();
    }
  };

  view.addEventListener('pointermove', (event, item) => pointed(rowOf(item), event as MouseEvent));
  view.addEventListener('pointerout', event => pointed(null, event as MouseEvent));
  await update(data, width);
  return {
    update,
    svg: background => onGround(background, () => view.toSVG()),
    png: background =>
      onGround(background, async () => {
        const canvas = await view.toCanvas(PICTURE_SCALE);
        return new Promise<Blob>(resolve => canvas.toBlob(blob => resolve(blob!), 'image/png'));
      }),
    dispose: () => view.finalize(),
  };
}

/** What is pointed at are rectangles: of heatmaps the cells, else what `hover` puts on top. */
function rowOf(item: Item | null | undefined): Row | null {
  const of = item?.mark as { marktype?: string; role?: string } | undefined;
  return of?.marktype === 'rect' && of.role === 'mark' ? (item!.datum as Row) : null;
}
