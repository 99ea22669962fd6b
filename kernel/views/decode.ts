/** Bytes and their types → values. Integers stay exact: numbers up to 2^53, bigints beyond. */
import type { DataType, Field, RecordLayout, Words } from '../layout.ts';
import type { Value } from '../protocol.ts';
import { textOf, visibleBytes } from '../utf8.ts';
import { DISPLAYS } from './displays.ts';
import { type Names, NO_NAMES, resolve } from './names.ts';
import { stackIdCell } from './stack-ids.ts';
import { stackCell } from './stacks.ts';
import { unsetTest } from './unset.ts';

export type Int = number | bigint;

const TWO_32 = 2 ** 32;
const HIGH_SAFE = 2 ** 21;

/**
 * Stands in one record, map key or map value. Packed strings lie behind the fixed part in field order, so a
 * record's fields are read in order, each once.
 */
export class Reader {
  bytes: Uint8Array;
  view: DataView;
  /** Where offset 0 is. */
  base = 0;
  /** Where the next packed string begins, and where the record ends. */
  private tail = 0;
  private end = 0;

  constructor(
    bytes: Uint8Array = new Uint8Array(0),
    readonly names: Names = NO_NAMES,
  ) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.open(bytes, 0, bytes.byteLength, bytes.byteLength);
  }

  /** Moves to the record at `base`, `length` bytes long, of which `fixed` are the fixed part; what it lacks is zero. */
  open(bytes: Uint8Array, base: number, length: number, fixed: number): this {
    if (length < fixed) {
      const whole = new Uint8Array(fixed);
      whole.set(bytes.subarray(base, base + length));
      return this.open(whole, 0, fixed, fixed);
    }
    if (bytes !== this.bytes) {
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    this.base = base;
    this.tail = base + fixed;
    this.end = base + length;
    return this;
  }

  /** The packed bytes whose number stands at `at`. */
  packedBytes(at: number): Uint8Array {
    const length = Math.min(this.view.getUint32(this.base + at, true), Math.max(0, this.end - this.tail));
    this.tail += length;
    return this.bytes.subarray(this.tail - length, this.tail);
  }
}

/** The integer at `at`, exact. Sizes 1 to 16. */
export function readInt(view: DataView, at: number, size: number, signed: boolean): Int {
  switch (size) {
    case 1:
      return signed ? view.getInt8(at) : view.getUint8(at);
    case 2:
      return signed ? view.getInt16(at, true) : view.getUint16(at, true);
    case 4:
      return signed ? view.getInt32(at, true) : view.getUint32(at, true);
    case 8: {
      const high = signed ? view.getInt32(at + 4, true) : view.getUint32(at + 4, true);
      if (high < HIGH_SAFE && high >= -HIGH_SAFE) return high * TWO_32 + view.getUint32(at, true);
      return signed ? view.getBigInt64(at, true) : view.getBigUint64(at, true);
    }
    default: {
      let value = 0n;
      for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(view.getUint8(at + i));
      return shrink(signed ? BigInt.asIntN(size * 8, value) : value);
    }
  }
}

/** The bitfield of `bits.size` bits that begins `bits.offset` bits behind `at`. */
export function readBits(
  view: DataView,
  at: number,
  bits: { offset: number; size: number },
  signed: boolean,
): Int {
  const first = at + (bits.offset >> 3);
  const last = at + ((bits.offset + bits.size - 1) >> 3);
  let value = 0n;
  for (let i = last; i >= first; i--) value = (value << 8n) | BigInt(view.getUint8(i));
  value >>= BigInt(bits.offset & 7);
  return shrink(signed ? BigInt.asIntN(bits.size, value) : BigInt.asUintN(bits.size, value));
}

/** A number when that is exact. */
export function shrink(value: bigint): Int {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Text up to NUL or `size` bytes. */
export function readString(bytes: Uint8Array, at: number, size: number): string {
  let end = at;
  let ascii = true;
  for (const limit = Math.min(at + size, bytes.length); end < limit; end++) {
    const byte = bytes[end]!;
    if (byte === 0) break;
    if (byte >= 0x80) ascii = false;
  }
  const part = bytes.subarray(at, end);
  if (ascii && part.length < 4096) return String.fromCharCode.apply(null, part as unknown as number[]);
  return textOf(part);
}

type TextType = Extract<DataType, { kind: 'string' | 'packed-string' }>;

/** The text at `at`, with its trailer where it was cut. */
export function readText(reader: Reader, type: TextType, at: number): string {
  const start = reader.base + at;
  const bytes =
    type.kind === 'string' ? reader.bytes.subarray(start, start + type.size) : reader.packedBytes(at);
  if (type.kind === 'string' && type.words) return readWords(reader, bytes, type.words, at);
  const text = readString(bytes, 0, bytes.length);
  if (!type.cut) return text;
  const end = bytes.indexOf(0);
  return (end < 0 ? bytes.length : end) >= type.cut.bytes ? text + type.cut.trailer : text;
}

/** Up to where the texts end: as their length says, or at one that is empty. */
function readWords({ view, base }: Reader, bytes: Uint8Array, { length }: Words, at: number): string {
  const most = length ? Number(readInt(view, base + at + length.distance, length.size, false)) : bytes.length;
  const words: string[] = [];
  for (let from = 0; from < Math.min(most, bytes.length); ) {
    const end = bytes.indexOf(0, from);
    if (end === from) break;
    words.push(readString(bytes, from, bytes.length - from));
    from = end < 0 ? bytes.length : end + 1;
  }
  return words.join(' ');
}

export const hexByte = (byte: number) => byte.toString(16).padStart(2, '0');

type BytesType = Extract<DataType, { kind: 'bytes' | 'sized-bytes' | 'packed-bytes' }>;

export const isBytes = (type: DataType): type is BytesType =>
  type.kind === 'bytes' || type.kind === 'sized-bytes' || type.kind === 'packed-bytes';

/** The bytes of a buffer at `at`. */
export function readBytes(reader: Reader, type: BytesType, at: number): Uint8Array {
  if (type.kind === 'packed-bytes') return reader.packedBytes(at);
  const start = reader.base + at;
  if (type.kind === 'bytes') return reader.bytes.subarray(start, start + type.size);
  const room = type.size - SIZE_OF_COUNT;
  const length = Math.min(reader.view.getUint32(start, true), room);
  return reader.bytes.subarray(start + SIZE_OF_COUNT, start + SIZE_OF_COUNT + length);
}

const SIZE_OF_COUNT = 4;

/** Printable ASCII as it is, every other byte as `\xNN`. */
export function escapeBytes(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes)
    text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${hexByte(byte)}`;
  return text;
}

type IntType = { size: number; signed?: boolean };

/** Integers of any scalar kind: int, bool, enum, pointer. */
export function readScalar(reader: Reader, type: IntType, at: number, bits?: Field['bits']): Int {
  const signed = type.signed ?? false;
  return bits
    ? readBits(reader.view, reader.base + at, bits, signed)
    : readInt(reader.view, reader.base + at, type.size, signed);
}

export function readFloat(reader: Reader, size: number, at: number): number {
  return size === 4
    ? reader.view.getFloat32(reader.base + at, true)
    : reader.view.getFloat64(reader.base + at, true);
}

type EnumType = Extract<DataType, { kind: 'enum' }>;

/** The name of an enum's value, or undefined. */
export function enumName(type: EnumType, value: Int): string | undefined {
  const known = typeof value === 'number' ? value : value.toString();
  const name = type.values.find(([, one]) => one === known)?.[0];
  return name ?? (type.flags ? flagNames(type, BigInt(value)) : undefined);
}

/** `O_WRONLY|O_CREAT|0x8000`: the names of the bits that are set, and what is left of them. */
function flagNames({ values }: EnumType, value: bigint): string | undefined {
  const names: string[] = [];
  let left = value;
  // What stands for several bits says more than its parts.
  const wide = values
    .map(([name, bits]) => ({ name, bits: BigInt(bits) }))
    .sort((a, b) => (a.bits < b.bits ? 1 : -1));
  for (const { name, bits } of wide) {
    if (bits <= 0n || (left & bits) !== bits) continue;
    names.unshift(name);
    left &= ~bits;
  }
  if (names.length === 0) return undefined;
  return [...names, ...(left ? [`0x${left.toString(16)}`] : [])].join('|');
}

export const intValue = (value: Int): Value => (typeof value === 'bigint' ? value.toString() : value);

/** The JSON-safe value of `type` at `at`. */
export function toValue(reader: Reader, type: DataType, at: number, bits?: Field['bits']): Value {
  switch (type.kind) {
    case 'int': {
      const value = readScalar(reader, type, at, bits);
      const shown = type.display && DISPLAYS[type.display].value?.(value, reader.names);
      return shown ?? intValue(value);
    }
    case 'pointer':
      return intValue(readScalar(reader, type, at, bits));
    case 'bool':
      return readScalar(reader, type, at, bits) !== 0;
    case 'float':
      return finite(readFloat(reader, type.size, at));
    case 'enum': {
      const value = readScalar(reader, type, at, bits);
      return enumName(type, value) ?? intValue(value);
    }
    case 'string':
    case 'packed-string':
      return visibleBytes(readText(reader, type, at));
    case 'bytes':
    case 'sized-bytes':
    case 'packed-bytes':
      return escapeBytes(readBytes(reader, type, at));
    case 'stack':
      return stackCell(reader, type, at);
    case 'stack-id':
      return stackIdCell(reader, type, at);
    case 'array': {
      const stride = type.element.size;
      return Array.from({ length: type.length }, (_, i) => toValue(reader, type.element, at + i * stride));
    }
    case 'tuple':
      return type.fields.map(field => toValue(reader, field.type, at + field.offset, field.bits));
    case 'struct':
    case 'union': {
      const value: { [name: string]: Value } = {};
      for (const field of type.fields)
        define(value, field.name, toValue(reader, field.type, at + field.offset, field.bits));
      return value;
    }
    default:
      return resolve(reader, type, at);
  }
}

const finite = (value: number): Value => (Number.isFinite(value) ? value : String(value));

/** Sets an own property, `__proto__` included. */
function define(target: { [name: string]: Value }, name: string, value: Value) {
  if (name === '__proto__') Object.defineProperty(target, name, { value, enumerable: true });
  else target[name] = value;
}

/** Reads records of one layout as objects of their fields; those that were not written are null. */
export function recordReader(layout: RecordLayout): (reader: Reader) => Value {
  const isUnset = unsetTest(layout);
  return reader => {
    const value: { [name: string]: Value } = {};
    for (const field of layout.fields) {
      const { name, type, offset, bits } = field;
      define(value, name, isUnset(reader, field) ? null : toValue(reader, type, offset, bits));
    }
    return value;
  };
}
