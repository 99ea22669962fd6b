/** A map's snapshot payload (kernel/loader/protocol.ts BATCH_ENTRY) → entries, the CPUs' values merged. */
import type { Aggregation, DataType, Field, MapLayout } from '../layout.ts';
import { align8 } from './batch.ts';
import { type Int, Reader, readInt, shrink } from './decode.ts';
import { type Names, NO_NAMES } from './names.ts';
import { mergeIntervals } from './series.ts';

/** A map as it is shown. */
export interface ShownMap extends MapLayout {
  /** Where `value` stands in the bytes, and the word that says whether it was ever assigned. */
  wrapped?: { value: Field; set: Field };
  /** What its keys and values are called; missing = raw values are shown. */
  names?: Names;
}

/** A bpftrace scalar is an array of one, which always exists: its value is {value, set}, shown as the value. */
export function shownMap(map: MapLayout, names: Names = NO_NAMES): ShownMap {
  const wrapped = !map.key && !map.aggregation && isBpftraceMap(map) ? valueAndSet(map.value) : undefined;
  return wrapped ? { ...map, names, value: wrapped.value.type, wrapped } : { ...map, names };
}

export const isBpftraceMap = (map: MapLayout) => map.name.startsWith('@');

/** Does a payload hold nothing to show: no entries, or a scalar that was never assigned? */
export function isEmpty(map: ShownMap, payload: Uint8Array): boolean {
  const first = SNAPSHOT_HEADER + align8(map.keySize);
  if (entryCount(payload) === 0) return true;
  if (isFull(map)) return readSnapshot(map, payload).length === 0;
  if (!map.wrapped) return false;
  const { offset, type } = map.wrapped.set;
  return payload.subarray(first + offset, first + offset + type.size).every(byte => byte === 0);
}

/** A scalar map that holds nothing but zeros: cleared, or not yet hit. */
export const isZero = (map: ShownMap, payload: Uint8Array) =>
  !map.key && isArray(map.type) && payload.subarray(SNAPSHOT_HEADER).every(byte => byte === 0);

export interface MapEntry {
  key: Uint8Array;
  /** One value in the layout's `value` type. */
  value: Uint8Array;
}

export const SNAPSHOT_HEADER = 16;

/** Entries a payload says it has. */
export const entryCount = (payload: Uint8Array) =>
  payload.length < SNAPSHOT_HEADER ? 0 : new DataView(payload.buffer, payload.byteOffset).getUint32(12, true);

/** The keys and first values of any map's payload. */
export function* snapshotEntries(payload: Uint8Array): Generator<MapEntry> {
  if (payload.length < SNAPSHOT_HEADER) return;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const [keySize, valueSize] = [view.getUint32(0, true), view.getUint32(4, true)];
  const stride = align8(keySize) + view.getUint32(8, true) * align8(valueSize);
  for (let at = SNAPSHOT_HEADER; stride > 0 && at + stride <= payload.length; at += stride) {
    const value = at + align8(keySize);
    yield {
      key: payload.subarray(at, at + keySize),
      value: payload.subarray(value, value + valueSize),
    };
  }
}

/** All elements of an array are there from the start: those that are zero say nothing. */
const isFull = ({ key, type }: MapLayout) => key !== undefined && isArray(type);

const isArray = (type: string) => /^(?:percpu_)?array$/.test(type);

/** Reads a payload; entries cut off at its end are left out, and so are elements of arrays that hold nothing. */
export function readSnapshot(map: ShownMap, payload: Uint8Array): MapEntry[] {
  if (payload.length < SNAPSHOT_HEADER) return [];
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const keySize = view.getUint32(0, true);
  const valueSize = view.getUint32(4, true);
  const values = view.getUint32(8, true);
  const count = view.getUint32(12, true);
  const keyStride = align8(keySize);
  const valueStride = align8(valueSize);
  const stride = keyStride + values * valueStride;
  const entries: MapEntry[] = [];
  if (stride === 0 || valueSize < map.value.size) return entries;
  for (let i = 0, at = SNAPSHOT_HEADER; i < count && at + stride <= payload.length; i++, at += stride) {
    const first = at + keyStride;
    const value =
      values > 1 || map.aggregation?.fn === 'min' || map.aggregation?.fn === 'max'
        ? mergeCpus(map, payload, view, first, values, valueStride)
        : payload.subarray(first + (map.wrapped?.value.offset ?? 0), first + valueSize);
    if (isFull(map) && value.every(byte => byte === 0)) continue;
    entries.push({ key: payload.subarray(at, at + keySize), value });
  }
  return entries;
}

/** The fields of a min, max or wrapped scalar value. */
const valueAndSet = (type: DataType): { value: Field; set: Field } | undefined => {
  if (type.kind !== 'struct') return undefined;
  const value = type.fields.find(field => field.name === 'value');
  const set = type.fields.find(field => field.name === 'set');
  return value && set && { value, set };
};

function mergeCpus(
  map: MapLayout,
  payload: Uint8Array,
  view: DataView,
  first: number,
  values: number,
  stride: number,
): Uint8Array {
  const extreme = valueAndSet(map.value);
  const merged = new Uint8Array(payload.subarray(first, first + map.value.size));
  const target = new DataView(merged.buffer);
  const fn = map.aggregation?.fn;
  for (let cpu = 1; cpu < values; cpu++) {
    const at = first + cpu * stride;
    if (extreme && (fn === 'min' || fn === 'max')) {
      if (keepsExtreme(view, at, target, extreme, fn)) merged.set(payload.subarray(at, at + map.value.size));
    } else if (fn === 'tseries') mergeIntervals(map, merged, payload.subarray(at, at + map.value.size));
    else add(map.value, target, 0, view, at);
  }
  return merged;
}

/** Does the value at `at` replace the one in `target`? Values that were never set do not count. */
function keepsExtreme(
  view: DataView,
  at: number,
  target: DataView,
  { value, set }: { value: Field; set: Field },
  fn: 'min' | 'max',
): boolean {
  if (!readInt(view, at + set.offset, set.type.size, false)) return false;
  if (!readInt(target, set.offset, set.type.size, false)) return true;
  const signed = value.type.kind === 'int' && value.type.signed;
  const next = readInt(view, at + value.offset, value.type.size, signed);
  const best = readInt(target, value.offset, value.type.size, signed);
  return fn === 'min' ? next < best : next > best;
}

/** Adds integers, wherever they are; anything else is taken from the first CPU that has it. */
function add(type: DataType, target: DataView, to: number, source: DataView, from: number): void {
  switch (type.kind) {
    case 'int':
      addInt(type.size, target, to, source, from);
      return;
    case 'array':
      for (let i = 0; i < type.length; i++)
        add(type.element, target, to + i * type.element.size, source, from + i * type.element.size);
      return;
    case 'struct':
    case 'tuple':
      for (const field of type.fields)
        add(field.type, target, to + field.offset, source, from + field.offset);
      return;
    default: {
      const size = type.size;
      for (let i = 0; i < size; i++) if (target.getUint8(to + i) !== 0) return;
      for (let i = 0; i < size; i++) target.setUint8(to + i, source.getUint8(from + i));
    }
  }
}

function addInt(size: number, target: DataView, to: number, source: DataView, from: number): void {
  if (size === 8)
    target.setBigUint64(to, target.getBigUint64(to, true) + source.getBigUint64(from, true), true);
  else if (size === 4) target.setUint32(to, target.getUint32(to, true) + source.getUint32(from, true), true);
  else if (size === 2) target.setUint16(to, target.getUint16(to, true) + source.getUint16(from, true), true);
  else if (size === 1) target.setUint8(to, target.getUint8(to) + source.getUint8(from));
}

/** What an aggregation's merged value says. */
export type Aggregated = { value: Int } | { count: Int; average: Int; total: Int };

/** Reads count, sum, min, max (0 when never set), avg and stats. `divide` as bpftrace's print(@m, top, div). */
export function readAggregate(map: MapLayout, value: Uint8Array, divide = 1): Aggregated {
  const reader = new Reader(value);
  const divided = (int: Int) => (divide === 1 ? int : shrink(BigInt(int) / BigInt(divide)));
  const read = (field: Field) =>
    readInt(reader.view, field.offset, field.type.size, field.type.kind === 'int' && field.type.signed);
  if (map.value.kind === 'struct') {
    const extreme = valueAndSet(map.value);
    if (extreme) return { value: read(extreme.set) ? divided(read(extreme.value)) : 0 };
    const total = map.value.fields.find(field => field.name === 'total');
    const count = map.value.fields.find(field => field.name === 'count');
    if (total && count) {
      const hits = read(count);
      const sum = read(total);
      const average = hits ? shrink(BigInt(sum) / BigInt(hits)) : 0;
      return { count: hits, average: divided(average), total: sum };
    }
  }
  const signed = map.value.kind === 'int' && map.value.signed;
  return { value: divided(readInt(reader.view, 0, map.value.size, signed)) };
}

export const isHistogram = (fn: Aggregation['fn'] | undefined): fn is 'hist' | 'lhist' =>
  fn === 'hist' || fn === 'lhist';
