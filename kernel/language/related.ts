/** What is about the same: names that share rare words, as `vfs_read` and `syscalls:sys_enter_read` do. */

const words = (name: string) => new Set(name.toLowerCase().match(/[a-z]{2,}\d*/g) ?? []);

/** A word that more than this part of all names has tells nothing: `sys`, `enter`. */
const COMMON = 0.1;

/** What shares this much less than the best is not about the same. */
const FAR = 0.75;

/** The names that are nearest to one in what they are about, the best first; none where no word is shared. */
export function related(name: string, names: readonly string[], most: number): string[] {
  const candidates = names.map(candidate => ({ candidate, words: words(candidate) }));
  const having = new Map<string, number>();
  for (const { words } of candidates) for (const word of words) having.set(word, (having.get(word) ?? 0) + 1);
  const limit = Math.max(1, names.length * COMMON);
  const telling = (word: string) => (having.get(word) ?? 0) <= limit;
  const wanted = words(name);
  const score = (of: ReadonlySet<string>) => {
    const rare = [...of].filter(telling);
    const shared = rare.filter(word => wanted.has(word));
    const worth = shared.reduce((sum, word) => sum + Math.log(names.length / having.get(word)!) + 1, 0);
    // Of those that share as much, the name that says the least else.
    return worth / Math.sqrt(rare.length || 1);
  };
  const scored = candidates
    .map(({ candidate, words }) => ({ candidate, score: score(words) }))
    .sort((a, b) => b.score - a.score);
  return scored
    .slice(0, most)
    .filter(({ score }) => score > 0 && score > scored[0]!.score * FAR)
    .map(({ candidate }) => candidate);
}
