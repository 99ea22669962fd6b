/** What is known while compiling: the values of constants and of what is made of them. */
import { bytesOf } from '../../utf8.ts';
import { type Constant, isTrue } from '../constant.ts';
import type { BinaryOperator, Expression, Taken } from '../nodes.ts';
import { findFunction } from '../tables/functions.ts';
import type { Checker } from './checker.ts';

type Compare = (a: bigint | string, b: bigint | string) => boolean;

const COMPARE: Partial<Record<BinaryOperator, Compare>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
};

const number = (value: Constant) => (typeof value === 'boolean' ? BigInt(value) : value);
const text = (value: Constant): string =>
  typeof value === 'object' ? `(${value.map(text).join()})` : `${typeof value}:${value}`;

/** The value of a checked expression, if it has the same one in every run; undefined otherwise. */
export function constantOf(c: Checker, e: Expression): Constant | undefined {
  if (e.type?.kind === 'int' && e.type.literal !== undefined) return e.type.literal;
  switch (e.kind) {
    case 'boolean':
    case 'string':
      return e.value;
    case 'positional':
      return e.type?.kind === 'string' ? c.text(e) : undefined;
    case 'identifier':
      return e.name === 'probe' || e.name === 'probetype' ? c.text(e) : undefined;
    case 'comptime':
      return e.operand.constant;
    case 'block':
      return e.statements.length === 0 ? e.value?.constant : undefined;
    case 'ternary':
      return ofArm(e.taken, e.then ?? e.condition, e.else);
    case 'if-expression':
      return ofArm(e.taken, e.then, e.else);
    case 'unary': {
      const value = e.operator === '!' ? e.operand.constant : undefined;
      return value === undefined ? undefined : !isTrue(value);
    }
    case 'binary':
      return ofBinary(e);
    case 'tuple':
      return list(e.elements.map(element => element.constant));
    case 'record':
      return list(e.fields.map(({ name, value }) => list([name, value.constant])));
    case 'typeinfo':
      return e.record?.constant;
    case 'field':
      return e.object.kind === 'typeinfo'
        ? e.object.record?.fields.find(field => field.name === e.name)?.value.constant
        : undefined;
    case 'index':
      return character(e.object.constant, e.index.constant);
    case 'call':
      return findFunction(e.name)?.constant?.(e) ?? (e.name === 'str' ? c.text(e) : undefined);
    default:
      return undefined;
  }
}

const ofArm = (taken: Taken, then: Expression, otherwise: Expression) =>
  taken && (taken === 'then' ? then : otherwise).constant;

const list = (parts: (Constant | undefined)[]): Constant | undefined =>
  parts.some(part => part === undefined) ? undefined : (parts as Constant[]);

function character(of: Constant | undefined, at: Constant | undefined): Constant | undefined {
  if (typeof of !== 'string' || typeof at !== 'bigint') return undefined;
  const bytes = bytesOf(`${of}\0`);
  return at >= 0n && at < bytes.length ? BigInt.asIntN(8, BigInt(bytes[Number(at)]!)) : undefined;
}

function ofBinary(e: Expression & { kind: 'binary' }): Constant | undefined {
  const [a, b] = [e.left.constant, e.right.constant];
  const { operator } = e;
  if (operator === '&&' || operator === '||') {
    // One side may be enough.
    const ends = operator === '||';
    if (a !== undefined && isTrue(a) === ends) return ends;
    if (a === undefined || b === undefined) return undefined;
    return isTrue(b);
  }
  const compare = COMPARE[operator];
  if (!compare || a === undefined || b === undefined) return undefined;
  const [x, y] = [number(a), number(b)];
  if (typeof x === 'object' || typeof y === 'object') return compare(text(x), text(y));
  return typeof x === typeof y ? compare(x, y) : undefined;
}

/** Is the condition asked of types or with `comptime`, so that only the arm that it takes need be sound? */
export function isCompileTime(e: unknown): boolean {
  if (typeof e !== 'object' || e === null) return false;
  const { kind, name } = e as { kind?: string; name?: string };
  if (kind === 'comptime' || kind === 'typeinfo') return true;
  if (kind === 'call' && findFunction(name!)?.constant) return true;
  return Object.entries(e).some(
    ([part, value]) => part !== 'type' && part !== 'variable' && part !== 'constant' && isCompileTime(value),
  );
}
