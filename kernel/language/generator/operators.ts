/** Operators and casts as C. */
import type { BinaryNode, Expression, UnaryNode } from '../nodes.ts';
import { mayBeOwnAddress } from '../ownAddress.ts';
import type { VariableInfo } from '../symbols.ts';
import { sizeOf, type Type } from '../types.ts';
import { fitsInto, unify } from '../unify.ts';
import { writeValue } from './expressions.ts';
import { stepMap } from './mapAccess.ts';
import { addressOf, hidden, isPlace } from './pointers.ts';
import type { ProgramWriter } from './program.ts';
import { DIVIDED_BY_ZERO } from './runtimeErrors.ts';
import { writeCondition } from './statements.ts';
import { inMemory, inWords } from './storage.ts';
import { equalStrings } from './strings.ts';

export const isSigned = (type: Type | undefined) =>
  type?.kind === 'int' ? type.signed : type?.kind === 'bool' || type?.kind === 'aggregation';

/** The expression seen as signed or unsigned. */
function as(signed: boolean, text: string, type: Type): string {
  if (type.kind === 'int' && type.literal !== undefined && (type.literal >= 0n || signed)) return text;
  if (type.kind === 'bool') return text;
  return isSigned(type) === signed ? text : `(${signed ? '__s64' : '__u64'})${text}`;
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

export function binary(g: ProgramWriter, e: BinaryNode): string {
  const { operator, left, right } = e;
  if (operator === '&&' || operator === '||') return shortCircuit(g, e);
  const a = left.type!;
  const b = right.type!;
  if (a.kind === 'string') return `(${operator === '!=' ? '!' : ''}${equalStrings(g, left, right)})`;
  if (inMemory(a))
    return `(${operator === '!=' ? '!' : ''}${equalMemory(g, a, b, writeValue(g, left), writeValue(g, right))})`;
  let x = writeValue(g, left);
  const mark = g.mark;
  let y = writeValue(g, right);
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
  x = countable(g, left, x);
  y = countable(g, right, y);
  if (e.type!.kind === 'bool') return `(((__s64)${x} ${operator} (__s64)${y}) != 0)`;
  const division = DIVISIONS[operator];
  if (division) {
    const divisor = b.kind === 'int' ? b.literal : undefined;
    if (!signed && divisor !== undefined && divisor > 0n) return `(${as(false, x, a)} ${operator} ${y})`;
    if (divisor) return `${division[signed ? 0 : 1]}(${x}, ${y})`;
    const by = g.local(signed ? '__s64' : '__u64', 'divisor', y);
    g.block(`if (!${by})`, () => g.send('runtime_error', [], DIVIDED_BY_ZERO, e));
    return `${division[signed ? 0 : 1]}(${x}, ${by})`;
  }
  // Linux's own shift is by zeros, whatever the sign.
  if (operator === '>>') return signed ? `(__s64)(${as(false, x, a)} >> ${y})` : `(${x} >> ${y})`;
  if (operator === '<<') return signed ? `(__s64)(${as(false, x, a)} << ${y})` : `((__u64)${x} << ${y})`;
  if (e.type!.kind === 'pointer') return pointerArithmetic(e, x, y);
  return `(${as(signed, x, a)} ${operator} ${as(signed, y, b)})`;
}

/** Are two values in memory equal? Tuples part by part: their strings may have different room. */
function equalMemory(g: ProgramWriter, a: Type, b: Type, x: string, y: string): string {
  if (inWords(a)) return `equal_words(${x}, ${y}, ${sizeOf(a) / 8})`;
  if (a.kind !== 'tuple' || b.kind !== 'tuple')
    return `(compare_bytes((const char *)${x}, (const char *)${y}, ${sizeOf(a)}) == 0)`;
  const { storage } = g.module;
  const [left, right] = [storage.tuple(a).layout.fields, storage.tuple(b).layout.fields];
  const parts = a.elements.map((element, i) => {
    const j = a.names ? b.names!.indexOf(a.names[i]!) : i;
    const other = b.elements[j]!;
    const [p, q] = [`(${x})->${left[i]!.name}`, `(${y})->${right[j]!.name}`];
    if (element.kind === 'string')
      return `equal_strings(${p}, ${q}, ${Math.min(element.size, (other as { size: number }).size)})`;
    if (element.kind === 'tuple') return equalMemory(g, element, other, `&${p}`, `&${q}`);
    return inMemory(element) ? equalMemory(g, element, other, p, q) : `${p} == ${q}`;
  });
  return parts.length > 0 ? `(${parts.join(' && ')})` : '1';
}

function pointerArithmetic(e: BinaryNode, x: string, y: string): string {
  const width = pointedSize(e.type!);
  const scaled = (text: string) => (width === 1 ? text : `${text} * ${width}`);
  return e.left.type!.kind === 'pointer'
    ? `(${x} ${e.operator} ${scaled(y)})`
    : `(${scaled(x)} ${e.operator} ${y})`;
}

/** A value to count with: the verifier allows that with numbers only. */
export const countable = (g: ProgramWriter, e: Expression, value: string): string =>
  mayBeOwnAddress(e) ? g.local('__u64', 'number', `as_number(${value})`) : value;

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

export function unary(g: ProgramWriter, e: UnaryNode): string {
  const { operator, operand, postfix } = e;
  if (operator === '++' || operator === '--') return step(g, e, postfix ? 'before' : 'after');
  if (operator === '!') return `!${writeCondition(g, operand)}`;
  if (operator === '&') {
    if (operand.kind === 'map') return `(__u64)&${g.mapSymbol(operand.name)}`;
    const lvalue = g.variable((operand as { variable: VariableInfo }).variable);
    return hidden(g, `(__u64)${operand.type!.kind === 'string' ? '' : '&'}${lvalue}`);
  }
  const value = writeValue(g, operand);
  if (operator === '+') return value;
  const text = as(isSigned(e.type)!, value, operand.type!);
  // Two signs in a row would be C's decrement.
  return text.startsWith(operator) ? `${operator}(${text})` : `${operator}${text}`;
}

/** `$x++` and the like: the value before or after. */
export function step(g: ProgramWriter, e: UnaryNode, wanted: 'before' | 'after' | 'nothing'): string {
  const sign = e.operator === '++' ? '+' : '-';
  const by = pointedSize(e.type!);
  if (e.operand.kind === 'map') return stepMap(g, e.operand, sign, by, wanted);
  const lvalue = writeValue(g, e.operand);
  const change = () => {
    g.emit(
      mayBeOwnAddress(e.operand)
        ? `${lvalue} = as_number(${lvalue}) ${sign} ${by};`
        : `${lvalue} ${sign}= ${by};`,
    );
    const { type } = (e.operand as { variable: VariableInfo }).variable;
    if (type.kind === 'int' && type.size < 8) g.emit(`${lvalue} = ${cast(lvalue, type)};`);
  };
  if (wanted !== 'before') {
    change();
    return lvalue;
  }
  const before = g.local(isSigned(e.type) ? '__s64' : '__u64', 'before', lvalue);
  change();
  return before;
}

/** A value for a place of this type, cut to the bits that it has there. */
export function fitted(value: string, from: Type, to: Type): string {
  return to.kind === 'int' && to.size < 8 && !fitsInto(from, to) ? cast(value, to) : value;
}

export function castValue(g: ProgramWriter, e: Expression & { kind: 'cast' }, type: Type): string {
  const from = e.operand.type!;
  if (inMemory(from)) {
    // An array of bytes read as the integer that it holds.
    const size = Math.min(8, sizeOf(from));
    const { address } = isPlace(e.operand)
      ? addressOf(g, e.operand)
      : { address: `(__u64)${writeValue(g, e.operand)}` };
    return cast(`READ(__u${size * 8}, ${address})`, type);
  }
  const written = writeValue(g, e.operand);
  const value = type.kind === 'int' ? countable(g, e.operand, written) : written;
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
