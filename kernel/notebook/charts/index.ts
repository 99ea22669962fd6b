/** Panels as charts: what is drawn, and the Vega-Lite that draws it. Colours and fonts are left to the theme around. */
import type { Panel, ViewName } from '../../protocol.ts';
import { formOf } from '../forms.ts';
import { isObject, type JsonObject } from '../json.ts';
import { bars, barsSpec } from './bars.ts';
import type { Chart, ChartKind, ChartSpec } from './chart.ts';
import { heatmap, heatmapSpec } from './heatmap.ts';
import { histogram, histogramSpec, histogramsSpec } from './histogram.ts';
import { lineSpec, lines, linesSpec } from './lines.ts';

export type { Chart, ChartData, ChartKind, ChartWords, Fact, Row, SpecOptions } from './chart.ts';

export type ChartForm = Extract<ViewName, 'chart' | 'heatmap' | 'lines'>;

export const CHART_SPECS: { [kind in ChartKind]: ChartSpec } = {
  histogram: histogramSpec,
  histograms: histogramsSpec(1),
  histogramPairs: histogramsSpec(2),
  bars: barsSpec,
  line: lineSpec,
  lines: linesSpec,
  heatmap: heatmapSpec,
};

/** Keys drawn without being asked for more. */
const TOP = { histogram: 6, bars: 30, lines: 8 };

export interface ChartOptions {
  /** So many times the keys that are drawn without being asked for more. */
  more?: number;
  /** There is no room for plots side by side. */
  narrow?: boolean;
}

/** What is drawn of a panel in a form; undefined where the panel has not that form. */
export function chartOf(
  panel: Panel,
  form: ChartForm,
  { more = 1, narrow = false }: ChartOptions = {},
): Chart | undefined {
  if (form === 'heatmap') return heatmap(panel);
  if (form === 'lines') return lines(panel, TOP.lines * more);
  if (panel.kind === 'histogram') return histogram(panel, TOP.histogram * more, narrow);
  return panel.kind === 'bars' ? bars(panel, TOP.bars * more) : undefined;
}

/** Is there anything to draw? */
export const isEmpty = ({ data }: Chart) => data.values.length === 0;

/** A panel's chart, in the form that was chosen for its output, if there is one to draw then. */
export function chosenChart(panel: Panel, chosen: ViewName | undefined): Chart | undefined {
  const form = formOf(panel, chosen);
  const chart = isChartForm(form) ? chartOf(panel, form) : undefined;
  return chart && !isEmpty(chart) ? chart : undefined;
}

const isChartForm = (form: ViewName): form is ChartForm =>
  form === 'chart' || form === 'heatmap' || form === 'lines';

export interface VegaOptions {
  /** Amounts by factors of ten. */
  log?: boolean;
  /** Pixels of the plots, those side by side together. */
  width?: number;
}

/** A chart in Vega-Lite that stands for itself, its data inline. */
export function vegaLite(chart: Chart, { log = false, width = 480 }: VegaOptions = {}): JsonObject {
  const { kind, words, data, shown, of } = chart;
  const title = shown < of ? `${words.title} (${shown} of ${of} keys)` : words.title;
  const spec = CHART_SPECS[kind]({ ...words, title }, { log, live: false });
  const sized = isObject(spec.spec)
    ? { ...spec, spec: { ...spec.spec, width: plotWidth(kind, width) } }
    : { ...spec, width };
  return { $schema: SCHEMA, ...sized, data: { name: 'values', values: data.values } };
}

const SCHEMA = 'https://vega.github.io/schema/vega-lite/v5.json';
/** Pixels between plots side by side, for an axis and its labels. */
const GUTTER = 70;

/** Pixels of each plot, where all of them get `width`. */
export const plotWidth = (kind: ChartKind, width: number) =>
  kind === 'histogramPairs' ? Math.max(120, Math.floor((width - GUTTER) / 2)) : width;
