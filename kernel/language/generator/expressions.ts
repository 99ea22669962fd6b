/**
 * Expressions as C. Every scalar becomes a 64-bit C expression; a value in memory (a string, a tuple) becomes
 * a pointer to it. What needs statements emits them first.
 */
import type { Expression, TernaryNode } from '../nodes.ts';
import { copyText, cString, findBuiltin } from '../tables/builtins.ts';
import { findFunction } from '../tables/functions.ts';
import { parameterText } from '../target.ts';
import { BUFFER_COUNT, type Type } from '../types.ts';
import { argsField, argsString } from './args.ts';
import { callFunction } from './functions.ts';
import { mapValue, readAggregation } from './mapAccess.ts';
import { writeAggregate } from './memory.ts';
import { nameOf } from './names.ts';
import { binary, castValue, isSigned, unary } from './operators.ts';
import { addressOf, isPlace, loadPlace, loadString } from './pointers.ts';
import type { ProgramWriter } from './program.ts';
import { writeBlock, writeCondition, writeStatements } from './statements.ts';
import { inMemory } from './storage.ts';

/** An integer constant that C reads as 64 bits where it must. */
export function constant(value: bigint): string {
  if (value >= 1n << 63n) return `${value}ULL`;
  if (value === -(1n << 63n)) return '(-9223372036854775807LL - 1)';
  const text = value >= -(1n << 31n) && value < 1n << 31n ? String(value) : `${value}LL`;
  return value < 0n ? `(${text})` : text;
}

/** A constant as C; undefined for what has to be computed. */
function knownValue(e: Expression): string | undefined {
  switch (typeof e.constant) {
    case 'bigint':
      return e.type!.kind === 'int' ? constant(e.constant) : undefined;
    case 'boolean':
      return e.constant ? '1' : '0';
    case 'string':
      return FOLDED.has(e.kind) ? cString(e.constant) : undefined;
    default:
      return undefined;
  }
}

/** What may be made of constants alone, and is then no more than its value. */
const FOLDED: ReadonlySet<Expression['kind']> = new Set([
  'field',
  'comptime',
  'ternary',
  'if-expression',
  'block',
]);

export function writeValue(g: ProgramWriter, e: Expression): string {
  const type = e.type!;
  const known = knownValue(e);
  if (known !== undefined) return known;
  if (isPlace(e)) {
    if (!inMemory(type)) return loadPlace(g, e);
    if (type.kind !== 'tuple') return materialize(g, e);
    return `((const struct ${g.module.storage.tuple(type).name} *)${addressOf(g, e).address})`;
  }
  switch (e.kind) {
    case 'boolean':
      return e.value ? '1' : '0';
    case 'string':
      return cString(e.value);
    case 'positional':
      return cString(parameterText(g.options, e));
    case 'variable':
      return inMemory(type)
        ? `${type.kind === 'tuple' ? '&' : ''}${g.variable(e.variable!)}`
        : g.variable(e.variable!);
    case 'map':
      return type.kind === 'aggregation' ? readAggregation(g, e) : mapValue(g, e);
    case 'unary':
      return unary(g, e);
    case 'binary':
      return binary(g, e);
    case 'comptime':
      return writeValue(g, e.operand);
    case 'cast':
      if (!inMemory(type)) return castValue(g, e, type);
      break;
    default:
  }
  if (inMemory(type)) return materialize(g, e);
  switch (e.kind) {
    case 'identifier':
      return findBuiltin(e.name)!.lower!(g);
    case 'call':
      if (e.option) return g.option(e.option);
      return e.called ? callFunction(g, e) : findFunction(e.name)!.lower!(e, g);
    case 'field':
      return e.object.type!.kind === 'args' ? argsField(g, e) : tupleField(g, e);
    case 'index':
      return index(g, e);
    case 'ternary':
    case 'if-expression':
      return choose(g, e);
    case 'block': {
      if (type.kind === 'void' || type.kind === 'unknown') {
        g.block('', () => g.module.inside(e.expanded, () => writeBlock(g, e)));
        return '';
      }
      const result = g.local(isSigned(type) ? '__s64' : '__u64', 'result', '0');
      g.block('', () =>
        g.module.inside(e.expanded, () => {
          writeStatements(g, e);
          if (e.value) g.emit(`${result} = ${writeValue(g, e.value)};`);
        }),
      );
      return result;
    }
    default:
      throw new Error(`no lowering for ${e.kind}`);
  }
}

/** Puts a value without a place of its own into scratch memory. */
function materialize(g: ProgramWriter, e: Expression): string {
  const type = e.type!;
  if (e.kind === 'field' && e.object.type!.kind === 'tuple') return tupleField(g, e);
  if (type.kind === 'string') {
    if (type.size <= 16) {
      const name = g.fresh(nameOf(e) ?? 'string');
      g.emit(`char ${name}[${type.size}] = {};`);
      copyString(g, e, name, type.size);
      return name;
    }
    const slot = g.temporary(type.size);
    copyString(g, e, slot, type.size);
    return slot;
  }
  return writeAggregate(g, e);
}

/** Copies a string whose length nobody asks for. */
export function copyString(g: ProgramWriter, e: Expression, destination: string, size: number): void {
  const length = writeInto(g, e, destination, size);
  // The copy may happen only as the length is computed.
  if (length.includes('(')) g.emit(`${length};`);
}

/** Copies the bytes of a buffer that counts them; gives their number. */
function copyCounted(g: ProgramWriter, e: Expression, destination: string, size: number): string {
  const from = g.local('const void *', 'buffer', writeValue(g, e));
  const length = g.local('__u64', 'length', `at_most(*(const __u32 *)${from}, ${size - BUFFER_COUNT})`);
  g.emit(`bpf_probe_read_kernel(${destination}, ${length}, ${from} + ${BUFFER_COUNT});`);
  return length;
}

/** Copies a string or a buffer; gives its length, NUL included: an expression that may do the copying. */
export function writeInto(g: ProgramWriter, e: Expression, destination: string, size: number): string {
  if (e.type!.kind === 'buffer' && e.kind !== 'call') return copyCounted(g, e, destination, size);
  if (typeof e.constant === 'string' && FOLDED.has(e.kind))
    return copyText(e.constant, destination, size, line => g.emit(line));
  if (isPlace(e)) return loadString(g, e, destination, size);
  switch (e.kind) {
    case 'string':
      return copyText(e.value, destination, size, line => g.emit(line));
    case 'positional':
      return copyText(parameterText(g.options, e), destination, size, line => g.emit(line));
    case 'identifier': {
      const into = findBuiltin(e.name)?.into;
      if (into) return into(g, destination, size);
      break;
    }
    case 'call': {
      const into = findFunction(e.name)?.into;
      if (into) return into(e, g, destination, size);
      break;
    }
    case 'field':
      if (e.object.type!.kind === 'args') return argsString(g, e, destination, size);
      break;
    case 'cast':
    case 'comptime':
      return writeInto(g, e.operand, destination, size);
    case 'ternary':
    case 'if-expression': {
      const length = g.local('__u64', 'length', '0');
      branches(g, e, arm => g.emit(`${length} = ${writeInto(g, arm, destination, size)};`));
      return length;
    }
    case 'block': {
      const length = g.local('__u64', 'length', '0');
      g.block('', () =>
        g.module.inside(e.expanded, () => {
          writeStatements(g, e);
          if (e.value) g.emit(`${length} = ${writeInto(g, e.value, destination, size)};`);
        }),
      );
      return length;
    }
    default:
  }
  const own = (e.type as { size: number }).size;
  return `read_string(${destination}, ${Math.min(size, own)}, (__u64)${writeValue(g, e)})`;
}

type Choice = TernaryNode | (Expression & { kind: 'if-expression' });

/** Writes both arms under their condition. */
export function branches(g: ProgramWriter, e: Choice, arm: (value: Expression) => void): void {
  const then = e.then ?? e.condition;
  if (e.taken) {
    g.block('', () => arm(e.taken === 'then' ? then : e.else));
    return;
  }
  g.block(`if (${writeCondition(g, e.condition)})`, () => arm(then));
  g.block('else', () => arm(e.else));
}

function choose(g: ProgramWriter, e: Choice): string {
  if (e.type!.kind === 'void') {
    branches(g, e, arm => {
      const text = writeValue(g, arm);
      if (text) g.emit(`${text};`);
    });
    return '';
  }
  const result = g.local(isSigned(e.type) ? '__s64' : '__u64', 'chosen', '0');
  branches(g, e, arm => g.emit(`${result} = ${writeValue(g, arm)};`));
  return result;
}

/** `$t.0`, `$r.name`. */
function tupleField(g: ProgramWriter, e: Expression & { kind: 'field' }): string {
  const type = e.object.type as Type & { kind: 'tuple' };
  const position = type.names ? type.names.indexOf(e.name) : Number(e.name);
  const { layout } = g.module.storage.tuple(type);
  const member = `(${writeValue(g, e.object)})->${layout.fields[position]!.name}`;
  return e.type!.kind === 'tuple' ? `&${member}` : member;
}

/** A character of a string; past its end it is 0. */
function index(g: ProgramWriter, e: Expression & { kind: 'index' }): string {
  const size = (e.object.type as { size: number }).size;
  const text = writeValue(g, e.object);
  const at = g.local('__u64', 'at', writeValue(g, e.index));
  // Where clang knows its bits, it makes `|` of `+`, which the verifier does not allow on pointers.
  if (e.index.constant === undefined) g.emit(`barrier_var(${at});`);
  return `(${at} < ${size} ? (__s64)${text}[${at}] : 0)`;
}
