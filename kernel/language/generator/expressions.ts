/**
 * Expressions as C. Every scalar becomes a 64-bit C expression; a value in memory (a string, a tuple) becomes
 * a pointer to it. What needs statements emits them first.
 */
import type { BinaryNode, Expression, TernaryNode, UnaryNode } from '../nodes.ts';
import type { VariableInfo } from '../symbols.ts';
import { byteLength, copyText, cString, findBuiltin } from '../tables/builtins.ts';
import { findFunction } from '../tables/functions.ts';
import { sizeOf, type Type, unify } from '../types.ts';
import { argsField, argsString } from './args.ts';
import { mapValue, readAggregation, stepMap } from './mapAccess.ts';
import { writeAggregate } from './memory.ts';
import { addressOf, isPlace, loadPlace, loadString } from './pointers.ts';
import type { ProgramWriter } from './program.ts';
import { writeBlock, writeCondition, writeStatements } from './statements.ts';
import { inMemory } from './storage.ts';
import { equalStrings } from './strings.ts';

/** An integer constant that C reads as 64 bits where it must. */
export function constant(value: bigint): string {
  if (value >= 1n << 63n) return `${value}ULL`;
  if (value === -(1n << 63n)) return '(-9223372036854775807LL - 1)';
  const text = value >= -(1n << 31n) && value < 1n << 31n ? String(value) : `${value}LL`;
  return value < 0n ? `(${text})` : text;
}

const isSigned = (type: Type | undefined) =>
  type?.kind === 'int' ? type.signed : type?.kind === 'bool' || type?.kind === 'aggregation';

/** The expression seen as signed or unsigned. */
function as(signed: boolean, text: string, type: Type): string {
  if (type.kind === 'int' && type.literal !== undefined && (type.literal >= 0n || signed)) return text;
  if (type.kind === 'bool') return text;
  return isSigned(type) === signed ? text : `(${signed ? '__s64' : '__u64'})${text}`;
}

export function writeValue(g: ProgramWriter, e: Expression): string {
  const type = e.type!;
  if (type.kind === 'int' && type.literal !== undefined) return constant(type.literal);
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
      return cString(g.options.positional?.[e.index - 1] ?? '');
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
      return findFunction(e.name)!.lower!(e, g);
    case 'field':
      return e.object.type!.kind === 'args' ? argsField(g, e) : tupleField(g, e);
    case 'index':
      return index(g, e);
    case 'ternary':
    case 'if-expression':
      return choose(g, e);
    case 'block': {
      if (type.kind === 'void' || type.kind === 'unknown') {
        g.block('', () => writeBlock(g, e));
        return '';
      }
      const result = g.local(isSigned(type) ? '__s64' : '__u64', 'result', '0');
      g.block('', () => {
        writeStatements(g, e);
        if (e.value) g.emit(`${result} = ${writeValue(g, e.value)};`);
      });
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
      const name = g.fresh(e.kind === 'identifier' ? e.name : 'string');
      g.emit(`char ${name}[${type.size}] = {};`);
      writeInto(g, e, name, type.size);
      return name;
    }
    const slot = g.temporary(type.size);
    writeInto(g, e, slot, type.size);
    return slot;
  }
  return writeAggregate(g, e);
}

/** Copies a string; gives its length, NUL included. */
export function writeInto(g: ProgramWriter, e: Expression, destination: string, size: number): string {
  if (isPlace(e)) return loadString(g, e, destination, size);
  switch (e.kind) {
    case 'string':
      return copyText(e.value, destination, size, line => g.emit(line));
    case 'positional':
      return copyText(g.options.positional?.[e.index - 1] ?? '', destination, size, line => g.emit(line));
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
      g.block('', () => {
        writeStatements(g, e);
        if (e.value) g.emit(`${length} = ${writeInto(g, e.value, destination, size)};`);
      });
      return length;
    }
    default:
  }
  const own = (e.type as { size: number }).size;
  return `read_string(${destination}, ${Math.min(size, own)}, (__u64)${writeValue(g, e)})`;
}

type Choice = TernaryNode | (Expression & { kind: 'if-expression' });

/** Writes both arms under their condition. */
function branches(g: ProgramWriter, e: Choice, arm: (value: Expression) => void): void {
  let condition: string;
  let then: Expression;
  if (e.kind === 'ternary' && !e.then) {
    condition = writeCondition(g, e.condition);
    then = e.condition;
  } else {
    condition = writeCondition(g, e.condition);
    then = e.then!;
  }
  g.block(`if (${condition})`, () => arm(then));
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

/** Lines that were written since a mark, one block deeper. */
export const deeper = (lines: string[]) => lines.map(line => (line.startsWith('#') ? line : `\t${line}`));

/** The right side of && and || runs only when it is needed. */
export function shortCircuit(g: ProgramWriter, e: BinaryNode): string {
  const left = writeCondition(g, e.left);
  const mark = g.mark;
  const right = writeCondition(g, e.right);
  const lines = g.cut(mark);
  if (lines.length === 0) return `(${left} ${e.operator} ${right})`;
  const result = g.local('_Bool', 'both', left);
  g.block(`if (${e.operator === '&&' ? '' : '!'}${result})`, () => {
    g.paste(deeper(lines));
    g.emit(`${result} = ${right};`);
  });
  return result;
}

const DIVISIONS: Readonly<Record<string, [signed: string, unsigned: string]>> = {
  '/': ['divide', 'divide_unsigned'],
  '%': ['modulo', 'modulo_unsigned'],
};

function binary(g: ProgramWriter, e: BinaryNode): string {
  const { operator, left, right } = e;
  if (operator === '&&' || operator === '||') return shortCircuit(g, e);
  const a = left.type!;
  const b = right.type!;
  if (a.kind === 'string') return `(${operator === '!=' ? '!' : ''}${equalStrings(g, left, right)})`;
  let x = writeValue(g, left);
  const mark = g.mark;
  const y = writeValue(g, right);
  if (g.mark > mark && hasEffects(right)) {
    // The left side is read before the right side changes it.
    const lines = g.cut(mark);
    x = g.local(isSigned(a) ? '__s64' : '__u64', 'left', x);
    g.paste(lines);
  }
  if (['==', '!=', '<', '>', '<=', '>='].includes(operator)) {
    const common =
      a.kind === 'int' && b.kind === 'int'
        ? unify(a, b)!
        : a.kind === 'pointer' || b.kind === 'pointer'
          ? { kind: 'pointer' as const }
          : a;
    const signed = common.kind === 'int' ? common.signed : common.kind !== 'pointer';
    return `(${as(signed, x, a)} ${operator} ${as(signed, y, b)})`;
  }
  const signed = isSigned(e.type);
  const division = DIVISIONS[operator];
  if (division) {
    const divisor = b.kind === 'int' ? b.literal : undefined;
    if (!signed && divisor !== undefined && divisor > 0n) return `(${as(false, x, a)} ${operator} ${y})`;
    return `${division[signed ? 0 : 1]}(${x}, ${y})`;
  }
  // Linux's own shift is by zeros, whatever the sign.
  if (operator === '>>') return signed ? `(__s64)(${as(false, x, a)} >> ${y})` : `(${x} >> ${y})`;
  if (operator === '<<') return signed ? `(__s64)(${as(false, x, a)} << ${y})` : `((__u64)${x} << ${y})`;
  if (e.type!.kind === 'pointer') return pointerArithmetic(e, x, y);
  return `(${as(signed, x, a)} ${operator} ${as(signed, y, b)})`;
}

function pointerArithmetic(e: BinaryNode, x: string, y: string): string {
  const width = pointedSize(e.type!);
  const scaled = (text: string) => (width === 1 ? text : `${text} * ${width}`);
  return e.left.type!.kind === 'pointer'
    ? `(${x} ${e.operator} ${scaled(y)})`
    : `(${scaled(x)} ${e.operator} ${y})`;
}

/** Step of a pointer in bytes. */
export function pointedSize(type: Type): number {
  if (type.kind !== 'pointer') return 1;
  const { to } = type;
  if (to.kind === 'int' || to.kind === 'struct') return to.size || 1;
  return to.kind === 'pointer' ? 8 : 1;
}

/** Does evaluating it change a variable or a map? */
function hasEffects(e: Expression): boolean {
  if (e.kind === 'unary') return e.operator === '++' || e.operator === '--' || hasEffects(e.operand);
  if (e.kind === 'binary') return hasEffects(e.left) || hasEffects(e.right);
  if (e.kind === 'call') return true;
  return ['block', 'if-expression', 'ternary'].includes(e.kind);
}

function unary(g: ProgramWriter, e: UnaryNode): string {
  const { operator, operand, postfix } = e;
  if (operator === '++' || operator === '--') return step(g, e, postfix ? 'before' : 'after');
  if (operator === '!') return `!${writeCondition(g, operand)}`;
  if (operator === '&') {
    const lvalue = g.variable((operand as { variable: VariableInfo }).variable);
    return `(__u64)${operand.type!.kind === 'string' ? '' : '&'}${lvalue}`;
  }
  const value = writeValue(g, operand);
  if (operator === '+') return value;
  return `${operator}${as(operator === '-' || isSigned(e.type), value, operand.type!)}`;
}

/** `$x++` and the like: the value before or after. */
export function step(g: ProgramWriter, e: UnaryNode, wanted: 'before' | 'after' | 'nothing'): string {
  const sign = e.operator === '++' ? '+' : '-';
  const by = pointedSize(e.type!);
  if (e.operand.kind === 'map') return stepMap(g, e.operand, sign, by, wanted);
  const lvalue = writeValue(g, e.operand);
  if (wanted !== 'before') {
    g.emit(`${lvalue} ${sign}= ${by};`);
    return lvalue;
  }
  const before = g.local(isSigned(e.type) ? '__s64' : '__u64', 'before', lvalue);
  g.emit(`${lvalue} ${sign}= ${by};`);
  return before;
}

function castValue(g: ProgramWriter, e: Expression & { kind: 'cast' }, type: Type): string {
  const from = e.operand.type!;
  if (inMemory(from)) {
    // An array of bytes read as the integer that it holds.
    const size = Math.min(8, sizeOf(from));
    const { address } = isPlace(e.operand)
      ? addressOf(g, e.operand)
      : { address: `(__u64)${writeValue(g, e.operand)}` };
    return cast(`READ(__u${size * 8}, ${address})`, type);
  }
  const value = writeValue(g, e.operand);
  // An address is unsigned: what is smaller is not extended by its sign.
  if (type.kind === 'pointer' && from.kind === 'int' && from.size < 8)
    return `(__u64)(__u${from.size * 8})(${value})`;
  return cast(value, type);
}

function cast(value: string, type: Type): string {
  if (type.kind === 'bool') return `(${value} != 0)`;
  if (type.kind !== 'int') return `(__u64)(${value})`;
  const width = `${type.signed ? '__s' : '__u'}${type.size * 8}`;
  return type.size === 8
    ? `(${width})(${value})`
    : `(${type.signed ? '__s64' : '__u64'})(${width})(${value})`;
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
  return `(${at} < ${size} ? (__s64)${text}[${at}] : 0)`;
}

export const literalLength = byteLength;
