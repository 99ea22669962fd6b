/** Bytes as Linux and the loader would deliver them, and the golden files they are compared with. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CellLayout, DataType, Field, MapLayout, RecordLayout } from '../../kernel/layout.ts';
import { BATCH_ENTRY } from '../../kernel/loader/protocol.ts';

export const u8 = { kind: 'int', size: 1, signed: false } as const;
export const u16 = { kind: 'int', size: 2, signed: false } as const;
export const u32 = { kind: 'int', size: 4, signed: false } as const;
export const i32 = { kind: 'int', size: 4, signed: true } as const;
export const u64 = { kind: 'int', size: 8, signed: false } as const;
export const i64 = { kind: 'int', size: 8, signed: true } as const;
export const ns = { ...u64, display: 'nanoseconds' } as const;
export const packed = { kind: 'packed-string', size: 4 } as const;
export const chars = (size: number) => ({ kind: 'string', size }) as const;

/** Fields one behind the other, each at a multiple of its size (at most 8), from `at` on. */
export function fieldsOf(members: [name: string, type: DataType][], at = 0): Field[] {
  return members.map(([name, type]) => {
    const align = type.kind === 'string' || type.kind === 'bytes' ? 1 : Math.min(8, alignOf(type));
    const offset = Math.ceil(at / align) * align;
    at = offset + type.size;
    return { name, offset, type };
  });
}

const alignOf = (type: DataType): number =>
  type.kind === 'array'
    ? alignOf(type.element)
    : 'fields' in type
      ? Math.max(1, ...type.fields.map(field => alignOf(field.type)))
      : type.kind === 'string' || type.kind === 'bytes'
        ? 1
        : type.size;

export const sizeOf = (fields: Field[]) =>
  Math.ceil(Math.max(0, ...fields.map(field => field.offset + field.type.size)) / 8) * 8;

export type Put = number | bigint | string | boolean | Uint8Array | Put[];

/** Writes `value` as `type` would lie in memory. */
export function put(bytes: Buffer, type: DataType, at: number, value: Put): void {
  if (Array.isArray(value)) {
    for (const [i, member] of value.entries())
      if (type.kind === 'array') put(bytes, type.element, at + i * type.element.size, member);
      else if ('fields' in type) put(bytes, type.fields[i]!.type, at + type.fields[i]!.offset, member);
  } else if (value instanceof Uint8Array) bytes.set(value.subarray(0, type.size), at);
  else if (typeof value === 'string') Buffer.from(value).copy(bytes, at, 0, type.size);
  else if (type.kind === 'float')
    type.size === 4 ? bytes.writeFloatLE(Number(value), at) : bytes.writeDoubleLE(Number(value), at);
  else {
    const int = BigInt.asUintN(type.size * 8, BigInt(value));
    for (let i = 0; i < type.size; i++) bytes[at + i] = Number((int >> BigInt(8 * i)) & 0xffn);
  }
}

export const bytesOf = (type: DataType, value: Put): Buffer => {
  const bytes = Buffer.alloc(type.size);
  put(bytes, type, 0, value);
  return bytes;
};

const align8 = (size: number) => (size + 7) & ~7;

export function entry(kind: number, index: number, payload: Uint8Array): Buffer {
  const bytes = Buffer.alloc(8 + align8(payload.length));
  bytes.writeUInt32LE(payload.length, 0);
  bytes[4] = kind;
  bytes.writeUInt16LE(index, 6);
  bytes.set(payload, 8);
  return bytes;
}

/** A record; a tagged one begins with its id, so its fields must start behind offset 4. */
export function record(layout: RecordLayout, values: Put[], ring = 0): Buffer {
  const fixed = Buffer.alloc(layout.size);
  fixed.writeUInt32LE(layout.id, 0);
  const tails: Buffer[] = [];
  for (const [i, field] of layout.fields.entries()) {
    const value = values[i]!;
    if (field.type.kind !== 'packed-string') put(fixed, field.type, field.offset, value);
    else {
      const text = value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(String(value));
      const tail = text.length ? Buffer.concat([text, Buffer.from([0])]) : text;
      fixed.writeUInt32LE(tail.length, field.offset);
      tails.push(tail);
    }
  }
  return entry(BATCH_ENTRY.record, ring, Buffer.concat([fixed, ...tails]));
}

/** A snapshot payload: `entries` are keys and each CPU's value. */
export function snapshot(map: MapLayout, entries: [key: Put[], cpus: Put[]][]): Buffer {
  const values = entries[0]?.[1].length ?? 1;
  const head = Buffer.alloc(16);
  [map.keySize, map.valueSize, values, entries.length].forEach((n, i) => void head.writeUInt32LE(n, 4 * i));
  const parts = entries.map(([key, cpus]) => {
    const bytes = Buffer.alloc(align8(map.keySize) + values * align8(map.valueSize));
    for (const [i, field] of (map.key ?? []).entries()) put(bytes, field.type, field.offset, key[i]!);
    for (const [cpu, value] of cpus.entries())
      put(bytes, map.value, align8(map.keySize) + cpu * align8(map.valueSize), value);
    return bytes;
  });
  return Buffer.concat([head, ...parts]);
}

export const mapEntry = (index: number, payload: Uint8Array) => entry(BATCH_ENTRY.snapshot, index, payload);

/** A tagged record of bpftrace's ring `events`. */
export function site(
  id: number,
  action: RecordLayout['action'],
  members: [name: string, type: DataType][] = [],
  name: string = action.do,
): RecordLayout {
  const fields = fieldsOf(members, 4);
  return { id, ring: 'events', name, size: Math.max(8, sizeOf(fields)), fields, action };
}

export function map(
  name: string,
  value: DataType,
  more: Partial<MapLayout> & { keys?: [string, DataType][] } = {},
): MapLayout {
  const { keys, ...rest } = more;
  const key = keys && fieldsOf(keys);
  return {
    name,
    symbol: name.replace('@', 'map_'),
    type: key ? 'hash' : 'array',
    perCpu: Boolean(more.aggregation),
    ...(key ? { key } : {}),
    keySize: key ? sizeOf(key) : 4,
    value,
    valueSize: value.size,
    maxEntries: 4096,
    printAtEnd: true,
    ...rest,
  };
}

export const struct = (members: [string, DataType][]): DataType & { kind: 'struct' } => {
  const fields = fieldsOf(members);
  return { kind: 'struct', size: sizeOf(fields), fields };
};

export const cell = (records: RecordLayout[], maps: MapLayout[] = []): CellLayout => ({
  programs: [],
  maps,
  records,
  globals: [],
  taggedRings: ['events'],
  onFlag: { section: '.data.on', offset: 0 },
});

export const streams = (layout: CellLayout) => ({
  rings: [...new Set(layout.records.map(one => one.ring))],
  maps: layout.maps.map(one => one.symbol),
});

/** Strings that try to leave the place they are put in. */
export const HOSTILE: { [name: string]: string | Uint8Array } = {
  html: '<img src=x onerror=alert(1)>&amp;"\'',
  script: '</script><script>alert(1)</script>',
  ansi: '\u001b[31mred\u001b]0;title\u0007',
  controls: 'a\u0001b\u007fc\rd\be',
  c1: 'a\u009b31mb',
  lines: 'one\ntwo\tthree',
  bidi: 'abc\u202etxt.exe',
  utf8: 'żółw 🐢',
  invalid: Uint8Array.from([0x61, 0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80, 0x62]),
  quotes: '"\\"\\n',
  template: '`$\u007bprocess.exit(1)}` %s %n {{x}}',
  proto: '__proto__',
};

const GOLDEN = fileURLToPath(new URL('./golden/', import.meta.url));

/** Compares with a file of test/unit/golden; UPDATE_GOLDEN=1 writes it. */
export function golden(name: string, text: string): void {
  const path = GOLDEN + name;
  if (process.env.UPDATE_GOLDEN) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  assert.equal(text, readFileSync(path, 'utf8'), `golden file ${name} (UPDATE_GOLDEN=1 renews it)`);
}
