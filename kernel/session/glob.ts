/** `*`, `?` and `[…]` of a pattern over whole names, capitals or not. */
export function globExpression(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  try {
    return new RegExp(`^${source}$`, 'i');
  } catch {
    // A `[` that nothing closes is an ordinary character.
    return new RegExp(`^${source.replace(/\[/g, '\\[')}$`, 'i');
  }
}
