/** Types of binary operators; constants are folded. */
import type { BinaryNode, BinaryOperator } from '../nodes.ts';
import {
  BOOL,
  INT64,
  isInteger,
  isTruthy,
  literalType,
  type Type,
  typeName,
  UINT64,
  UNKNOWN,
  unify,
} from '../types.ts';
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
    c.report('not-supported-yet', { what: `comparing ${left.kind}s` }, e);
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
