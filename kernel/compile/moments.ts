/**
 * What a C program keeps the time in: fields and variables that are set to nothing but readings of the clock. A name
 * that is set to anything else anywhere may be a duration, or a time of another kind.
 */

/** `x = …`, `p->x = …`, `.x = …`, `x += …`; not a comparison. The value ends where a call's second argument would begin. */
const ASSIGNMENT = /\b(\w+)\s*([-+*/%&|^]|<<|>>)?=(?!=)\s*([^;,{}]*)/g;
/** Somebody else may write there. */
const ADDRESS_OF_MEMBER = /&\s*\w+(?:(?:->|\.)\w+)*(?:->|\.)(\w+)/g;
const COMMENT = /\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;
/** Nanoseconds since boot, perhaps with a cast in front. */
const CLOCK = /^(?:\([\w\s]+\)\s*)?bpf_ktime_get_(?:boot_)?ns\s*\(\s*\)$/;
/** What another field or variable holds. */
const COPY = /^(?:\w+(?:->|\.))*(\w+)$/;

export function momentsIn(sources: readonly string[]): ReadonlySet<string> {
  const values = new Map<string, string[]>();
  const note = (name: string, value: string) => values.set(name, [...(values.get(name) ?? []), value]);
  for (const source of sources) {
    const code = source.replace(COMMENT, ' ');
    for (const [, name, operator, value] of code.matchAll(ASSIGNMENT))
      note(name!, operator ? '' : value!.trim());
    for (const [, name] of code.matchAll(ADDRESS_OF_MEMBER)) note(name!, '');
  }
  const moments = new Set<string>();
  const isMoment = (value: string) => CLOCK.test(value) || moments.has(COPY.exec(value)?.[1] ?? '');
  // A copy may stand in front of what it copies.
  for (let size = -1; size !== moments.size; ) {
    size = moments.size;
    for (const [name, all] of values) if (all.every(isMoment)) moments.add(name);
  }
  return moments;
}
