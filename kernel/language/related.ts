/** What is about the same: names that share rare words, as `vfs_read` and `syscalls:sys_enter_read` do. */

const words = (name: string) => new Set(name.toLowerCase().match(/[a-z]{2,}\d*/g) ?? []);

/** A word that more than this part of all names has tells nothing. */
const COMMON = 0.1;

/** The names that are nearest to one in what they are about, the best first; none where no word is shared. */
export function related(name: string, names: readonly string[], most: number): string[] {
  const wanted = words(name);
  const candidates = names.map(candidate => ({ candidate, words: words(candidate) }));
  const worth = new Map<string, number>();
  for (const word of wanted) {
    const having = candidates.filter(candidate => candidate.words.has(word)).length;
    if (having > 0 && having <= Math.max(1, names.length * COMMON))
      worth.set(word, Math.log(names.length / having) + 1);
  }
  const score = (of: ReadonlySet<string>) => {
    let sum = 0;
    for (const word of of) sum += worth.get(word) ?? 0;
    // Of those that share as much, the name that says the least else.
    return sum / Math.sqrt(of.size);
  };
  return candidates
    .map(({ candidate, words }) => ({ candidate, score: score(words) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, most)
    .map(({ candidate }) => candidate);
}
