/** Time series out of maps: tseries keeps one value for each of the newest intervals. */
import type { Aggregation, Field, MapLayout } from '../layout.ts';
import { type Int, Reader, readInt, shrink } from './decode.ts';
import { jsonInt, jsonString } from './json.ts';
import type { MapEntry, ShownMap } from './snapshot.ts';
import { sortByKey } from './sort.ts';
import { strftime } from './strftime.ts';

type SeriesAggregation = Extract<Aggregation, { fn: 'tseries' }>;

export interface TimeSeries {
  /** Bytes of the key, the bucket zeroed. */
  key: Uint8Array;
  /** Oldest first. Start: ns since the epoch. */
  points: { start: bigint; value: Int }[];
}

export interface SeriesData {
  /** Of one point, ns. */
  interval: number;
  keyFields: Field[];
  series: TimeSeries[];
}

/** An interval's values on one CPU: the words of the element. */
interface Interval {
  epoch: Int;
  total: Int;
  count: Int;
  stamp: Int;
}

const isSeries = (aggregation: Aggregation | undefined): aggregation is SeriesAggregation =>
  aggregation?.fn === 'tseries';

/** Undefined when the map is no time series. In the order of keys. */
export function seriesOf(map: ShownMap, entries: MapEntry[]): SeriesData | undefined {
  const { aggregation, key } = map;
  const bucket = key?.find(({ name }) => name === 'bucket');
  if (!isSeries(aggregation) || !key || !bucket) return undefined;
  const groups = new Map<string, { key: Uint8Array; intervals: Interval[] }>();
  for (const entry of entries) {
    const rest = new Uint8Array(entry.key);
    rest.fill(0, bucket.offset, bucket.offset + bucket.type.size);
    const id = String.fromCharCode(...rest);
    const group = groups.get(id) ?? { key: rest, intervals: [] };
    groups.set(id, group);
    const interval = readInterval(map, entry.value, 0);
    if (interval.count) group.intervals.push(interval);
  }
  const keyFields = key.filter(field => field !== bucket);
  const sorted = sortByKey(
    keyFields,
    [...groups.values()].map(group => ({ ...group, value: group.key })),
  );
  return {
    interval: aggregation.interval,
    keyFields,
    series: sorted.map(group => ({ key: group.key, points: points(map, aggregation, group.intervals) })),
  };
}

function points(map: ShownMap, { interval, count, keep }: SeriesAggregation, intervals: Interval[]) {
  const sorted = intervals.toSorted((a, b) => (a.epoch < b.epoch ? -1 : 1));
  // An element that was not written again since belongs to a time before the window.
  const newest = BigInt(sorted.at(-1)?.epoch ?? 0);
  return sorted
    .filter(({ epoch }) => newest - BigInt(epoch) < BigInt(count))
    .map(({ epoch, total, count: times }) => ({
      start: (map.names?.bootTime ?? 0n) + BigInt(epoch) * BigInt(interval),
      value: keep === 'avg' ? shrink(BigInt(total) / BigInt(times)) : total,
    }));
}

function readInterval(map: MapLayout, bytes: Uint8Array, at: number): Interval {
  const { view } = new Reader(bytes);
  const read = (name: string): Int => {
    const field = map.value.kind === 'struct' && map.value.fields.find(one => one.name === name);
    if (!field) return 0;
    return readInt(view, at + field.offset, field.type.size, field.type.kind === 'int' && field.type.signed);
  };
  return { epoch: read('epoch'), total: read('total'), count: read('count'), stamp: read('stamp') };
}

type Merge = (a: Interval, b: Interval) => Int;
const MERGES: Record<NonNullable<SeriesAggregation['keep']> | 'last', Merge> = {
  last: (a, b) => (b.stamp > a.stamp ? b.total : a.total),
  sum: (a, b) => shrink(BigInt(a.total) + BigInt(b.total)),
  avg: (a, b) => shrink(BigInt(a.total) + BigInt(b.total)),
  min: (a, b) => (b.total < a.total ? b.total : a.total),
  max: (a, b) => (b.total > a.total ? b.total : a.total),
};

/** The CPUs' elements of one bucket as one: those of the newest interval count. In the bytes of `target`. */
export function mergeIntervals(map: MapLayout, target: Uint8Array, other: Uint8Array): void {
  const merge = MERGES[(isSeries(map.aggregation) && map.aggregation.keep) || 'last'];
  const mine = readInterval(map, target, 0);
  const theirs = readInterval(map, other, 0);
  if (!theirs.count || (mine.count && theirs.epoch < mine.epoch)) return;
  if (!mine.count || theirs.epoch > mine.epoch) {
    target.set(other.subarray(0, target.length));
    return;
  }
  const stamp = theirs.stamp > mine.stamp ? theirs.stamp : mine.stamp;
  const merged = {
    total: merge(mine, theirs),
    count: shrink(BigInt(mine.count) + BigInt(theirs.count)),
    stamp,
  };
  const { view } = new Reader(target);
  for (const { name, offset } of map.value.kind === 'struct' ? map.value.fields : [])
    if (name in merged)
      view.setBigUint64(offset, BigInt.asUintN(64, BigInt(merged[name as keyof typeof merged])), true);
}

/** Columns of the plot, its frame included. */
const WIDTH = 53;
const SECOND = 1_000_000_000n;

/** Rows of a plot over time, as bpftrace draws it. */
export function seriesText({ points }: TimeSeries, { interval }: SeriesData): string {
  if (points.length === 0) return '';
  const fine = BigInt(interval) % SECOND !== 0n;
  const values = points.map(({ value }) => BigInt(value));
  let low = values.reduce((a, b) => (b < a ? b : a));
  let high = values.reduce((a, b) => (b > a ? b : a));
  if (low === high) [low, high] = [low - 1n, high + 1n];
  const at = (value: bigint) => Number(((value - low) * BigInt(WIDTH - 1)) / (high - low));
  const rows = points.map(({ start }, i) => {
    const line = ['|', ...' '.repeat(WIDTH - 2), '|'];
    if (low < 0n && high > 0n) line[at(0n)] = '.';
    line[at(values[i]!)] = '*';
    return `${clock(start, fine)} ${line.join('')} ${values[i]}\n`;
  });
  const label = fine ? 'hh:mm:ss.ms ' : 'hh:mm:ss';
  const indent = ' '.repeat(label.length + 1);
  const bounds = `${indent}${String(low).padEnd(WIDTH - String(high).length)}${high}\n`;
  const frame = (corner: string) => `${corner}${'_'.repeat(WIDTH - 2)}${corner}\n`;
  return `${bounds}${label} ${frame('|')}${rows.join('')}${indent}${frame('v')}${bounds}`;
}

const date = (time: bigint) => new Date(Number(time / 1_000_000n));

function clock(time: bigint, fine: boolean): string {
  const milliseconds = String((time / 1_000_000n) % 1000n).padStart(3, '0');
  return strftime('%H:%M:%S', date(time)) + (fine ? `.${milliseconds}` : '');
}

/** When an interval began, to the nanosecond. */
export const intervalStart = (time: bigint) =>
  `${strftime('%Y-%m-%d %H:%M:%S', date(time))}.${String(time % SECOND).padStart(9, '0')}`;

export const seriesJson = ({ points }: TimeSeries) =>
  `[${points
    .map(
      ({ start, value }) =>
        `{"interval_start": ${jsonString(intervalStart(start))}, "value": ${jsonInt(value)}}`,
    )
    .join(', ')}]`;
