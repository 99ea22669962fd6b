/** Memory that is not ours: fields behind pointers, elements, dereferences. */
import type { Field } from '../../layout.ts';
import type { Expression, FieldNode } from '../nodes.ts';
import { type AddressSpace, type StructType, sizeOf, type Type } from '../types.ts';
import { argsAddress, findArgs } from './args.ts';
import { writeValue } from './expressions.ts';
import { READERS, readText, reportRead } from './helperErrors.ts';
import { nameOf } from './names.ts';
import { countable } from './operators.ts';
import type { ProgramWriter } from './program.ts';
import { OUT_OF_BOUNDS } from './runtimeErrors.ts';

/** Where a value stands. */
interface Place {
  /** 64-bit C expression. */
  address: string;
  space: AddressSpace;
  /** A path through a type of Linux, whose offsets are relocated to the target's. */
  core?: { struct: string; base: string; path: string };
  bits?: { offset: number; size: number };
}

/** Macros that read a scalar. */
const READS = { kernel: 'READ', user: 'READ_USER', none: 'READ_ANY' } as const;

/** An address as the readers of its space take it. */
const pointed = (space: AddressSpace, address: string) => `${space === 'none' ? '' : '(void *)'}${address}`;

/** Does the expression name a value in memory that has to be read? */
export function isPlace(e: Expression): boolean {
  if (e.kind === 'unary') return e.operator === '*';
  const object = e.kind === 'field' || e.kind === 'index' ? e.object.type?.kind : undefined;
  if (e.kind === 'field')
    return object === 'struct' || object === 'pointer' || (object === 'args' && e.type?.kind === 'array');
  return e.kind === 'index' && (object === 'pointer' || object === 'array');
}

/** Address spaces follow the pointer; where it has none, the probe says. */
const spaceOf = (g: ProgramWriter, space: AddressSpace): AddressSpace =>
  space === 'none' && g.probe.row.space === 'user' ? 'user' : space;

/**
 * An address of our own memory as clang does not know it: where it sees the alignment it makes `|` of `+`, which
 * the verifier does not allow on pointers.
 */
export function hidden(g: ProgramWriter, address: string): string {
  const name = g.local('__u64', 'address', address);
  g.emit(`barrier_var(${name});`);
  return name;
}

function place(g: ProgramWriter, e: Expression): Place {
  // A value of our own: in a variable, a map, or scratch memory.
  if (!isPlace(e)) return { address: hidden(g, `(__u64)${writeValue(g, e)}`), space: 'kernel' };
  if (e.kind === 'unary' && e.operator === '*') {
    const { space } = e.operand.type as Type & { kind: 'pointer' };
    return { address: writeValue(g, e.operand), space: spaceOf(g, space) };
  }
  if (e.kind === 'field') return e.object.type?.kind === 'args' ? argsPlace(g, e) : fieldPlace(g, e);
  return indexPlace(g, e as Expression & { kind: 'index' });
}

function indexPlace(g: ProgramWriter, e: Expression & { kind: 'index' }): Place {
  const object = e.object.type!;
  const step = sizeOf(e.type!) || 1;
  const index = writeValue(g, e.index);
  if (object.kind === 'pointer')
    return {
      address: `(${countable(g, e.object, writeValue(g, e.object))} + ${index} * ${step})`,
      space: spaceOf(g, object.space),
    };
  const array = place(g, e.object);
  const { length } = object as Type & { kind: 'array' };
  const known = e.index.type?.kind === 'int' && e.index.type.literal !== undefined;
  if (known || length === 0)
    return { address: `(${array.address} + ${index} * ${step})`, space: array.space };
  const at = g.local('__u64', 'at', index);
  g.block(`if (${at} >= ${length})`, () => g.send('runtime_error', [], OUT_OF_BOUNDS, e));
  // Only what clang cannot see through is surely the register that the verifier saw compared.
  const within = g.local('__u64', 'within', `${at} < ${length} ? ${at} : 0`);
  g.emit(`barrier_var(${within});`);
  // Nothing can be read at address 0, which gives 0.
  return { address: `(${at} < ${length} ? ${array.address} + ${within} * ${step} : 0)`, space: array.space };
}

function argsPlace(g: ProgramWriter, e: FieldNode): Place {
  return { address: `(${argsAddress(findArgs(g, e))})`, space: 'kernel' };
}

function fieldPlace(g: ProgramWriter, e: FieldNode): Place {
  const object = e.object.type!;
  const direct = object.kind === 'pointer';
  const struct = (direct ? (object as Type & { kind: 'pointer' }).to : object) as StructType;
  const field = e.field as Field;
  const from: Place = direct
    ? {
        address: countable(g, e.object, writeValue(g, e.object)),
        space: spaceOf(g, (object as Type & { kind: 'pointer' }).space),
      }
    : place(g, e.object);
  const bits = field.bits ? { bits: field.bits } : {};
  if (struct.own || (!direct && !from.core)) {
    return {
      address: field.offset === 0 ? from.address : `(${from.address} + ${field.offset})`,
      space: from.space,
      ...bits,
    };
  }
  // Relocated paths cannot be nested: what a path starts from has a name.
  if (direct && !/^\w+$/.test(from.address))
    from.address = g.local('__u64', nameOf(e.object) ?? 'base', from.address);
  const core =
    from.core && !direct
      ? { ...from.core, path: `${from.core.path}.${field.name}` }
      : { struct: struct.name, base: from.address, path: field.name };
  if (direct) g.needs(struct.name.replace(/^(?:struct|union) /, ''));
  const address = `(__u64)__builtin_preserve_access_index(&((${core.struct} *)${core.base})->${core.path})`;
  return { address, space: from.space, core, ...bits };
}

/** A scalar that stands in memory. */
export function loadPlace(g: ProgramWriter, e: Expression): string {
  const type = e.type!;
  const where = place(g, e);
  if (g.options.warnReads) return loadChecked(g, e, where);
  const signed = type.kind === 'int' && type.signed;
  const wide = signed ? '__s64' : '__u64';
  const { core, bits } = where;
  if (core && bits && where.space !== 'user')
    return `(${wide})BPF_CORE_READ_BITFIELD_PROBED((${core.struct} *)${core.base}, ${core.path})`;
  const size = type.kind === 'int' ? type.size : type.kind === 'bool' ? 1 : 8;
  const read = READS[where.space];
  if (bits) {
    const word = `(__u64)${read}(__u${size * 8}, ${where.address})`;
    if (!signed) return `((${word} >> ${bits.offset}) & ${(1n << BigInt(bits.size)) - 1n}ULL)`;
    return `((__s64)(${word} << ${64 - bits.offset - bits.size}) >> ${64 - bits.size})`;
  }
  if (core && where.space !== 'none') {
    const macro = where.space === 'user' ? 'BPF_CORE_READ_USER' : 'BPF_CORE_READ';
    return `(${wide})${macro}((${core.struct} *)${core.base}, ${core.path})`;
  }
  return `(${wide})${read}(${signed ? '__s' : '__u'}${size * 8}, ${where.address})`;
}

/** As {@link loadPlace}, for who wants to know of reads that fail. */
function loadChecked(g: ProgramWriter, e: Expression, { address, space, bits }: Place): string {
  const type = e.type!;
  const signed = type.kind === 'int' && type.signed;
  const size = type.kind === 'int' ? type.size : type.kind === 'bool' ? 1 : 8;
  const value = g.local(`${signed && !bits ? '__s' : '__u'}${size * 8}`, 'value', '0');
  reportRead(g, space, `${READERS[space].bytes}(&${value}, sizeof(${value}), ${pointed(space, address)})`, e);
  if (!bits) return `(${signed ? '__s64' : '__u64'})${value}`;
  const up = `((__u64)${value} << ${64 - bits.offset - bits.size})`;
  return `(${signed ? `(__s64)${up}` : up} >> ${64 - bits.size})`;
}

/** Copies a string out of memory; gives its length, NUL included. */
export function loadString(g: ProgramWriter, e: Expression, destination: string, size: number): string {
  const where = place(g, e);
  const most = Math.min(size, (e.type as { size: number }).size);
  return readText(g, where.space, destination, most, where.address, e);
}

/** Copies a struct or an array out of memory. */
export function loadMemory(g: ProgramWriter, e: Expression, destination: string): void {
  const where = place(g, e);
  const { address, space } = where;
  reportRead(
    g,
    space,
    `${READERS[space].bytes}(${destination}, ${sizeOf(e.type!)}, ${pointed(space, address)})`,
    e,
  );
}

/** Address of what stands in memory, for functions that read it themselves. */
export function addressOf(g: ProgramWriter, e: Expression): { address: string; space: AddressSpace } {
  return place(g, e);
}

/** Copies bytes: those behind a pointer, or those of a value in memory. */
export function copyBytes(g: ProgramWriter, destination: string, size: number | string, e: Expression): void {
  const type = e.type!;
  const behind = type.kind === 'pointer' || type.kind === 'int';
  const space = type.kind === 'pointer' ? type.space : 'none';
  const from: Place = behind ? { address: writeValue(g, e), space: spaceOf(g, space) } : place(g, e);
  const { address, space: own } = from;
  reportRead(g, own, `${READERS[own].bytes}(${destination}, ${size}, ${pointed(own, address)})`, e);
}
