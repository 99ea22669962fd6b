/** Maps as bpftrace prints them, in text and in JSON. */

import type { Field } from '../layout.ts';
import { asBigInt } from '../notebook/labels.ts';
import { panelText } from '../notebook/text.ts';
import type { Bucket, Value } from '../protocol.ts';
import { Reader, toValue } from './decode.ts';
import { buckets, extent, type HistogramData, histogramOf, type Series } from './histogram.ts';
import { jsonInt, jsonLine, jsonOf, jsonString } from './json.ts';
import { plainPanel } from './map-panel.ts';
import { seriesJson, seriesOf, seriesText } from './series.ts';
import { type Aggregated, type MapEntry, readAggregate, readSnapshot, type ShownMap } from './snapshot.ts';
import { sortEntries } from './sort.ts';
import { type Escape, keyText, textOf } from './text.ts';

export interface PrintOptions {
  /** Largest entries only; 0 = all. */
  top?: number;
  /** Divides values and log2 counts; 0 = 1. */
  divide?: number;
}

/** Text with its final newline; empty for a keyed map without entries. */
export function mapText(
  map: ShownMap,
  payload: Uint8Array,
  safe: Escape,
  options: PrintOptions = {},
): string {
  const entries = readSnapshot(map, payload);
  const divide = options.divide || 1;
  const data = histogramOf(map, entries);
  if (data) return histogramText(map, data, safe, divide, options.top);
  const series = seriesOf(map, entries);
  if (series)
    return newest(series.series, options.top)
      .map(one => `${map.name}${keyOf(map, series.keyFields, one.key, safe)}:\n${seriesText(one, series)}\n`)
      .join('');
  const lines = newest(sortEntries(map, entries), options.top).map(entry => {
    const value = valueText(map, entry, safe, divide);
    return map.key
      ? `${map.name}[${keyText(new Reader(entry.key, map.names), map.key, safe)}]: ${value}\n`
      : `${map.name}: ${value}\n`;
  });
  return lines.join('');
}

/** The largest `top`, which stand last. */
const newest = <T>(items: T[], top = 0): T[] =>
  top > 0 && items.length > top ? items.slice(items.length - top) : items;

function valueText(map: ShownMap, entry: MapEntry, safe: Escape, divide: number): string {
  const value = scalarOf(map, entry, divide);
  if (value === undefined) return textOf(new Reader(entry.value, map.names), map.value, 0, safe);
  if ('value' in value) return value.value.toString();
  if (map.aggregation?.fn === 'avg') return value.average.toString();
  return `{ .count = ${value.count}, .average = ${value.average}, .total = ${value.total} }`;
}

/** Aggregations, and plain integers that are to be divided. */
function scalarOf(map: ShownMap, entry: MapEntry, divide: number): Aggregated | undefined {
  return map.aggregation || (map.value.kind === 'int' && divide !== 1)
    ? readAggregate(map, entry.value, divide)
    : undefined;
}

function histogramText(
  map: ShownMap,
  data: HistogramData,
  safe: Escape,
  divide: number,
  top?: number,
): string {
  return newest(data.series, top)
    .map(one => {
      const key = keyOf(map, data.keyFields, one.key, safe);
      return `${map.name}${key}:\n${bars(map, data, one, divide)}\n`;
    })
    .join('');
}

/** `[a, b]` behind a map's name; nothing for an unkeyed map. */
const keyOf = (map: ShownMap, fields: Field[], key: Uint8Array, safe: Escape) =>
  fields.length > 0 ? `[${keyText(new Reader(key, map.names), fields, safe)}]` : '';

const BAR_WIDTH = 52;

/** Bucket lines; float32 arithmetic as bpftrace's, so that bars have the same length. */
function bars(map: ShownMap, data: HistogramData, one: Series, divide: number): string {
  const range = extent(one.counts);
  if (!range) return '';
  const div = map.aggregation?.fn === 'lhist' ? 1 : divide;
  const counts = buckets(data, one).map(bucket => Math.trunc(bucket.count / div));
  const most = Math.fround(Math.max(1, ...counts));
  return counts
    .map((count, i) => {
      const width = Math.trunc(Math.fround(Math.fround(Math.fround(count) / most) * BAR_WIDTH));
      const label = boundsLabel(map, data, range.first + i);
      return `${label.padEnd(16)}${String(count).padStart(8)} |${'@'.repeat(width).padEnd(BAR_WIDTH)}|\n`;
    })
    .join('');
}

/** `[1K, 2K)`; `[3]` where a bucket holds one value and its bounds are plain numbers. */
function boundsLabel(map: ShownMap, data: HistogramData, index: number): string {
  const { lo, hi } = data.bounds(index);
  const low = lo === null ? undefined : boundLabel(map, index - 1, lo);
  const high = hi === null ? undefined : boundLabel(map, index, hi);
  if (!low) return `(..., ${high?.text})`;
  if (!high) return `[${low.text}, ...)`;
  if (low.plain && high.plain && lo! + 1n === hi) return `[${low.text}]`;
  return `[${low.text}, ${high.text})`;
}

const SUFFIX = ['', 'K', 'M', 'G', 'T', 'P', 'E'];

/** A bound's label, `index` being that of the bucket it begins after. */
function boundLabel(map: ShownMap, index: number, bound: bigint): { text: string; plain: boolean } {
  const aggregation = map.aggregation;
  if (aggregation?.fn === 'lhist') {
    if (aggregation.step % 1024 !== 0 || bound === 0n)
      return { text: String(bound), plain: aggregation.step % 1024 !== 0 };
    if (bound % 1048576n === 0n) return { text: `${bound / 1048576n}M`, plain: false };
    return bound % 1024n === 0n
      ? { text: `${bound / 1024n}K`, plain: false }
      : { text: String(bound), plain: false };
  }
  const k = aggregation?.fn === 'hist' ? aggregation.k : 0;
  if (aggregation?.fn === 'hist' && index <= 2 << k) return { text: String(bound), plain: true };
  const power = aggregation?.fn === 'hist' ? (index >> k) - 1 : bound.toString(2).length - 1;
  const decade = Math.max(0, Math.floor(power / 10));
  return { text: `${bound >> BigInt(10 * decade)}${SUFFIX[decade] ?? ''}`, plain: false };
}

/** One JSON line (with its newline) as bpftrace's: type `map`, `hist` or `stats`. */
export function mapJson(map: ShownMap, payload: Uint8Array, options: PrintOptions = {}): string {
  const entries = readSnapshot(map, payload);
  const divide = options.divide || 1;
  const data = histogramOf(map, entries);
  const line = (type: string, json: string) =>
    `{"type": "${type}", "data": {${jsonString(map.name)}: ${json}}}\n`;
  if (data) {
    const div = map.aggregation?.fn === 'lhist' ? 1 : divide;
    const json = (one: Series) =>
      `[${buckets(data, one)
        .map(bucket => bucketJson(bucket, div))
        .join(',')}]`;
    const series = newest(data.series, options.top);
    if (!data.keyFields.length) return line('hist', series[0] ? json(series[0]) : '[]');
    return line(
      'hist',
      object(
        series.map(one => [keyText(new Reader(one.key, map.names), data.keyFields, text => text), json(one)]),
      ),
    );
  }
  const timed = seriesOf(map, entries);
  if (timed) {
    const series = newest(timed.series, options.top);
    if (!timed.keyFields.length) return line('tseries', series[0] ? seriesJson(series[0]) : '[]');
    return line(
      'tseries',
      object(
        series.map(one => [
          keyText(new Reader(one.key, map.names), timed.keyFields, text => text),
          seriesJson(one),
        ]),
      ),
    );
  }
  const type = map.aggregation?.fn === 'avg' || map.aggregation?.fn === 'stats' ? 'stats' : 'map';
  const sorted = newest(sortEntries(map, entries), options.top);
  if (!map.key) return line(type, sorted[0] ? valueJson(map, sorted[0], divide) : '0');
  const key = map.key;
  return line(
    type,
    object(
      sorted.map(entry => [
        keyText(new Reader(entry.key, map.names), key, text => text),
        valueJson(map, entry, divide),
      ]),
    ),
  );
}

/** bpftrace's keys have no spaces. */
const object = (members: [key: string, json: string][]) =>
  `{${members.map(([key, json]) => `${jsonString(key.replaceAll(' ', ''))}: ${json}`).join(', ')}}`;

function valueJson(map: ShownMap, entry: MapEntry, divide: number): string {
  const value = scalarOf(map, entry, divide);
  if (value === undefined) return jsonOf(new Reader(entry.value, map.names), map.value, 0);
  if ('value' in value) return jsonInt(value.value);
  if (map.aggregation?.fn === 'avg') return jsonInt(value.average);
  return `{"count": ${jsonInt(value.count)}, "average": ${jsonInt(value.average)}, "total": ${jsonInt(value.total)}}`;
}

/** Bounds are inclusive in JSON. */
function bucketJson({ lo, hi, count }: Bucket, divide: number): string {
  const parts: string[] = [];
  if (lo !== null) parts.push(`"min": ${jsonInt(asBigInt(lo) ?? 0n)}`);
  if (hi !== null) parts.push(`"max": ${jsonInt((asBigInt(hi) ?? 0n) - 1n)}`);
  return `{${[...parts, `"count": ${Math.trunc(count / divide)}`].join(', ')}}`;
}

/** A BPF C map as its panel shows it, but stacks as a table's cells; whole unless there are more than `rows` entries. */
export const cMapText = (map: ShownMap, payload: Uint8Array, rows = Number.MAX_SAFE_INTEGER): string =>
  panelText(plainPanel(map, readSnapshot(map, payload), rows), {
    width: WIDEST,
    rows,
  });

/** Columns of a terminal's text are cut nowhere: it may go to a file. */
export const WIDEST = 1000;

/** A BPF C map: an object for a scalar, else an array of {key, value} with every member named. */
export function cMapJson(map: ShownMap, payload: Uint8Array): string {
  const entries = sortEntries(map, readSnapshot(map, payload));
  const value = (entry: MapEntry) => toValue(new Reader(entry.value, map.names), map.value, 0);
  const all: Value = map.key
    ? entries.map(entry => ({ key: keyValue(map, entry), value: value(entry) }))
    : entries[0]
      ? value(entries[0])
      : null;
  return `${jsonLine({ type: 'map', data: { [map.name]: all } })}\n`;
}

function keyValue(map: ShownMap, entry: MapEntry): Value {
  const fields = map.key ?? [];
  const reader = new Reader(entry.key, map.names);
  if (fields.length === 1) return toValue(reader, fields[0]!.type, fields[0]!.offset, fields[0]!.bits);
  return toValue(reader, { kind: 'struct', size: map.keySize, fields }, 0);
}
