/** Histograms: bars by bucket, a chart for each key. */
import type { HistogramPanel } from '../../protocol.ts';
import type { JsonObject } from '../json.ts';
import { unitTitle } from '../labels.ts';
import { amountAxis, amountParams, upright } from './amounts.ts';
import { bucketAxis, bucketEnds, rangeText } from './buckets.ts';
import {
  type Chart,
  type ChartSpec,
  type ChartWords,
  type Fact,
  hover,
  type SpecOptions,
  titled,
  words,
} from './chart.ts';
import { exact, keyLabels, shortLine } from './labels.ts';

const HEIGHT = 180;
const FACET_HEIGHT = 110;

export function histogram({ title, series, unit }: HistogramPanel, top: number, narrow: boolean): Chart {
  const shown = series.slice(0, top);
  const axis = bucketAxis(
    shown.flatMap(({ buckets }) => buckets),
    unit,
  );
  const keys = keyLabels(shown);
  const keyed = series.some(({ key }) => key !== '');
  const rows = shown.flatMap(({ buckets }, i) =>
    buckets.map(bucket => {
      const { label, order } = axis.place(bucket);
      const range = rangeText(bucket, unit);
      return { key: keys[i]!, keyOrder: i, bucket: label, order, range, count: bucket.count };
    }),
  );
  const breaks = axis.breaks.map(({ label, order }) => ({
    key: keys[0]!,
    keyOrder: 0,
    bucket: label,
    order,
    range: '',
    count: 0,
  }));
  return {
    kind: !keyed ? 'histogram' : narrow || shown.length < 2 ? 'histograms' : 'histogramPairs',
    words: words(shortLine(title), 'count', unitTitle(unit) ?? ''),
    data: { values: [...rows, ...breaks], spans: [] },
    shown: shown.length,
    of: series.length,
    facts: ({ key, range, count }) => {
      if (range === '') return [];
      const facts: Fact[] = [
        ['bucket', String(range)],
        ['count', exact(Number(count))],
      ];
      return keyed ? [['key', String(key)], ...facts] : facts;
    },
  };
}

export const histogramSpec: ChartSpec = (words, options) => ({
  ...titled(words),
  params: amountParams(words),
  height: HEIGHT,
  ...plot(words, options, []),
});

/** Each key's in a plot of its own, this many side by side. */
export const histogramsSpec =
  (columns: number): ChartSpec =>
  (words, options) => ({
    ...titled(words),
    params: amountParams(words),
    facet: { field: 'key', type: 'nominal', title: null, sort: { field: 'keyOrder', op: 'min' } },
    columns,
    spec: { height: FACET_HEIGHT, ...plot(words, options, [{ field: 'key', type: 'nominal' }]) },
    resolve: { scale: { y: 'independent' } },
  });

function plot(words: ChartWords, options: SpecOptions, more: JsonObject[]): JsonObject {
  const x = {
    field: 'bucket',
    type: 'ordinal',
    sort: { field: 'order', op: 'min' },
    title: words.measured,
    scale: { paddingInner: 0.1, paddingOuter: 0.05 },
    axis: bucketEnds('x'),
  };
  const tooltip = [
    ...more,
    { field: 'range', type: 'nominal', title: 'bucket' },
    { field: 'count', type: 'quantitative', format: ',d' },
  ];
  return {
    view: { stroke: null },
    layer: [
      {
        name: 'bars',
        mark: { type: 'bar', description: { expr: "datum.range + ': ' + datum.count" } },
        encoding: {
          x,
          y: { field: 'count', ...upright(amountAxis(words, options)) },
          ...(options.live ? {} : { tooltip }),
        },
      },
      ...(options.live ? [hover({ x })] : []),
    ],
  };
}
