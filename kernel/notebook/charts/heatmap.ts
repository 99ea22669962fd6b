/** A histogram over time: what came when, by bucket, as colours. */
import type { History, Panel } from '../../protocol.ts';
import { unitTitle } from '../labels.ts';
import { amountLegend, amountScale } from './amounts.ts';
import { bucketAxis, bucketEnds, rangeText } from './buckets.ts';
import { type Chart, type ChartSpec, type Row, titled, words } from './chart.ts';
import { CLOCK_AXIS, exact, shortLine, span } from './labels.ts';

const HEIGHT = 240;
/** Pixels that cells reach into the next, which hide the seams between them. */
const SEAM = 0.5;
/** As many times side by side as can be told apart, and as many cells as are drawn within two frames. */
const MOST_TIMES = 120;
const MOST_CELLS = 3000;

export function heatmap(panel: Panel): Chart | undefined {
  const history = panel.kind === 'text' ? undefined : panel.history;
  if (!history?.heat) return undefined;
  const { times, heat } = coarse(history.times, history.heat);
  const unit = panel.kind === 'histogram' ? panel.unit : undefined;
  const totals = heat.buckets.map((_, j) => heat.counts.reduce((sum, counts) => sum + (counts[j] ?? 0), 0));
  const first = totals.findIndex(total => total > 0);
  const buckets = first < 0 ? [] : heat.buckets.slice(first, totals.findLastIndex(total => total > 0) + 1);
  const axis = bucketAxis(buckets, unit);
  const places = buckets.map(axis.place);
  const bounds = new Map(buckets.map((one, j) => [places[j]!.order, one]));
  const cells = heat.counts.flatMap((counts, i) =>
    places.flatMap((place, j): Row[] => {
      const count = counts[first + j] ?? 0;
      return count > 0
        ? [{ start: times[i]!, end: times[i + 1]!, bucket: place.label, order: place.order, count }]
        : [];
    }),
  );
  return {
    kind: 'heatmap',
    words: words(shortLine(panel.title), 'count', unitTitle(unit) ?? ''),
    data: { values: [...emptyCells(times, [...places, ...axis.breaks]), ...cells], spans: [] },
    shown: 1,
    of: 1,
    facts: row =>
      row.count === 0
        ? []
        : [
            ['time', span(Number(row.start), Number(row.end))],
            ['bucket', rangeText(bounds.get(Number(row.order))!, unit)],
            ['count', exact(Number(row.count))],
          ],
  };
}

type Heat = NonNullable<History['heat']>;

/** Neighbouring times are taken together until there are few enough. */
function coarse(times: number[], heat: Heat): { times: number[]; heat: Heat } {
  const { counts } = heat;
  const most = Math.max(1, Math.min(MOST_TIMES, MOST_CELLS / heat.buckets.length));
  if (counts.length <= most) return { times, heat };
  const pairs = counts.flatMap((first, i) => {
    if (i % 2) return [];
    const second = counts[i + 1] ?? [];
    return [first.map((count, j) => count + (second[j] ?? 0))];
  });
  const starts = counts.flatMap((_, i) => (i % 2 ? [] : [times[i]!]));
  return coarse([...starts, times.at(-1)!], { ...heat, counts: pairs });
}

/** Cells of no width at both ends: they keep buckets and times on the axes in which nothing came. */
function emptyCells(times: number[], places: { label: string; order: number }[]): Row[] {
  const [start, end] = [times[0], times.at(-1)];
  if (start === undefined || end === undefined) return [];
  const empty = ({ label, order }: (typeof places)[number], time: number): Row => ({
    start: time,
    end: time,
    bucket: label,
    order,
    count: 0,
  });
  return [...places.map(place => empty(place, start)), ...places.slice(0, 1).map(place => empty(place, end))];
}

export const heatmapSpec: ChartSpec = (words, options) => ({
  ...titled(words),
  height: HEIGHT,
  view: { stroke: null },
  // A description of each cell takes longer than to draw it.
  mark: { type: 'rect', aria: false, x2Offset: SEAM },
  encoding: {
    x: { field: 'start', type: 'temporal', title: null, axis: CLOCK_AXIS },
    x2: { field: 'end' },
    y: {
      field: 'bucket',
      type: 'ordinal',
      sort: { field: 'order', op: 'min', order: 'descending' },
      title: words.measured,
      axis: { ...bucketEnds('y'), minExtent: 50 },
    },
    color: {
      field: 'count',
      type: 'quantitative',
      title: words.amount,
      scale: amountScale(options),
      legend: amountLegend('count', options),
    },
    ...(options.live
      ? {}
      : {
          tooltip: [
            { field: 'start', type: 'temporal', title: 'time', format: '%H:%M:%S.%L' },
            { field: 'bucket', type: 'nominal' },
            { field: 'count', type: 'quantitative', format: ',d' },
          ],
        }),
  },
});
