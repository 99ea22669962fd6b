/** Types of binary operators; constants are folded. */
import type { BinaryNode, BinaryOperator, Expression, UnaryNode } from '../nodes.ts';
import {
  BOOL,
  INT64,
  isInteger,
  isTruthy,
  literalType,
  pointer,
  sizeOf,
  type Type,
  typeName,
  UINT64,
  UNKNOWN,
  widen,
} from '../types.ts';
import { unify } from '../unify.ts';
import { pointee } from './access.ts';
import type { Checker } from './checker.ts';
import { measureOf } from './measures.ts';

type Integer = Type & { kind: 'int' };

const COMPARISONS: readonly BinaryOperator[] = ['==', '!=', '<', '>', '<=', '>='];

export function checkBinary(c: Checker, e: BinaryNode): Type {
  const left = c.check(e.left);
  const right = c.check(e.right);
  const { operator } = e;
  if (left.kind === 'unknown' || right.kind === 'unknown')
    return operator === '&&' || operator === '||' || COMPARISONS.includes(operator) ? BOOL : UNKNOWN;
  const text = joinText(e);
  if (text !== undefined) {
    const { start, end } = e;
    const cut = text === '' && left.kind !== right.kind;
    return c.check(Object.assign(e as Expression, { kind: 'string', value: text, cut, start, end }));
  }
  const texts = typeof e.left.constant === 'string' && typeof e.right.constant === 'string';
  if (texts && !COMPARISONS.includes(operator) && operator !== '&&' && operator !== '||') {
    c.report('text-operator', {}, e);
    return UNKNOWN;
  }
  if (operator === '&&' || operator === '||') {
    if (!isTruthy(left) || !isTruthy(right)) mismatch(c, e, left, right);
    return BOOL;
  }
  if (COMPARISONS.includes(operator)) return compare(c, e, left, right);
  if (left.kind === 'pointer' || right.kind === 'pointer') return onPointers(c, e, left, right);
  if (!isInteger(left) || !isInteger(right)) {
    mismatch(c, e, left, right);
    return UNKNOWN;
  }
  const a = integer(left);
  const b = integer(right);
  if (a.literal !== undefined && b.literal !== undefined) return fold(c, e, a.literal, b.literal);
  if ((operator === '/' || operator === '%') && e.right.constant === false) {
    c.report('constant-overflow', {}, e);
    return UNKNOWN;
  }
  if (left.kind === 'bool' && right.kind === 'bool') return BOOL;
  const joined = unify(a, b) as Integer;
  // Of one type, C and bpftrace agree. Scripts may look for what bpftrace tells of its own division; notebooks, where
  // division is right, are not told.
  const isDivision = operator === '/' || operator === '%';
  if (isDivision && joined.signed && a.size !== b.size && !c.options.maps)
    c.report('signed-division', { operator }, e);
  const display = measureOf(operator, a, b);
  const type = {
    ...(joined.signed || operator === '-' ? INT64 : UINT64),
    ...(display ? { display } : {}),
  } as Type;
  // A difference has a sign of its own; only what is mixed in its parts is worth a warning.
  warnOfSigns(c, [e.left, e.right], joined.signed ? INT64 : UINT64);
  return type;
}

/** `"a" + "b"` is one text, and `"abc" + 1` is what is left of it behind one character. */
function joinText({ operator, left, right }: BinaryNode): string | undefined {
  if (operator !== '+') return undefined;
  const [a, b] = [left.constant, right.constant];
  const [text, other] = typeof a === 'string' ? [a, b] : [b, a];
  if (typeof text !== 'string') return undefined;
  if (typeof other === 'string') return `${a}${b}`;
  return typeof other !== 'bigint' || other < 0n ? undefined : text.slice(Number(other));
}

/** Numbers as integers; a truth value is 0 or 1. */
const integer = (type: Type): Integer =>
  type.kind === 'int'
    ? type
    : type.kind === 'aggregation'
      ? { kind: 'int', size: 8, signed: type.signed }
      : { kind: 'int', size: 1, signed: false };

/** Warns of operands that have values for which the common type has none. */
function warnOfSigns(c: Checker, operands: Expression[], to: Type): void {
  for (const operand of operands) c.warnOfSign(operand.type!, to, operand);
}

/** Reports operands that this operator does not take. */
function mismatch(c: Checker, e: BinaryNode, left: Type, right: Type): void {
  const { operator } = e;
  const pointers = left.kind === 'pointer' || right.kind === 'pointer';
  if (left.kind === 'array' && right.kind === 'array')
    c.report('arrays-compared', { reason: `The ${operator} operator cannot be used on arrays.` }, e);
  else if (left.kind === right.kind || pointers)
    c.report('operator-types', { operator, left: typeName(left), right: typeName(right) }, e);
  else differ(c, e, left, right);
}

function compare(c: Checker, e: BinaryNode, left: Type, right: Type): Type {
  const numeric = (t: Type) => isInteger(t) || t.kind === 'pointer';
  const equality = e.operator === '==' || e.operator === '!=';
  if (numeric(left) && numeric(right)) {
    const joined = unify(left, right);
    if (left.kind === 'pointer' && right.kind === 'pointer' && !joined)
      differ(c, e, left.to, right.to, 'pointers-differ');
    if (joined?.kind === 'int') warnOfSigns(c, [e.left, e.right], joined);
    return BOOL;
  }
  const known = typeof e.left.constant === 'string' && typeof e.right.constant === 'string';
  if (left.kind === 'string' && right.kind === 'string' && (equality || known)) return BOOL;
  if (
    left.kind === right.kind &&
    equality &&
    ['tuple', 'buffer', 'array', 'struct', 'stack', 'usym'].includes(left.kind)
  ) {
    const same = left.kind === 'tuple' ? unify(left, right) !== undefined : sizeOf(left) === sizeOf(right);
    if (!same && left.kind === 'array' && right.kind === 'array') {
      const which = left.length === right.length ? 'sized integer' : 'size';
      const reason = `Only arrays of same ${which} support comparison operators.`;
      c.report('arrays-compared', { reason }, e);
    } else if (!same) differ(c, e, left, right);
    return BOOL;
  }
  mismatch(c, e, left, right);
  return BOOL;
}

function differ(
  c: Checker,
  e: BinaryNode,
  of: Type,
  and: Type,
  code: 'comparison-types' | 'pointers-differ' = 'comparison-types',
): void {
  const [left, right] = [typeName(of), typeName(and)];
  const related = [
    { message: `left (${left})`, at: e.left },
    { message: `right (${right})`, at: e.right },
  ];
  c.report(code, { operator: e.operator, left, right }, e, undefined, { related });
}

function onPointers(c: Checker, e: BinaryNode, left: Type, right: Type): Type {
  if (e.operator === '+' || e.operator === '-') {
    if (left.kind === 'pointer' && isInteger(right)) return left;
    if (right.kind === 'pointer' && isInteger(left) && e.operator === '+') return right;
    if (left.kind === 'pointer' && right.kind === 'pointer' && e.operator === '-') return INT64;
  }
  if ((e.operator === '&' || e.operator === '|') && (isInteger(left) || isInteger(right))) return UINT64;
  mismatch(c, e, left, right);
  return UNKNOWN;
}

/** The constant result, which must fit in 64 bits. */
function fold(c: Checker, e: BinaryNode, a: bigint, b: bigint): Type {
  const value = FOLDS[e.operator]?.(a, b);
  if (value !== undefined && value >= -(1n << 63n) && value < 1n << 64n) return literalType(value);
  c.report('constant-overflow', {}, e);
  return UNKNOWN;
}

const FOLDS: Partial<Record<BinaryOperator, (a: bigint, b: bigint) => bigint | undefined>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => (b === 0n ? undefined : a / b),
  '%': (a, b) => (b === 0n ? undefined : a % b),
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
  '<<': (a, b) => (b < 0n || b > 63n ? undefined : (a < 0n ? BigInt.asIntN : BigInt.asUintN)(64, a << b)),
  '>>': (a, b) => (b < 0n || b > 63n ? undefined : a >> b),
};

export function checkUnary(c: Checker, e: UnaryNode): Type {
  const { operator, operand } = e;
  const type = c.check(operand);
  if (operator === '++' || operator === '--') return checkStep(c, e, type);
  if (type.kind === 'unknown') return UNKNOWN;
  if (operator === '*') {
    if (type.kind === 'pointer' && type.to.kind !== 'void') return pointee(c, type);
    if (type.kind === 'struct') {
      c.report('no-pointer', { given: `struct/union of type '${type.name}'` }, e);
      return UNKNOWN;
    }
    c.report('operator-type', { operator, given: typeName(type) }, e);
    return UNKNOWN;
  }
  if (operator === '&') {
    if (operand.kind === 'variable' || (operand.kind === 'map' && !operand.key))
      return pointer(widen(type), 'kernel');
    c.report('no-address', {}, e);
    return UNKNOWN;
  }
  if (operator === '!') {
    if (!isTruthy(type)) c.report('operator-type', { operator, given: typeName(type) }, e);
    return BOOL;
  }
  if (!isInteger(type)) {
    c.report('operator-type', { operator, given: typeName(type) }, e);
    return UNKNOWN;
  }
  if (type.kind === 'int' && type.literal !== undefined) {
    const value = type.literal;
    if (operator === '-' && value > 1n << 63n) {
      c.report('constant-negated', {}, e);
      return UNKNOWN;
    }
    // The complement of a constant without a sign has none either.
    return literalType(operator === '-' ? -value : operator === '~' ? BigInt.asUintN(64, ~value) : value);
  }
  if (type.kind === 'bool') {
    c.report('operator-type', { operator, given: typeName(type) }, e);
    return UNKNOWN;
  }
  return integer(type).signed ? INT64 : UINT64;
}

/** `++` and `--` need something that can be assigned; what is new starts at 0. */
function checkStep(c: Checker, e: UnaryNode, type: Type): Type {
  const { operand, operator } = e;
  if ((operand.kind !== 'map' && operand.kind !== 'variable') || operand.byValue) {
    c.report('step-target', {}, operand);
    return UNKNOWN;
  }
  if (type.kind === 'pointer') return type;
  if (type.kind !== 'unknown' && type.kind !== 'int') {
    c.report('operator-type', { operator, given: typeName(type) }, e);
    return UNKNOWN;
  }
  const result = type.kind === 'int' && !type.signed && operator === '++' ? UINT64 : INT64;
  if (operand.kind === 'map') {
    const info = c.map(operand);
    c.assignMap(info, result, e);
    return info.value;
  }
  const info = operand.variable;
  if (!info) return UNKNOWN;
  if (!info.typed) c.assign(info, result, e);
  return info.type;
}
