/** Constants beyond literals: comparisons and connectives of them. */
import type { Expression } from '../nodes.ts';

const COMPARE: Readonly<Record<string, (a: bigint, b: bigint) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
  '&&': (a, b) => a !== 0n && b !== 0n,
  '||': (a, b) => a !== 0n || b !== 0n,
};

/** The value of an expression that is known while compiling. */
export function constantValue(e: Expression): bigint | undefined {
  if (e.type?.kind === 'int' && e.type.literal !== undefined) return e.type.literal;
  if (e.kind === 'boolean') return e.value ? 1n : 0n;
  if (e.kind === 'comptime') return constantValue(e.operand);
  if (e.kind === 'unary' && e.operator === '!') {
    const value = constantValue(e.operand);
    return value === undefined ? undefined : value === 0n ? 1n : 0n;
  }
  if (e.kind !== 'binary') return undefined;
  const [a, b] = [constantValue(e.left), constantValue(e.right)];
  const compare = COMPARE[e.operator];
  return compare && a !== undefined && b !== undefined ? BigInt(compare(a, b)) : undefined;
}
