/** What it takes to send something: rows of long stacks must not be as many as rows of numbers. */
import type { Value } from '../protocol.ts';

/** Of rows or lines of one panel, in characters of JSON, about. */
export const DELTA_WEIGHT = 64 * 1024;
export const SNAPSHOT_WEIGHT = 1024 * 1024;
/** When somebody asks for all that is kept. */
export const WHOLE_WEIGHT = 32 * 1024 * 1024;

const NUMBER = 8;
const PUNCTUATION = 3;

export function weightOf(value: Value): number {
  if (typeof value === 'string') return value.length + PUNCTUATION;
  if (typeof value !== 'object' || value === null) return NUMBER;
  let weight = PUNCTUATION;
  if (Array.isArray(value)) for (const one of value) weight += weightOf(one);
  else for (const name in value) weight += name.length + PUNCTUATION + weightOf(value[name]!);
  return weight;
}

/**
 * The newest of what is numbered up to `total`, back to `oldest`, that weigh no more than `most` together; one at least
 * where there is one. In their order.
 */
export function newestWithin<T extends Value>(
  read: (index: number) => T,
  { oldest, total, most }: { oldest: number; total: number; most: number },
): T[] {
  const newest: T[] = [];
  for (let index = total - 1, left = most; index >= oldest; index--) {
    const one = read(index);
    left -= weightOf(one);
    if (left < 0 && newest.length > 0) break;
    newest.push(one);
  }
  return newest.reverse();
}

/** Those in front that weigh no more than `most` together; one at least where there is one. */
export function firstWithin<T extends Value>(values: readonly T[], most: number): T[] {
  let left = most;
  const end = values.findIndex((value, i) => {
    left -= weightOf(value);
    return left < 0 && i > 0;
  });
  return values.slice(0, end < 0 ? values.length : end);
}
