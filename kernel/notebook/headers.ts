/** Which header cells a cell depends on. */
import type { HeaderFile } from '../protocol.ts';

const INCLUDE = /^[ \t]*#[ \t]*include[ \t]*(?:"([^"\n]+)"|<([^>\n]+)>|(\S))/gm;

/** The header cells that a source includes, and those that they include, in the order of the notebook. */
export function includedHeaders(source: string, headers: readonly HeaderFile[]): HeaderFile[] {
  const found = new Set<HeaderFile>();
  const read = (text: string) => {
    for (const [, quoted, angled, computed] of text.matchAll(INCLUDE)) {
      // What a macro names only the preprocessor knows.
      const named = headers.filter(({ name }) => computed || name === (quoted ?? angled));
      for (const header of named) {
        if (found.has(header)) continue;
        found.add(header);
        read(header.source);
      }
    }
  };
  read(source);
  return headers.filter(header => found.has(header));
}

/** Names of the header cells that are not as they were when a source was compiled with `before`. */
export function changedHeaders(
  source: string,
  before: readonly HeaderFile[],
  now: readonly HeaderFile[],
): string[] {
  const then = includedHeaders(source, before);
  const names = new Set([...then, ...includedHeaders(source, now)].map(({ name }) => name));
  const textOf = (headers: readonly HeaderFile[], name: string) =>
    headers.findLast(header => header.name === name)?.source;
  return [...names].filter(name => textOf(before, name) !== textOf(now, name));
}
