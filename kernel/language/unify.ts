/** Types that meet: the one that holds both, and whether a value has a place in another type. */
import { BUFFER_COUNT, type Measure, type Type, typeName, widen } from './types.ts';

/**
 * The type that holds both, or undefined when there is none: integers widen to a signed one where their signs
 * differ, at most to int64; strings and tuples take the larger size.
 */
export function unify(a: Type, b: Type): Type | undefined {
  if (a.kind === 'unknown') return widen(b);
  if (b.kind === 'unknown') return widen(a);
  if (a.kind === 'int' && b.kind === 'int') return unifyIntegers(a, b);
  if (a.kind === 'bool' && b.kind === 'bool') return a;
  if (a.kind === 'string' && b.kind === 'string') return a.size >= b.size ? a : b;
  if (a.kind === 'buffer' && b.kind === 'buffer') return unifyBuffers(a, b);
  if (a.kind === 'pointer' && b.kind === 'pointer') {
    if (b.to.kind === 'void' || typeName(a.to) === typeName(b.to)) return a;
    return a.to.kind === 'void' ? b : undefined;
  }
  if (a.kind === 'pointer' && b.kind === 'int' && b.literal === 0n) return a;
  if (b.kind === 'pointer' && a.kind === 'int' && a.literal === 0n) return b;
  if (a.kind === 'resolved' && b.kind === 'resolved')
    return a.as === b.as && a.format === b.format ? a : undefined;
  if (a.kind === 'struct' && b.kind === 'struct') return a.name === b.name ? a : undefined;
  if (a.kind === 'array' && b.kind === 'array') {
    return a.length === b.length && typeName(a.element) === typeName(b.element) ? a : undefined;
  }
  if (a.kind === 'tuple' && b.kind === 'tuple') return unifyTuples(a, b);
  if (a.kind === 'aggregation' && b.kind === 'aggregation')
    return a.of === b.of
      ? { kind: 'aggregation', of: a.of, signed: a.signed || b.signed, ...commonMeasure(a, b) }
      : undefined;
  if (a.kind === 'stack' && b.kind === 'stack') return typeName(a) === typeName(b) ? a : undefined;
  return a.kind === b.kind && (a.kind === 'void' || a.kind === 'usym') ? a : undefined;
}

/** Is a tuple a part of the other, at any depth? Then no type holds both, as it would hold itself. */
export function isWithin(part: Type, whole: Type): boolean {
  if (part.kind !== 'tuple' || whole.kind !== 'tuple') return false;
  const name = typeName(part);
  const holds = (type: Type): boolean =>
    type.kind === 'tuple' && type.elements.some(each => typeName(each) === name || holds(each));
  return holds(whole);
}

type Buffer = Type & { kind: 'buffer' };

/** Buffers of different sizes are told apart by a count. */
function unifyBuffers(a: Buffer, b: Buffer): Type {
  if (a.size === b.size && a.sized === b.sized) return a;
  const room = (one: Buffer) => one.size + (one.sized ? 0 : BUFFER_COUNT);
  return { kind: 'buffer', size: Math.max(room(a), room(b)), sized: true };
}

type Integer = Type & { kind: 'int' };
type Measured = { display?: Measure };

/** What only one of them is known to be, both together are not. */
const commonMeasure = (a: Measured, b: Measured): Measured =>
  a.display && a.display === b.display ? { display: a.display } : {};

function unifyIntegers(a: Integer, b: Integer): Integer {
  const sameEnum = a.enum && b.enum && a.enum.values === b.enum.values;
  const display = commonMeasure(a, b);
  const size = Math.max(a.size, b.size) as Integer['size'];
  if (a.signed === b.signed) {
    const flexible = a.flexible && b.flexible ? { flexible: true } : {};
    return {
      kind: 'int',
      size,
      signed: a.signed,
      ...(sameEnum ? { enum: a.enum! } : {}),
      ...display,
      ...flexible,
    };
  }
  const [unsigned, signed] = a.signed ? [b, a] : [a, b];
  if (signed.flexible) return { kind: 'int', size, signed: false, ...display };
  if (signed.size > unsigned.size) return { kind: 'int', size: signed.size, signed: true };
  return { kind: 'int', size: Math.min(8, size * 2) as Integer['size'], signed: true };
}

/** Does every value of the type have a place in the other? */
export function fitsInto(from: Type, to: Type): boolean {
  if (from.kind !== 'int' || to.kind !== 'int') return true;
  if (from.literal !== undefined) return literalFits(from.literal, to);
  if (from.signed === to.signed || from.flexible) return from.size <= to.size;
  return !from.signed && from.size < to.size;
}

export function literalFits(value: bigint, { size, signed }: Integer): boolean {
  const bits = BigInt(size * 8);
  return signed
    ? value >= -(1n << (bits - 1n)) && value < 1n << (bits - 1n)
    : value >= 0n && value < 1n << bits;
}

function unifyTuples(a: Type & { kind: 'tuple' }, b: Type & { kind: 'tuple' }): Type | undefined {
  if (a.elements.length !== b.elements.length || !a.names !== !b.names) return undefined;
  const elements: Type[] = [];
  for (const [i, element] of a.elements.entries()) {
    const j = a.names ? b.names!.indexOf(a.names[i]!) : i;
    const both = j < 0 ? undefined : unify(element, b.elements[j]!);
    if (!both) return undefined;
    elements.push(both);
  }
  return { kind: 'tuple', elements, ...(a.names ? { names: a.names } : {}) };
}
