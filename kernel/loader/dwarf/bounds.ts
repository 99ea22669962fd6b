/**
 * What nobody's compiler exceeds. A file that does is made to take memory or time, and tells nothing: this reads files of
 * others with more rights than theirs.
 */
export const MOST = {
  /** Bytes of a name. */
  text: 1 << 16,
  units: 1 << 20,
  abbreviations: 1 << 16,
  attributes: 1 << 10,
  /** Of a unit. */
  functions: 1 << 20,
  ranges: 1 << 20,
  files: 1 << 18,
  rows: 1 << 22,
} as const;

/** @throws RangeError when there are more of something than there may be */
export function within(what: keyof typeof MOST, count: number): void {
  if (count > MOST[what]) throw new RangeError(`too many ${what}`);
}
