/** Types of binary operators; constants are folded. */
import type { BinaryNode, BinaryOperator, UnaryNode } from '../nodes.ts';
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
  unify,
  widen,
} from '../types.ts';
import { pointee } from './access.ts';
import type { Checker } from './checker.ts';

const COMPARISONS: readonly BinaryOperator[] = ['==', '!=', '<', '>', '<=', '>='];

export function checkBinary(c: Checker, e: BinaryNode): Type {
  const left = c.check(e.left);
  const right = c.check(e.right);
  const { operator } = e;
  if (left.kind === 'unknown' || right.kind === 'unknown')
    return operator === '&&' || operator === '||' || COMPARISONS.includes(operator) ? BOOL : UNKNOWN;
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
  if (a.literal !== undefined && b.literal !== undefined) {
    const folded = fold(operator, a.literal, b.literal);
    if (folded !== undefined) return folded;
  }
  const joined = unify(a, b) as Type & { kind: 'int' };
  const signed = joined.signed;
  if (operator === '-') return INT64;
  if (operator === '<<' || operator === '>>') return { kind: 'int', size: 8, signed: a.signed };
  const display = operator === '+' && a.display ? { display: a.display } : {};
  return { ...(signed ? INT64 : UINT64), ...display } as Type;
}

const integer = (type: Type): Type & { kind: 'int' } =>
  type.kind === 'int'
    ? type
    : { kind: 'int', size: 8, signed: type.kind === 'aggregation' ? type.signed : true };

function mismatch(c: Checker, e: BinaryNode, left: Type, right: Type): void {
  c.report('operator-types', { operator: e.operator, left: typeName(left), right: typeName(right) }, e);
}

function compare(c: Checker, e: BinaryNode, left: Type, right: Type): Type {
  const numeric = (t: Type) => isInteger(t) || t.kind === 'pointer';
  const equality = e.operator === '==' || e.operator === '!=';
  if (numeric(left) && numeric(right)) {
    if (left.kind === 'int' && right.kind === 'int' && left.signed !== right.signed) {
      const signed = left.signed ? left : right;
      if (signed.literal === undefined && signed.size === 8)
        c.report('sign-mismatch', { left: typeName(left), right: typeName(right) }, e);
    }
    return BOOL;
  }
  if (left.kind === 'string' && right.kind === 'string' && equality) return BOOL;
  if (left.kind === right.kind && equality && ['tuple', 'buffer', 'array', 'struct'].includes(left.kind)) {
    const same = left.kind === 'tuple' ? unify(left, right) !== undefined : sizeOf(left) === sizeOf(right);
    if (!same) c.report('comparison-types', { left: typeName(left), right: typeName(right) }, e);
    return BOOL;
  }
  if (left.kind === 'string' && right.kind === 'string')
    c.report('operator-types', { operator: e.operator, left: 'string', right: 'string' }, e);
  else
    c.report(
      'comparison-types',
      {
        left: left.kind === 'int' ? 'int' : typeName(left),
        right: right.kind === 'int' ? 'int' : typeName(right),
      },
      e,
    );
  return BOOL;
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

const WORD = 1n << 64n;

/** The constant result; beyond 64 bits it wraps around. */
function fold(operator: BinaryOperator, a: bigint, b: bigint): Type | undefined {
  const value = FOLDS[operator]?.(a, b);
  if (value === undefined) return undefined;
  if (value >= -(1n << 63n) && value < WORD) return literalType(value);
  return literalType(BigInt.asIntN(64, value));
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
  '<<': (a, b) => (b >= 0n && b < 64n ? BigInt.asIntN(64, a << b) : undefined),
  '>>': (a, b) => (b >= 0n && b < 64n ? BigInt.asIntN(64, BigInt.asUintN(64, a) >> b) : undefined),
};

export function checkUnary(c: Checker, e: UnaryNode): Type {
  const { operator, operand } = e;
  const type = c.check(operand);
  if (operator === '++' || operator === '--') return checkStep(c, e, type);
  if (type.kind === 'unknown') return UNKNOWN;
  if (operator === '*') {
    if (type.kind === 'pointer' && type.to.kind !== 'void') return pointee(c, type);
    c.report('operator-type', { operator, given: typeName(type) }, e);
    return UNKNOWN;
  }
  if (operator === '&') {
    return operand.kind === 'variable'
      ? pointer(widen(type), 'kernel')
      : c.later(e, 'the address of anything but a $variable');
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
    const folded = operator === '-' ? -value : operator === '~' ? ~value : value;
    return literalType(folded < -(1n << 63n) ? folded + (1n << 64n) : folded);
  }
  if (operator === '-') return INT64;
  return type.kind === 'int' ? { kind: 'int', size: type.size, signed: type.signed } : INT64;
}

/** `++` and `--` need something that can be assigned; what is new starts at 0. */
function checkStep(c: Checker, e: UnaryNode, type: Type): Type {
  const { operand, operator } = e;
  if (operand.kind === 'map') {
    const info = c.map(operand);
    if (type.kind === 'pointer') return type;
    if (type.kind !== 'unknown' && type.kind !== 'int') {
      c.report('operator-type', { operator, given: typeName(type) }, e);
      return UNKNOWN;
    }
    c.assignMap(info, type.kind === 'unknown' || (type.kind === 'int' && type.signed) ? INT64 : type, e);
    return info.value;
  }
  if (operand.kind !== 'variable') {
    c.report('assign-target', { what: 'this expression' }, operand);
    return UNKNOWN;
  }
  if (type.kind === 'pointer' || type.kind === 'unknown') return type;
  if (type.kind !== 'int') {
    c.report('operator-type', { operator, given: typeName(type) }, e);
    return UNKNOWN;
  }
  return { kind: 'int', size: type.size, signed: type.signed };
}
