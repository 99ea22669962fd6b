/**
 * How values lie in memory: in records, keys, map values and tuples. Integers and pointers take 8 bytes
 * whatever their type, so that a type which widens during checking changes no layout; gaps are members of
 * their own, because the bytes of a map key are compared whole.
 */
import type { DataType, Field } from '../../layout.ts';
import { sizeOf, type Type } from '../types.ts';

type Resolved = Type & { kind: 'resolved' };

export interface Member {
  name: string;
  type: Type;
  /** The bytes of a string stand behind the fixed part of a record. */
  packed?: boolean;
}

export interface StructLayout {
  /** C member declarations. */
  members: string[];
  fields: Field[];
  size: number;
}

interface TupleLayout {
  name: string;
  layout: StructLayout;
}

/** What user space makes of the numbers that it resolves. */
const RESOLVED: Readonly<Record<Resolved['as'], (type: Resolved) => DataType>> = {
  timestamp: ({ format = '', clock }) => ({
    kind: 'timestamp',
    size: 8,
    format,
    ...(clock ? { clock } : {}),
  }),
  username: () => ({ kind: 'username', size: 8 }),
  ksym: () => ({ kind: 'ksym', size: 8 }),
  cgroup_path: () => ({ kind: 'cgroup-path', size: 8 }),
};

/** Lives in memory and is handled by pointer. */
export const inMemory = (type: Type) =>
  ['string', 'buffer', 'tuple', 'struct', 'array', 'stack', 'usym'].includes(type.kind);

/** Is kept as an array of 64-bit words. */
export const inWords = (type: Type) => type.kind === 'stack' || type.kind === 'usym';

export class Storage {
  /** C text of tuple types, and their names by content. */
  readonly #tuples = new Map<string, TupleLayout>();
  /** The same by type: a tuple within another is asked for many times. */
  readonly #known = new WeakMap<Type, TupleLayout>();
  readonly definitions: string[] = [];

  /** C declaration of a member or local, without `;`. */
  declare(type: Type, name: string): string {
    switch (type.kind) {
      case 'string':
        return `char ${name}[${type.size}]`;
      case 'buffer':
      case 'struct':
      case 'array':
        return `__u8 ${name}[${sizeOf(type)}] __attribute__((aligned(8)))`;
      case 'stack':
      case 'usym':
        return `__u64 ${name}[${sizeOf(type) / 8}]`;
      case 'tuple':
        return `struct ${this.tuple(type).name} ${name}`;
      case 'bool':
        return `__u8 ${name}`;
      case 'int':
        return `${type.signed ? '__s64' : '__u64'} ${name}`;
      case 'aggregation':
        return `__s64 ${name}`;
      default:
        return `__u64 ${name}`;
    }
  }

  sizeAndAlign(type: Type): [size: number, align: number] {
    switch (type.kind) {
      case 'string':
        return [type.size, 1];
      case 'bool':
        return [1, 1];
      case 'buffer':
      case 'struct':
      case 'array':
      case 'stack':
      case 'usym':
        return [Math.ceil(sizeOf(type) / 8) * 8, 8];
      case 'tuple':
        return [this.tuple(type).layout.size, 8];
      default:
        return [8, 8];
    }
  }

  /** Lays members out behind `head` bytes. */
  layout(members: Member[], head = 0): StructLayout {
    const out: StructLayout = { members: [], fields: [], size: head };
    let gaps = 0;
    const align = (to: number) => {
      const gap = (to - (out.size % to)) % to;
      if (gap > 0) out.members.push(`__u8 gap_${++gaps}[${gap}]`);
      out.size += gap;
    };
    for (const { name, type, packed } of members) {
      const [size, alignment] = packed ? [4, 4] : this.sizeAndAlign(type);
      align(alignment);
      out.members.push(packed ? `__u32 ${name}` : this.declare(type, name));
      out.fields.push({
        name,
        offset: out.size,
        type: packed ? packedType(type) : this.dataType(type),
      });
      out.size += size;
    }
    align(8);
    // An empty tuple has a place all the same: Linux knows no values of no bytes.
    if (out.size === 0) {
      out.members.push('__u64 empty');
      out.size = 8;
    }
    return out;
  }

  tuple(type: Type & { kind: 'tuple' }): TupleLayout {
    const before = this.#known.get(type);
    if (before) return before;
    const members = type.elements.map((element, i) => ({ name: type.names?.[i] ?? `_${i}`, type: element }));
    const layout = this.layout(members);
    const key = layout.members.join(';');
    let name = this.#tuples.get(key)?.name;
    if (!name) {
      name = `tuple_${this.#tuples.size + 1}`;
      this.#tuples.set(key, { name, layout });
      this.definitions.push(structText(name, layout.members));
    }
    const made = { name, layout };
    this.#known.set(type, made);
    return made;
  }

  dataType(type: Type): DataType {
    switch (type.kind) {
      case 'bool':
        return { kind: 'bool', size: 1 };
      case 'int':
        if (type.enum) {
          return {
            kind: 'enum',
            ...(type.enum.name ? { name: type.enum.name } : {}),
            size: 8,
            signed: type.signed,
            values: type.enum.values,
          };
        }
        return {
          kind: 'int',
          size: 8,
          signed: type.signed,
          ...(type.display ? { display: type.display } : {}),
        };
      case 'aggregation':
        return { kind: 'int', size: 8, signed: type.signed };
      case 'string':
        return { kind: 'string', size: type.size, ...cut(type) };
      case 'buffer':
        return { kind: type.sized ? 'sized-bytes' : 'bytes', size: type.size };
      case 'pointer':
        return { kind: 'pointer', size: 8 };
      case 'stack': {
        const { space, mode, limit } = type;
        return { kind: 'stack', size: sizeOf(type), space, mode, limit };
      }
      case 'usym':
        return { kind: 'usym', size: 16 };
      case 'resolved':
        return RESOLVED[type.as](type);
      case 'struct':
        return {
          kind: type.name.startsWith('union') ? 'union' : 'struct',
          name: type.name,
          size: type.size,
          fields: type.fields,
        };
      case 'array':
        return { kind: 'array', size: sizeOf(type), element: this.#exact(type.element), length: type.length };
      case 'tuple': {
        const { layout } = this.tuple(type);
        return { kind: type.names ? 'struct' : 'tuple', size: layout.size, fields: layout.fields };
      }
      default:
        return { kind: 'int', size: 8, signed: false };
    }
  }

  /** Elements of C arrays keep their C size. */
  #exact(type: Type): DataType {
    if (type.kind === 'int') return { kind: 'int', size: type.size, signed: type.signed };
    return this.dataType(type);
  }
}

export function structText(name: string, members: string[]): string {
  return `struct ${name} {\n${members.map(m => `\t${m};\n`).join('')}};`;
}

const packedType = (type: Type): DataType =>
  type.kind === 'string'
    ? { kind: 'packed-string', size: 4, ...cut(type) }
    : { kind: 'packed-bytes', size: 4 };

const cut = ({ size, trailer }: Type & { kind: 'string' }) =>
  trailer === undefined ? {} : { cut: { bytes: size - 1, trailer } };
