/** Histograms out of maps: hist, lhist, and the two customs of BPF C (slot arrays, bucket index in the key). */
import type { Aggregation, DataType, Field, MapLayout } from '../layout.ts';
import type { Bucket, Value } from '../protocol.ts';
import { intValue, Reader, readInt, shrink, toValue } from './decode.ts';
import { leaves } from './leaves.ts';
import { isHistogram, type MapEntry } from './snapshot.ts';
import { sortByKey } from './sort.ts';

export interface Series {
  /** Bytes of the key without its bucket; empty for an unkeyed histogram. */
  key: Uint8Array;
  /** What else is told of it: the texts beside its slots. */
  about: string[];
  /** By bucket index; missing = 0. */
  counts: number[];
  total: number;
}

export interface HistogramData {
  scale: 'log2' | 'linear';
  /** Parts of the key that tell the series apart. */
  keyFields: Field[];
  series: Series[];
  /** Bounds of a bucket index; null = unbounded. */
  bounds(index: number): { lo: bigint | null; hi: bigint | null };
}

/** Undefined when the map is no histogram. Series ascend by total, as bpftrace sorts them. */
export function histogramOf(map: MapLayout, entries: MapEntry[]): HistogramData | undefined {
  const data = isHistogram(map.aggregation?.fn)
    ? aggregated(map, map.aggregation as Extract<Aggregation, { fn: 'hist' | 'lhist' }>, entries)
    : map.histogram && 'slots' in map.histogram
      ? inScale(map, slotted(map, map.histogram.slots, entries))
      : map.histogram
        ? inScale(map, bucketed(map, map.histogram.bucket, entries, log2Bounds))
        : undefined;
  // Equals stand in the order of their keys.
  return (
    data && { ...data, series: sortByKey(data.keyFields, data.series).sort((a, b) => a.total - b.total) }
  );
}

function aggregated(
  map: MapLayout,
  aggregation: Extract<Aggregation, { fn: 'hist' | 'lhist' }>,
  entries: MapEntry[],
): HistogramData | undefined {
  const bounds = aggregation.fn === 'hist' ? histBounds(aggregation.k) : lhistBounds(aggregation);
  const scale = aggregation.fn === 'hist' ? 'log2' : 'linear';
  if (map.key) {
    const data = bucketed(map, 'bucket', entries, bounds);
    return data && { ...data, scale };
  }
  if (map.value.kind !== 'array') return undefined;
  const type = map.value;
  return {
    scale,
    keyFields: [],
    bounds,
    series: entries.map(entry => series(new Uint8Array(0), readSlots(entry.value, 0, type))),
  };
}

/** libbpf-tools' custom: the value holds an array of slots, slot i for [2^i, 2^(i+1)), the first from 0. */
function slotted(map: MapLayout, slots: string, entries: MapEntry[]): HistogramData | undefined {
  const place = findField(map.value, slots);
  if (place?.type.kind !== 'array') return undefined;
  const { type, offset } = place;
  const texts = map.value.kind === 'struct' ? leaves(map.value.fields).filter(isText) : [];
  return {
    scale: 'log2',
    keyFields: map.key ?? [],
    bounds: log2Bounds,
    series: entries
      .map(entry =>
        series(entry.key, readSlots(entry.value, offset, type), textsOf(new Reader(entry.value), texts)),
      )
      .filter(one => one.total > 0),
  };
}

const isText = ({ type }: Field) => type.kind === 'string';

const textsOf = (reader: Reader, fields: Field[]): string[] =>
  fields.map(({ type, offset }) => String(toValue(reader, type, offset))).filter(Boolean);

/** The key holds the bucket's index beside what it counts for; entries are regrouped by the rest. */
function bucketed(
  map: MapLayout,
  bucket: string,
  entries: MapEntry[],
  bounds: HistogramData['bounds'],
): HistogramData | undefined {
  const fields = leaves(map.key ?? []);
  const field =
    fields.find(one => one.name === bucket) ?? fields.find(one => one.name.endsWith(`.${bucket}`));
  if (!field || (field.type.kind !== 'int' && field.type.kind !== 'enum')) return undefined;
  const groups = new Map<string, Series>();
  for (const entry of entries) {
    const view = new DataView(entry.key.buffer, entry.key.byteOffset, entry.key.byteLength);
    const index = Number(readInt(view, field.offset, field.type.size, false));
    if (index > 65_536) continue;
    const rest = new Uint8Array(entry.key);
    rest.fill(0, field.offset, field.offset + field.type.size);
    const id = String.fromCharCode(...rest);
    const group = groups.get(id) ?? { key: rest, about: [], counts: [], total: 0 };
    groups.set(id, group);
    const count = Number(countOf(map.value, entry.value));
    group.counts[index] = (group.counts[index] ?? 0) + count;
    group.total += count;
  }
  return {
    scale: 'log2',
    keyFields: fields.filter(one => one !== field && !isPadding(one)),
    bounds,
    series: [...groups.values()],
  };
}

const isPadding = (field: Field) => /^_*pad\d*$/.test(field.name);

const countOf = (type: DataType, value: Uint8Array) =>
  readInt(new DataView(value.buffer, value.byteOffset, value.byteLength), 0, Math.min(type.size, 8), false);

function series(key: Uint8Array, counts: number[], about: string[] = []): Series {
  return { key, about, counts, total: counts.reduce((sum, count) => sum + count, 0) };
}

function readSlots(value: Uint8Array, at: number, type: Extract<DataType, { kind: 'array' }>): number[] {
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  return Array.from({ length: type.length }, (_, i) =>
    Number(readInt(view, at + i * type.element.size, type.element.size, false)),
  );
}

/** A member by its last name; the type itself when it is the array. */
export function findField(type: DataType, name: string): Field | undefined {
  if (type.kind === 'array') return { name, offset: 0, type };
  if (type.kind !== 'struct') return undefined;
  const fields = leaves(type.fields);
  return fields.find(field => field.name === name) ?? fields.find(field => field.name.endsWith(`.${name}`));
}

/** Buckets of a BPF C map are powers of two, or as its author says, one for each number. */
const inScale = ({ histogram }: MapLayout, data: HistogramData | undefined): HistogramData | undefined =>
  data && histogram?.linear ? { ...data, scale: 'linear', bounds: linearBounds } : data;

const linearBounds = (index: number) => ({ lo: BigInt(index), hi: BigInt(index + 1) });

const log2Bounds = (index: number) => ({
  lo: index === 0 ? 0n : 1n << BigInt(index),
  hi: 1n << BigInt(index + 1),
});

/** bpftrace's: 0 = negatives, then 2·2^k single values, then 2^k steps a power of two. */
const histBounds = (k: number) => (index: number) =>
  index === 0 ? { lo: null, hi: 0n } : { lo: histStart(index - 1, k), hi: histStart(index, k) };

function histStart(index: number, k: number): bigint {
  if (index <= 2 << k) return BigInt(index);
  return BigInt((1 << k) + (index & ((1 << k) - 1))) << BigInt((index >> k) - 1);
}

const lhistBounds =
  ({ min, max, step }: { min: number; max: number; step: number }) =>
  (index: number) => ({
    lo: index === 0 ? null : BigInt(min + (index - 1) * step),
    hi: min + index * step <= max ? BigInt(min + index * step) : null,
  });

/** First and last bucket with a count; undefined for an empty histogram. */
export function extent(counts: number[]): { first: number; last: number } | undefined {
  const first = counts.findIndex(count => count > 0);
  const last = counts.findLastIndex(count => count > 0);
  return first < 0 ? undefined : { first, last };
}

export const boundValue = (bound: bigint | null): Value => (bound === null ? null : intValue(shrink(bound)));

/** Buckets from the first to the last with a count. */
export function buckets(data: HistogramData, one: Series): Bucket[] {
  const range = extent(one.counts);
  if (!range) return [];
  return Array.from({ length: range.last - range.first + 1 }, (_, i) => {
    const { lo, hi } = data.bounds(range.first + i);
    return { lo: boundValue(lo), hi: boundValue(hi), count: one.counts[range.first + i] ?? 0 };
  });
}
