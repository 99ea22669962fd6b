/** Patterns of names, as bpftrace writes them. */

/** A glob with `*` and `[…]` as a regular expression. */
export function globPattern(glob: string): RegExp {
  const parts = glob.match(/\[[^\]]+\]|[\s\S]/g) ?? [];
  const pattern = parts.map(part => {
    if (part === '*') return '.*';
    if (part.length > 1) return `[${part.slice(1, -1).replaceAll(/[\\^\]]/g, '\\$&')}]`;
    return part.replaceAll(/[.+^${}()|\\?[\]]/g, '\\$&');
  });
  try {
    return new RegExp(`^${pattern.join('')}$`);
  } catch {
    // A range such as [z-a] matches nothing.
    return /$./;
  }
}
