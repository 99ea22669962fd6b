/** Values as people read them: durations, sizes, bucket bounds, and text that cannot drive a terminal. */
import type { Bucket, Column, ColumnKind, Value } from '../protocol.ts';
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

/** `[1K, 2K)`, `[3]`, `(..., 0)`, `[10, ...)`; with unit ns the bounds are durations. */
export function bucketLabel({ lo, hi }: Bucket, unit?: 'ns' | 'bytes'): string {
  const bound = (value: Value) => (unit === 'ns' ? duration(Number(value)) : shortInteger(value));
  if (lo === null) return `(..., ${bound(hi)})`;
  if (hi === null) return `[${bound(lo)}, ...)`;
  const low = asBigInt(lo);
  return low !== undefined && low + 1n === asBigInt(hi) ? `[${bound(lo)}]` : `[${bound(lo)}, ${bound(hi)})`;
}

const CELLS: { [kind in ColumnKind]?: (value: Value) => string } = {
  duration: value => (Number.isFinite(Number(value)) ? duration(Number(value)) : plain(value)),
  stack: value => String(value).replaceAll('\n', ' ← '),
  bytes: value => (Number.isFinite(Number(value)) ? byteSize(Number(value)) : plain(value)),
  address: value => {
    const address = asBigInt(value);
    return address === undefined ? plain(value) : `0x${BigInt.asUintN(64, address).toString(16)}`;
  },
};

/** A table cell on one line. */
export function cellText(value: Value, kind: Column['kind']): string {
  if (value === null) return '';
  return visibleLine((CELLS[kind] ?? plain)(value));
}

function plain(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(plain).join(', ')}]`;
  if (value !== null && typeof value === 'object')
    return `{ ${Object.entries(value)
      .map(([name, member]) => `.${name} = ${plain(member)}`)
      .join(', ')} }`;
  return String(value);
}

/** Kinds whose text is aligned to the right. */
export const isNumeric = (kind: ColumnKind) =>
  kind === 'integer' || kind === 'duration' || kind === 'bytes' || kind === 'address';
