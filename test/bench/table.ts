/** Medians of rounds in which all tracers take turns, and their ratios to one of them. */

/** One figure of each tracer, of each round. */
export type Rounds = Map<string, number[]>;

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};

/** `share` of the values are at most this. */
export const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(values.length * share) - 1)] ?? Number.NaN;

/** The median of what each round says, so that a slow minute of the machine slows both sides. */
const ratio = (own: readonly number[], base: readonly number[]) =>
  median(own.map((value, round) => value / base[round]!));

const COLUMN = 22;

export function heading(names: readonly string[]): string {
  return ''.padEnd(38) + names.map(name => name.padStart(COLUMN)).join('');
}

/** A line of the table: each tracer's median and its ratio to `base`. */
export function row(
  what: string,
  unit: string,
  names: readonly string[],
  rounds: Rounds,
  base: string,
): string {
  const cells = names.map(name => {
    const own = rounds.get(name);
    if (!own) return '–'.padStart(COLUMN);
    const value = median(own);
    const shown = value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2);
    const relative = name === base ? '' : ` (${ratio(own, rounds.get(base)!).toFixed(3)})`;
    return `${shown} ${unit}${relative}`.padStart(COLUMN);
  });
  return what.padEnd(38) + cells.join('');
}
