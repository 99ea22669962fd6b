/** "Did you mean": the nearest of some names. */

/** Damerau-Levenshtein distance, given up above `limit`. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, before[j - 2]! + 1);
      row.push(least);
    }
    if (Math.min(...row) > limit) return limit + 1;
    before = last;
    last = row;
  }
  return last[b.length]!;
}

/** The nearest name, if one is near enough to be meant. */
export function nearest(name: string, names: Iterable<string>): string | undefined {
  const limit = Math.max(1, Math.floor(name.length / 3));
  let best: string | undefined;
  let least = limit + 1;
  const lower = name.toLowerCase();
  for (const candidate of names) {
    const found = distance(lower, candidate.toLowerCase(), Math.min(limit, least));
    if (found < least) {
      least = found;
      best = candidate;
    }
  }
  return best;
}

/** `Did you mean x?`, or ''. */
export function didYouMean(name: string, names: Iterable<string>): string {
  const found = nearest(name, names);
  return found ? `Did you mean ${found}?` : '';
}
