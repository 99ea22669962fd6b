/** Types of expressions, as the user knows them. Storage is another matter: see generator/storage.ts. */
import type { Field, StackMode } from '../layout.ts';

export type AddressSpace = 'kernel' | 'user' | 'none';
const AGGREGATIONS = ['count', 'sum', 'min', 'max', 'avg', 'stats', 'hist', 'lhist', 'tseries'] as const;
export type AggregationName = (typeof AGGREGATIONS)[number];
/** Those that are of their arguments' sign. */
const OF_A_SIGN: readonly AggregationName[] = ['sum', 'min', 'max', 'avg', 'stats'];

/** What an integer is known to be, for tables and charts: text shows the number. */
export type Measure = 'time' | 'nanoseconds' | 'microseconds' | 'milliseconds' | 'seconds';

export type Type =
  /** Not known yet, or wrong: fits everywhere, so that one error does not cause others. */
  | { kind: 'unknown' }
  | { kind: 'void' }
  | { kind: 'bool' }
  /**
   * `flexible`: takes on the sign of what it meets, being a constant that is not negative, or a variable that
   * was given nothing else.
   */
  | {
      kind: 'int';
      size: 1 | 2 | 4 | 8;
      signed: boolean;
      literal?: bigint;
      flexible?: boolean;
      enum?: EnumType;
      display?: Measure;
      /** Nanoseconds of another clock than the time since boot. */
      clock?: 'monotonic' | 'tai';
    }
  /** `size`: bytes with the terminating NUL. `trailer`: shown behind a text that fills them, since it was cut. */
  | { kind: 'string'; size: number; trailer?: string }
  | { kind: 'pointer'; to: Type; space: AddressSpace }
  | StructType
  | { kind: 'tuple'; elements: Type[]; names?: string[] }
  | { kind: 'array'; element: Type; length: number; space: AddressSpace }
  /** `sized`: the first four bytes count those that are there. */
  | { kind: 'buffer'; size: number; sized?: boolean }
  /** A 64-bit number that gets its words when it is shown. `format`: strftime's, for a timestamp. */
  | {
      kind: 'resolved';
      as: 'timestamp' | 'username' | 'ksym' | 'cgroup_path';
      format?: string;
      clock?: 'tai';
    }
  /** Where a program or Linux came from: at most `limit` frames, named when they are shown. */
  | StackType
  /** An address of a user program and its process, named when it is shown. */
  | { kind: 'usym' }
  /** The fields of a tracepoint: not a value of its own. */
  | { kind: 'args'; owner: string; fields: ArgsField[] }
  | { kind: 'aggregation'; of: AggregationName; signed: boolean; display?: Measure };

export interface StackType {
  kind: 'stack';
  space: 'kernel' | 'user';
  mode: StackMode;
  limit: number;
}

export interface EnumType {
  name?: string;
  values: [name: string, value: number | string][];
}

export interface StructType {
  kind: 'struct';
  /** `struct task_struct`, `union x`. */
  name: string;
  space: AddressSpace;
  /** From the program's own preamble or a traced program, not from BTF: where its fields are is known. */
  own?: boolean;
  /** The program whose debug information defines it, and what it refers to. */
  binary?: string;
  size: number;
  fields: Field[];
}

/** One argument of a tracepoint, from its `format` text. */
export interface ArgsField {
  name: string;
  /** As in the format text. */
  declaration: string;
  offset: number;
  size: number;
  type: Type;
  /** `__data_loc`: the bytes stand elsewhere in the record, found by an offset-length word. */
  location?: 'data' | 'relative';
  /** Of a function: the word of the context that holds it. */
  word?: number;
}

export const UNKNOWN: Type = { kind: 'unknown' };
export const VOID: Type = { kind: 'void' };
export const BOOL: Type = { kind: 'bool' };
export const INT64: Type = { kind: 'int', size: 8, signed: true };
export const UINT64: Type = { kind: 'int', size: 8, signed: false };
export const UINT32: Type = { kind: 'int', size: 4, signed: false };
export const INT32: Type = { kind: 'int', size: 4, signed: true };
/** A time since boot. */
export const MOMENT: Type = { kind: 'int', size: 8, signed: false, display: 'time' };
export const NANOSECONDS: Type = { kind: 'int', size: 8, signed: false, display: 'nanoseconds' };
export const string = (size: number, trailer?: string): Type => ({
  kind: 'string',
  size,
  ...(trailer ? { trailer } : {}),
});
export const pointer = (to: Type, space: AddressSpace): Type => ({ kind: 'pointer', to, space });

const int = (size: 1 | 2 | 4 | 8, signed: boolean): Type => ({ kind: 'int', size, signed });

/** Names of scalar types, ours and C's. */
const SCALARS: Readonly<Record<string, Type>> = {
  bool: BOOL,
  _Bool: BOOL,
  void: VOID,
  int8: int(1, true),
  int16: int(2, true),
  int32: int(4, true),
  int64: int(8, true),
  uint8: int(1, false),
  uint16: int(2, false),
  uint32: int(4, false),
  uint64: int(8, false),
  int8_t: int(1, true),
  int16_t: int(2, true),
  int32_t: int(4, true),
  int64_t: int(8, true),
  uint8_t: int(1, false),
  uint16_t: int(2, false),
  uint32_t: int(4, false),
  uint64_t: int(8, false),
  __s8: int(1, true),
  __s16: int(2, true),
  __s32: int(4, true),
  __s64: int(8, true),
  __u8: int(1, false),
  __u16: int(2, false),
  __u32: int(4, false),
  __u64: int(8, false),
  s8: int(1, true),
  s16: int(2, true),
  s32: int(4, true),
  s64: int(8, true),
  u8: int(1, false),
  u16: int(2, false),
  u32: int(4, false),
  u64: int(8, false),
  size_t: int(8, false),
  ssize_t: int(8, true),
  pid_t: int(4, true),
  uid_t: int(4, false),
  gid_t: int(4, false),
  dev_t: int(4, false),
  umode_t: int(2, false),
  loff_t: int(8, true),
  off_t: int(8, true),
  sector_t: int(8, false),
  uintptr_t: int(8, false),
  time_t: int(8, true),
  dma_addr_t: int(8, false),
  gfp_t: int(4, false),
};

/** What `(name)` starts a cast to, without looking at the types of Linux. */
export const TYPE_NAMES = new Set([
  ...Object.keys(SCALARS),
  'string',
  'buffer',
  'inet',
  'timestamp',
  'ustack_t',
  'kstack_t',
]);

/** A scalar by its name, with C's many spellings of integers; undefined for any other. */
export function scalar(name: string): Type | undefined {
  const known = SCALARS[name];
  if (known) return known;
  const words = name.split(/\s+/).filter(w => w !== 'const' && w !== 'volatile');
  if (
    words.length === 0 ||
    !words.every(w => ['unsigned', 'signed', 'long', 'short', 'int', 'char'].includes(w))
  ) {
    return words.length === 1 ? SCALARS[words[0]!] : undefined;
  }
  const signed = !words.includes('unsigned');
  if (words.includes('char')) return int(1, signed);
  if (words.includes('short')) return int(2, signed);
  return int(words.includes('long') ? 8 : 4, signed);
}

/** The smallest signed type that holds a literal; beyond int64 it is unsigned. */
export function literalType(value: bigint): Type {
  for (const size of [1, 2, 4, 8] as const) {
    const limit = 1n << BigInt(size * 8 - 1);
    if (value >= -limit && value < limit)
      return { kind: 'int', size, signed: true, literal: value, ...(value >= 0n ? { flexible: true } : {}) };
  }
  return { kind: 'int', size: 8, signed: false, literal: value };
}

/** Bytes of a value of this type, as `sizeof` gives them. */
export function sizeOf(type: Type): number {
  switch (type.kind) {
    case 'bool':
      return 1;
    case 'int':
    case 'string':
    case 'buffer':
    case 'struct':
      return type.size;
    case 'pointer':
    case 'resolved':
      return 8;
    case 'array':
      return sizeOf(type.element) * type.length;
    case 'stack':
      return stackHead(type) + type.limit * stackFrame(type);
    case 'usym':
      return 16;
    case 'tuple': {
      let size = 0;
      let largest = 1;
      for (const element of type.elements) {
        const align = alignOf(element);
        largest = Math.max(largest, align);
        size = Math.ceil(size / align) * align + sizeOf(element);
      }
      return Math.ceil(size / largest) * largest;
    }
    case 'aggregation':
      return 8;
    default:
      return 0;
  }
}

/** Bytes in front of the frames: their number (u64), in a user stack behind the process (u64). */
export const stackHead = (type: StackType) => (type.space === 'user' ? 16 : 8);

/** Bytes of a frame: an address, or Linux's struct bpf_stack_build_id. */
export const stackFrame = (type: StackType) => (type.mode === 'build_id' ? 32 : 8);

function alignOf(type: Type): number {
  if (type.kind === 'array') return alignOf(type.element);
  if (type.kind === 'tuple') return Math.max(1, ...type.elements.map(alignOf));
  if (type.kind === 'string' || type.kind === 'buffer') return 1;
  return Math.min(8, Math.max(1, sizeOf(type)));
}

/** The name a message shows: `int64`, `string[16]`, `struct task_struct *`, `(int8,string[3])`. */
export function typeName(type: Type): string {
  switch (type.kind) {
    case 'unknown':
      return 'none';
    case 'void':
      return 'void';
    case 'bool':
      return 'bool';
    case 'int':
      return type.enum?.name ? `enum ${type.enum.name}` : `${type.signed ? 'int' : 'uint'}${type.size * 8}`;
    case 'string':
      return `string[${type.size}]`;
    case 'pointer':
      return `${typeName(type.to)} *`;
    case 'struct':
      return type.name;
    case 'tuple': {
      const parts = type.elements.map(typeName);
      if (!type.names) return `(${parts.join(',')})`;
      return `record { ${parts.map((part, i) => `.${type.names![i]} = ${part}`).join(', ')} }`;
    }
    case 'array':
      return `${typeName(type.element)}[${type.length}]`;
    case 'buffer':
      return `buffer[${type.size}]`;
    case 'resolved':
      return type.as === 'timestamp' ? type.as : `${type.as}_t`;
    case 'stack':
      return `${type.space[0]}stack_${type.mode}_${type.limit}`;
    case 'usym':
      return 'usym_t';
    case 'args':
      return `args of ${type.owner}`;
    case 'aggregation':
      return `${!type.signed && OF_A_SIGN.includes(type.of) ? 'u' : ''}${type.of}_t`;
  }
}

/** Types that maps have by what is assigned to them, by their names in declarations. */
export const aggregationType = (name: string): Type | undefined => {
  const of = AGGREGATIONS.find(each => `${each}_t` === name);
  return of && { kind: 'aggregation', of, signed: true };
};

/** Its kind alone, without sizes and parts. */
export function baseName(type: Type): string {
  switch (type.kind) {
    case 'struct':
      return 'c_type';
    case 'tuple':
      return type.names ? 'record' : 'tuple';
    case 'resolved':
    case 'usym':
    case 'aggregation':
      return typeName(type);
    case 'stack':
      return `${type.space[0]}stack`;
    default:
      return type.kind;
  }
}

/** Can the value steer an `if`? */
export const isTruthy = (type: Type) =>
  ['int', 'bool', 'pointer', 'unknown'].includes(type.kind) || isCastable(type);

/** Aggregations that read as an integer: a sum over all CPUs. */
export const isCastable = (type: Type) =>
  type.kind === 'aggregation' && ['count', 'sum', 'min', 'max', 'avg'].includes(type.of);

/** The integer that an aggregation reads as; other types as they are. */
export const asNumber = (type: Type): Type =>
  type.kind === 'aggregation' && isCastable(type) ? { kind: 'int', size: 8, signed: type.signed } : type;

/** Reads as an integer as it stands. */
export const isInteger = (type: Type) => type.kind === 'int' || type.kind === 'bool' || isCastable(type);

/** A value that outlives its literal: the constant is forgotten. */
export function widen(type: Type): Type {
  if (type.kind === 'int' && type.literal !== undefined) {
    const { literal: _, ...rest } = type;
    return rest;
  }
  if (type.kind === 'tuple') return { ...type, elements: type.elements.map(widen) };
  return type;
}

/** Bytes in front of a buffer that counts its own. */
export const BUFFER_COUNT = 4;
