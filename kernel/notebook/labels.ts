/** Values as people read them: durations, sizes, bucket bounds, and text that cannot drive a terminal. */
import type { Bucket, Column, ColumnKind, HistogramPanel, TablePanel, Value } from '../protocol.ts';
import { visibleBytes } from '../utf8.ts';

/** C0 and C1 controls, DEL, line separators, bidirectional overrides and lone surrogates. Not tab and newline. */
const UNSAFE =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const escaped = (char: string) => {
  const code = char.charCodeAt(0);
  return code <= 0xff
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`;
};

/** Control characters, and bytes that are no text, made visible; tab and newline stay. */
export const visible = (text: string) => visibleBytes(text).replace(UNSAFE, escaped);

/** The same on one line: tab and newline are shown as `\t` and `\n`. */
export const visibleLine = (text: string) => visible(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t');

/** A Value's integer exactly, or undefined. */
export function asBigInt(value: Value): bigint | undefined {
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  if (typeof value === 'string' && /^-?\d+$/.test(value)) return BigInt(value);
  return undefined;
}

const DURATIONS = [
  ['s', 1e9],
  ['ms', 1e6],
  ['µs', 1e3],
  ['ns', 1],
] as const;

/** 1234567 → `1.23ms`. Beyond ten minutes, whole minutes and hours. */
export function duration(nanoseconds: number): string {
  const size = Math.abs(nanoseconds);
  if (size >= 36e11) return `${(nanoseconds / 36e11).toFixed(1)}h`;
  if (size >= 6e11) return `${(nanoseconds / 6e10).toFixed(1)}m`;
  const [unit, scale] = DURATIONS.find(([, scale]) => size >= scale) ?? DURATIONS[3];
  return `${scale === 1 ? nanoseconds : significant(nanoseconds / scale)}${unit}`;
}

/** A time of day with the milliseconds, local. */
export const clock = (ms: number) => {
  const date = new Date(ms);
  const two = (value: number) => String(value).padStart(2, '0');
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${time}.${String(date.getMilliseconds()).padStart(3, '0')}`;
};

/** The same of nanoseconds since the epoch, to the microsecond. */
const timeOfDay = (ns: bigint) =>
  `${clock(Number(ns / 1_000_000n))}${String((ns / 1000n) % 1000n).padStart(3, '0')}`;

/** 1536 → `1.5KiB`. */
export function byteSize(bytes: number): string {
  let size = bytes;
  for (const unit of ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']) {
    if (Math.abs(size) < 1024) return `${unit === 'B' ? size : significant(size)}${unit}`;
    size /= 1024;
  }
  return `${significant(size)}EiB`;
}

const significant = (value: number) => String(Number(value.toPrecision(3)));

const SUFFIXES = ['', 'K', 'M', 'G', 'T', 'P', 'E'];

/** An integer with the largest power of 1024 that divides it: 2048 → `2K`. */
export function shortInteger(value: Value): string {
  let number = asBigInt(value);
  if (number === undefined) return String(value);
  let power = 0;
  while (number !== 0n && number % 1024n === 0n && power < SUFFIXES.length - 1) {
    number /= 1024n;
    power++;
  }
  return `${number}${SUFFIXES[power]}`;
}

/** What was measured, and the title of its axis. */
const UNITS: { [unit in Unit]: { title: string; label?(value: Value): string } } = {
  ns: { title: 'duration', label: value => duration(Number(value)) },
  us: { title: 'duration', label: value => duration(Number(value) * 1e3) },
  ms: { title: 'duration', label: value => duration(Number(value) * 1e6) },
  s: { title: 'duration', label: value => duration(Number(value) * 1e9) },
  bytes: { title: 'bytes' },
  KiB: { title: 'KiB' },
};
export type Unit = NonNullable<HistogramPanel['unit']>;

export const unitTitle = (unit: Unit | undefined) => (unit ? UNITS[unit].title : null);

/** A duration in words; undefined for all that is none. */
export const inUnit = (value: Value, unit: Unit | undefined) => unit && UNITS[unit].label?.(value);

/** `[1K, 2K)`, `[3]`, `(..., 0)`, `[10, ...)`; where time was measured the bounds are durations. */
export function bucketLabel({ lo, hi }: Bucket, unit?: Unit): string {
  const bound = (value: Value) => inUnit(value, unit) ?? shortInteger(value);
  if (lo === null) return `(..., ${bound(hi)})`;
  if (hi === null) return `[${bound(lo)}, ...)`;
  const low = asBigInt(lo);
  return low !== undefined && low + 1n === asBigInt(hi) ? `[${bound(lo)}]` : `[${bound(lo)}, ${bound(hi)})`;
}

/** A finite number in words, all else as it is. */
const counted =
  (words: (number: number) => string) =>
  (value: Value): string =>
    Number.isFinite(Number(value)) ? words(Number(value)) : plain(value);

const CELLS: { [kind in ColumnKind]?: (value: Value) => string } = {
  duration: counted(duration),
  microseconds: counted(value => duration(value * 1e3)),
  milliseconds: counted(value => duration(value * 1e6)),
  seconds: counted(value => duration(value * 1e9)),
  stack: value => String(value).replaceAll('\n', ' ← '),
  bytes: counted(byteSize),
  kibibytes: counted(value => byteSize(value * 1024)),
  time: value => {
    const ns = asBigInt(value);
    return ns ? timeOfDay(ns) : plain(value);
  },
  octal: counted(value => (value === 0 ? '0' : `0${value.toString(8)}`)),
  address: value => {
    const address = asBigInt(value);
    return address === undefined ? plain(value) : `0x${BigInt.asUintN(64, address).toString(16)}`;
  },
};

/** A table cell on one line; a dash where nothing was written. */
export function cellText(value: Value, kind: Column['kind']): string {
  if (value === null) return '-';
  const words = CELLS[kind] ?? plain;
  return visibleLine(Array.isArray(value) ? `[${value.map(words).join(', ')}]` : words(value));
}

function plain(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(plain).join(', ')}]`;
  if (value !== null && typeof value === 'object')
    return `{ ${Object.entries(value)
      .map(([name, member]) => `.${name} = ${plain(member)}`)
      .join(', ')} }`;
  return String(value);
}

/** Dotted names without what stands in front, as far as they stay apart: `proc.pid`, `proc.parent.pid` → `proc.pid`, `parent.pid`. */
export function shortNames(names: readonly string[]): string[] {
  const ends = (name: string) =>
    name
      .split('.')
      .map((_, i, parts) => parts.slice(i).join('.'))
      .reverse();
  const taken = new Map<string, number>();
  for (const end of names.flatMap(ends)) taken.set(end, (taken.get(end) ?? 0) + 1);
  return names.map(name => ends(name).find(end => taken.get(end) === 1) ?? name);
}

/** Kinds whose text is aligned to the right. */
export const isNumeric = (kind: ColumnKind) => NUMERIC.has(kind);

const NUMERIC = new Set<ColumnKind>([
  'integer',
  'duration',
  'microseconds',
  'milliseconds',
  'seconds',
  'bytes',
  'kibibytes',
  'address',
  'octal',
  'time',
]);

const ROW_NOUNS: { [of in TablePanel['of']]: [one: string, several: string] } = {
  records: ['row', 'rows'],
  map: ['entry', 'entries'],
  variables: ['variable', 'variables'],
};

/** `12 entries, room for 1024` */
export const countedRows = ({ of, total, capacity }: TablePanel, count: (n: number) => string = String) =>
  `${count(total)} ${rowNoun(of, total)}${capacity === undefined ? '' : `, room for ${count(capacity)}`}`;

/** What a table's rows are called, this many of them. */
export const rowNoun = (of: TablePanel['of'], number: number) => ROW_NOUNS[of][number === 1 ? 0 : 1];
