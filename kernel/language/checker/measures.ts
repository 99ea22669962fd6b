/** What is known of a number that is computed: times and durations, as long as they stay what they are. */
import type { AggregationName, Measure, Type } from '../types.ts';

type Integer = Type & { kind: 'int' };

const DURATIONS: readonly Measure[] = ['nanoseconds', 'microseconds', 'milliseconds', 'seconds'];
const isDuration = (measure: Measure | undefined): measure is Measure =>
  measure !== undefined && DURATIONS.includes(measure);

/** Undefined where it may be anything: a number that is no time is shown as it is. */
export function measureOf(
  operator: string,
  { display: a, literal: left }: Integer,
  b: Integer,
): Measure | undefined {
  switch (operator) {
    case '+':
      if (isDuration(a) && (a === b.display || b.literal !== undefined)) return a;
      if (isDuration(b.display) && left !== undefined) return b.display;
      if (a === 'time' && b.display === 'nanoseconds') return 'time';
      return a === 'nanoseconds' && b.display === 'time' ? 'time' : undefined;
    case '-':
      if (a === 'time' && b.display === 'time') return 'nanoseconds';
      if (a === 'time' && b.display === 'nanoseconds') return 'time';
      return isDuration(a) && (a === b.display || b.literal !== undefined) ? a : undefined;
    case '/':
      return isDuration(a)
        ? DURATIONS[DURATIONS.indexOf(a) + (THOUSANDS.get(b.literal ?? 0n) ?? DURATIONS.length)]
        : undefined;
    default:
      return undefined;
  }
}

/** How many units larger a duration is counted in when it is divided. */
const THOUSANDS: ReadonlyMap<bigint, number> = new Map([
  [1_000n, 1],
  [1_000_000n, 2],
  [1_000_000_000n, 3],
]);

const OF_TIMES: readonly AggregationName[] = ['min', 'max'];

/** Is what an aggregation makes of such numbers one of them? Times have no sum. */
export const aggregates = (name: AggregationName, measure: Measure) =>
  isDuration(measure) ? name !== 'count' : OF_TIMES.includes(name);
