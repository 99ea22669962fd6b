/** Storing values into memory of a known type. */
import type { Expression } from '../nodes.ts';
import { findFunction } from '../tables/functions.ts';
import { BUFFER_COUNT, sizeOf, type Type } from '../types.ts';
import { branches, copyString } from './expressions.ts';
import { countable, fitted } from './operators.ts';
import { isPlace, loadMemory } from './pointers.ts';
import type { ProgramWriter } from './program.ts';
import { writeStatements } from './statements.ts';
import { inMemory, inWords } from './storage.ts';

type Tuple = Type & { kind: 'tuple' };

/** Stores an expression's value into an lvalue; memory of larger strings has been zeroed. */
export function store(g: ProgramWriter, lvalue: string, type: Type, e: Expression): void {
  if (isComposed(e) && inMemory(type) && type.kind !== 'string') {
    storeComposed(g, lvalue, type, e);
    return;
  }
  if (type.kind === 'string') {
    copyString(g, e, lvalue, type.size);
    return;
  }
  if (type.kind === 'tuple') {
    const { layout } = g.module.storage.tuple(type);
    // Parts are computed in the order in which they are written.
    const parts =
      e.kind === 'tuple'
        ? [...e.elements.entries()]
        : e.kind === 'record'
          ? e.fields.map(({ name, value }) => [type.names!.indexOf(name), value] as const)
          : undefined;
    if (parts) {
      for (const [i, part] of parts) store(g, `${lvalue}.${layout.fields[i]!.name}`, type.elements[i]!, part);
      return;
    }
    copyTuple(g, lvalue, type, g.value(e), e.type as Tuple);
    return;
  }
  if (type.kind === 'struct' || type.kind === 'array' || type.kind === 'buffer' || inWords(type)) {
    storeBytes(g, lvalue, type, e);
    return;
  }
  // A callback may not leave a pointer in the frame of its caller.
  const value = g.inCallback ? countable(g, e, g.value(e)) : g.value(e);
  g.emit(`${lvalue} = ${fitted(value, e.type!, type)};`);
}

type Composed = Extract<
  Expression,
  { kind: 'block' | 'comptime' | 'ternary' | 'if-expression' | 'typeinfo' }
>;

const isComposed = (e: Expression): e is Composed =>
  ['block', 'comptime', 'ternary', 'if-expression', 'typeinfo'].includes(e.kind);

/** What has its value from another expression within it. */
function storeComposed(g: ProgramWriter, lvalue: string, type: Type, e: Composed): void {
  switch (e.kind) {
    case 'typeinfo':
      store(g, lvalue, type, e.record!);
      return;
    case 'comptime':
      store(g, lvalue, type, e.operand);
      return;
    case 'block':
      g.block('', () => {
        writeStatements(g, e);
        if (e.value) store(g, lvalue, type, e.value);
      });
      return;
    default:
      branches(g, e, arm => store(g, lvalue, type, arm));
  }
}

/** Structs, arrays and buffers are copied as they are. */
function storeBytes(g: ProgramWriter, lvalue: string, type: Type, e: Expression): void {
  const own = e.type!;
  if (type.kind === 'buffer' && type.sized && own.kind === 'buffer' && !own.sized) {
    g.emit(`*(__u32 *)${lvalue} = ${own.size};`);
    storeBytes(g, `(${lvalue} + ${BUFFER_COUNT})`, own, e);
    return;
  }
  if (isPlace(e)) {
    loadMemory(g, e, lvalue);
    return;
  }
  const row = e.kind === 'call' ? findFunction(e.name) : undefined;
  if (row?.store && e.kind === 'call') {
    row.store(e, g, lvalue);
    return;
  }
  if (e.kind === 'cast' && !inMemory(e.operand.type!)) {
    // An integer's bytes, lowest first.
    const bytes = g.local('__u64', 'bytes', g.value(e.operand));
    g.emit(`__builtin_memcpy(${lvalue}, &${bytes}, ${Math.min(8, sizeOf(type))});`);
    return;
  }
  const from = e.kind === 'cast' ? e.operand : e;
  g.emit(
    `bpf_probe_read_kernel(${lvalue}, ${Math.min(sizeOf(type), sizeOf(from.type!))}, ${g.value(from)});`,
  );
}

/** Stores one member of a value that lies in memory already. */
export function storeFrom(g: ProgramWriter, lvalue: string, type: Type, from: string, fromType: Type): void {
  if (type.kind === 'string')
    g.emit(
      `read_string(${lvalue}, ${Math.min(type.size, (fromType as { size: number }).size)}, (__u64)${from});`,
    );
  else if (type.kind === 'tuple') copyTuple(g, lvalue, type, `&${from}`, fromType as Tuple);
  else if (type.kind === 'struct' || type.kind === 'array' || type.kind === 'buffer' || inWords(type)) {
    g.emit(`bpf_probe_read_kernel(${lvalue}, ${sizeOf(type)}, ${from});`);
  } else g.emit(`${lvalue} = ${from};`);
}

function copyTuple(g: ProgramWriter, lvalue: string, type: Tuple, pointer: string, fromType: Tuple): void {
  const to = g.module.storage.tuple(type);
  const from = g.module.storage.tuple(fromType);
  if (to.name === from.name) {
    g.emit(`bpf_probe_read_kernel(&${lvalue}, sizeof(${lvalue}), ${pointer});`);
    return;
  }
  for (const [i, element] of type.elements.entries()) {
    const j = type.names ? fromType.names!.indexOf(type.names[i]!) : i;
    storeFrom(
      g,
      `${lvalue}.${to.layout.fields[i]!.name}`,
      element,
      `(${pointer})->${from.layout.fields[j]!.name}`,
      fromType.elements[j]!,
    );
  }
}

/** A tuple or the like in memory of its own; a pointer. */
export function writeAggregate(g: ProgramWriter, e: Expression): string {
  const type = e.type!;
  const lvalue = g.storage(type, type.kind === 'tuple' ? 'tuple' : 'bytes');
  store(g, lvalue, type, e);
  return type.kind === 'tuple' ? `&${lvalue}` : lvalue;
}
