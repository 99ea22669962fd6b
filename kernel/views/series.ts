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
  /** Oldest first; intervals without a value are left out. */
  points: Point[];
}

interface Point {
  /** The interval's number. */
  epoch: bigint;
  /** Ns since 1970. */
  start: bigint;
  value: Int;
}

export interface SeriesData {
  /** Of one point, ns. */
  interval: number;
  keyFields: Field[];
  /** The newest interval of all series: each is drawn up to it. */
  newest: bigint;
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
  const epochs = [...groups.values()].flatMap(group => group.intervals).map(({ epoch }) => BigInt(epoch));
  const newest = epochs.reduce((a, b) => (b > a ? b : a), 0n);
  const keyFields = key.filter(field => field !== bucket);
  const sorted = sortByKey(
    keyFields,
    [...groups.values()].map(group => ({ ...group, value: group.key })),
  );
  return {
    interval: aggregation.interval,
    keyFields,
    newest,
    series: sorted.map(group => ({
      key: group.key,
      points: group.intervals
        // An element that was not written again since belongs to a time before the window.
        .filter(({ epoch }) => newest - BigInt(epoch) < BigInt(aggregation.count))
        .map(interval => pointOf(map, aggregation, interval))
        .sort((a, b) => (a.epoch < b.epoch ? -1 : 1)),
    })),
  };
}

function pointOf(map: ShownMap, { interval, keep }: SeriesAggregation, element: Interval): Point {
  const epoch = BigInt(element.epoch);
  const { total, count, stamp } = element;
  // A last value is the one with the latest time; as in bpftrace, none is later than the clock's very beginning.
  const last = keep !== undefined || stamp ? total : 0;
  return {
    epoch,
    start: (map.names?.bootTime ?? 0n) + epoch * BigInt(interval),
    value: keep === 'avg' ? shrink(BigInt(total) / BigInt(count)) : last,
  };
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

/** Columns of the plot, its frame included, and of its lower bound's label. */
const WIDTH = 53;
const BOUND_WIDTH = 21;
const SECOND = 1_000_000_000n;

/** What the clock shows behind the seconds, by the shortest interval it is for (ns). */
const CLOCKS = [
  { from: Number(SECOND), unit: '', digits: 0 },
  { from: 1_000_000, unit: '.ms', digits: 3 },
  { from: 1000, unit: '.μs', digits: 6 },
  { from: 0, unit: '.ns', digits: 9 },
];

/** A plot over time as bpftrace draws it: a row an interval, `-` where there is no value. */
export function seriesText({ points }: TimeSeries, { interval, newest }: SeriesData): string {
  const first = points[0];
  if (!first) return '<no data>\n';
  const values = points.map(({ value }) => BigInt(value));
  let low = values.reduce((a, b) => (b < a ? b : a));
  let high = values.reduce((a, b) => (b > a ? b : a));
  if (low === high) [low, high] = [low - 1n, high + 1n];
  const step = first.epoch < newest ? interval : 0;
  const { unit, digits } = CLOCKS.find(({ from }) => step >= from)!;
  const zero = low < 0n && high > 0n ? column(0n, low, high, WIDTH) : 0;
  const byEpoch = new Map(points.map(point => [point.epoch, point.value]));
  let rows = '';
  for (let { epoch, start } = first; epoch <= newest; epoch++, start += BigInt(interval)) {
    const value = byEpoch.get(epoch);
    const line = ['|', ...' '.repeat(WIDTH - 2), '|'];
    if (zero > 0) line[zero] = '.';
    if (value !== undefined) line[column(BigInt(value), low, high, WIDTH - 1)] = '*';
    rows += `${clock(start, digits)} ${line.join('')} ${value ?? '-'}\n`;
  }
  const label = `hh:mm:ss${unit}`.padEnd(clock(0n, digits).length + 1);
  const indent = ' '.repeat(label.length);
  const bounds = `${String(low).padEnd(BOUND_WIDTH)}${String(high).padStart(WIDTH - BOUND_WIDTH)}`;
  const frame = (corner: string) => `${corner}${'_'.repeat(WIDTH - 2)}${corner}`;
  return `${indent}${bounds}\n${label}${frame('|')}\n${rows}${indent}${frame('v')}\n${indent}${bounds}\n`;
}

/** Where a value stands between the bounds; float32 arithmetic as bpftrace's, so that it is the same column. */
function column(value: bigint, low: bigint, high: bigint, width: number): number {
  const part = Math.fround(Math.fround(width) * Math.fround(Number(value - low)));
  return Math.min(WIDTH - 1, Math.trunc(Math.fround(part / Math.fround(Number(high - low)))));
}

const date = (time: bigint) => new Date(Number(time / 1_000_000n));
const fraction = (time: bigint) => String(time % SECOND).padStart(9, '0');

const clock = (time: bigint, digits: number) =>
  strftime('%H:%M:%S', date(time)) + (digits > 0 ? `.${fraction(time).slice(0, digits)}` : '');

/** When an interval began, to the nanosecond, in UTC. */
const intervalStart = (time: bigint) =>
  `${date(time).toISOString().slice(0, 19).replace('T', ' ')}.${fraction(time)}`;

export const seriesJson = ({ points }: TimeSeries) =>
  `[${points
    .map(
      ({ start, value }) =>
        `{"interval_start":${jsonString(intervalStart(start))},"value":${jsonInt(value)}}`,
    )
    .join(',')}]`;
