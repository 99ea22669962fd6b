/** What a chart is before it is drawn: its kind, its words, its data. */
import type { JsonObject } from '../json.ts';
import type { Unit } from '../labels.ts';

export type ChartKind = 'histogram' | 'histograms' | 'histogramPairs' | 'bars' | 'line' | 'lines' | 'heatmap';

/** What of a spec comes with a panel. All else is the same for every chart of a kind. */
export interface ChartWords {
  title: string;
  /** What the amounts are: the title of their axis. */
  amount: string;
  /** What was measured, where buckets of it are drawn. */
  measured: string;
  /** An amount times `scale` is in `suffix`. */
  scale: number;
  suffix: string;
}

export interface SpecOptions {
  /** Amounts grow by factors of ten. Zero is drawn, at the origin. */
  log: boolean;
  /** Drawn where the pointer is followed by `facts`; else tooltips are in the spec. */
  live: boolean;
}

export type Row = JsonObject;
export type Fact = [name: string, text: string];

export interface Chart {
  kind: ChartKind;
  words: ChartWords;
  data: ChartData;
  /** Keys drawn, and how many there are. */
  shown: number;
  of: number;
  /** All about a row of the data, exactly. */
  facts(row: Row): Fact[];
}

export interface ChartData {
  values: Row[];
  /** The times between which each value of lines came. */
  spans: Row[];
}

/** A title stands where the chart begins, whatever the theme says. */
export const titled = ({ title }: ChartWords): JsonObject => ({ title: { text: title, anchor: 'start' } });

/** Vega-Lite of a kind, without `$schema`, size and data, which has the names of {@link ChartData}. */
export type ChartSpec = (words: ChartWords, options: SpecOptions) => JsonObject;

/** What is hovered over is wider than what is drawn. */
export const hover = (encoding: JsonObject): JsonObject => ({
  name: 'hover',
  mark: { type: 'rect', opacity: 0, aria: false },
  encoding,
});

const SCALES: { [unit in Unit]: [scale: number, suffix: string] } = {
  ns: [1e-9, 's'],
  us: [1e-6, 's'],
  ms: [1e-3, 's'],
  s: [1, 's'],
  bytes: [1, 'B'],
  KiB: [1024, 'B'],
};

export function words(title: string, amount: string, measured = '', unit?: Unit): ChartWords {
  const [scale, suffix] = unit ? SCALES[unit] : [1, ''];
  return { title, amount, measured, scale, suffix };
}
