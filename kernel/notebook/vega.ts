/** Vega-Lite specs of charts, data inline. Colours and fonts are left to the theme around them. */
import type { BarsPanel, HistogramPanel } from '../protocol.ts';
import type { JsonObject } from './json.ts';
import { asBigInt, bucketLabel, inUnit, type Unit, unitTitle, visibleLine } from './labels.ts';

export interface VegaOptions {
  /** Keys of a histogram, or bars, drawn at most. */
  top?: number;
  /** Pixels of the plot; `container` follows the element. */
  width?: number | 'container';
}

const SCHEMA = 'https://vega.github.io/schema/vega-lite/v5.json';
const TOP_FACETS = 6;
const TOP_BARS = 30;
const FACET_HEIGHT = 120;

export function vegaLite(panel: HistogramPanel | BarsPanel, options: VegaOptions = {}): JsonObject {
  return panel.kind === 'histogram' ? histogramSpec(panel, options) : barsSpec(panel, options);
}

function histogramSpec(
  { title, series, unit }: HistogramPanel,
  { top = TOP_FACETS, width = 'container' }: VegaOptions,
): JsonObject {
  const shown = series.slice(0, top);
  const keyed = shown.some(({ key }) => key !== '');
  const labels = new Map<string, { label: string; order: number }>();
  const values = shown.flatMap(({ key, buckets }) =>
    buckets.map(bucket => {
      const label = bucketLabel(bucket, unit);
      const order = bucket.lo === null ? Number.NEGATIVE_INFINITY : Number(bucket.lo);
      labels.set(label, { label, order });
      return {
        key: visibleLine(key),
        bucket: label,
        range: rangeText(bucket.lo, bucket.hi, unit),
        count: bucket.count,
      };
    }),
  );
  const sort = [...labels.values()].sort((a, b) => a.order - b.order).map(({ label }) => label);
  const plot: JsonObject = {
    mark: { type: 'bar', cornerRadiusEnd: 1 },
    encoding: {
      x: {
        field: 'bucket',
        type: 'ordinal',
        sort,
        title: unitTitle(unit),
        axis: { labelAngle: -45, labelOverlap: true },
      },
      y: { field: 'count', type: 'quantitative', title: 'count', axis: { tickMinStep: 1, format: '~s' } },
      tooltip: [
        ...(keyed ? [{ field: 'key', type: 'nominal', title: 'key' }] : []),
        { field: 'range', type: 'nominal', title: 'bucket' },
        { field: 'count', type: 'quantitative', title: 'count', format: ',d' },
      ],
    },
  };
  const caption =
    visibleLine(title) + (series.length > shown.length ? ` (${shown.length} of ${series.length} keys)` : '');
  if (!keyed) return { $schema: SCHEMA, title: caption, data: { values }, width, ...plot };
  // A facet cannot follow its container, so keyed charts get a width in pixels.
  const columns = shown.length > 1 ? 2 : 1;
  return {
    $schema: SCHEMA,
    title: caption,
    data: { values },
    facet: { field: 'key', type: 'nominal', title: null, sort: shown.map(({ key }) => visibleLine(key)) },
    columns,
    spec: { width: typeof width === 'number' ? width : 320, height: FACET_HEIGHT, ...plot },
    resolve: { scale: { y: 'independent' } },
  };
}

/** Exact bounds, however short the label is. */
function rangeText(
  lo: HistogramPanel['series'][number]['buckets'][number]['lo'],
  hi: typeof lo,
  unit?: Unit,
): string {
  const exact = (value: typeof lo) => {
    const text = String(asBigInt(value) ?? value);
    const duration = inUnit(value, unit);
    return duration === undefined ? text : `${text} ${unit} (${duration})`;
  };
  return `${lo === null ? '(…' : `[${exact(lo)}`}, ${hi === null ? '…' : exact(hi)})`;
}

function barsSpec(
  { title, valueName, bars, more }: BarsPanel,
  { top = TOP_BARS, width = 'container' }: VegaOptions,
): JsonObject {
  const shown = bars.slice(0, top);
  const left = more + bars.length - shown.length;
  return {
    $schema: SCHEMA,
    title: visibleLine(title) + (left > 0 ? ` (${left} more)` : ''),
    data: {
      // `order` keeps apart keys that look alike; `exact` shows what a double rounds.
      values: shown.map(({ key, value }, order) => ({
        key: visibleLine(key),
        order,
        value: Number(value),
        exact: String(value),
      })),
    },
    width,
    height: { step: 18 },
    mark: { type: 'bar', cornerRadiusEnd: 1 },
    encoding: {
      y: { field: 'key', type: 'nominal', sort: { field: 'order' }, title: null, axis: { labelLimit: 240 } },
      x: {
        field: 'value',
        type: 'quantitative',
        title: visibleLine(valueName),
        axis: { tickMinStep: 1, format: '~s' },
      },
      tooltip: [
        { field: 'key', type: 'nominal', title: 'key' },
        { field: 'exact', type: 'nominal', title: visibleLine(valueName) },
      ],
    },
  };
}
