/** What a search means: a part of a name in any case, or a /regular expression/. Pure. */

/** Undefined = all are meant; null = no regular expression. */
export function matcher(query: string): ((name: string) => boolean) | undefined | null {
  if (query === '') return undefined;
  const [, pattern, flags] = /^\/(.+)\/([imsu]*)$/s.exec(query) ?? [];
  if (pattern === undefined) {
    const part = query.toLowerCase();
    return name => name.toLowerCase().includes(part);
  }
  try {
    const expression = new RegExp(pattern, flags);
    return name => expression.test(name);
  } catch {
    return null;
  }
}
