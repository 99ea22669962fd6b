/** What the verifier knows of registers and stack slots: `R1=ctx() fp-8=0000????` as values. */

/** By name: `R0`, `fp-8`, `refs`. In the innermost function; its callers' are not kept. */
export type Values = Map<string, Value>;

export interface Value {
  /** As the verifier spells it. */
  text: string;
  /** `scalar`, `ctx`, `map_value_or_null`, `ptr_task_struct`; `number` for a constant. */
  type: string;
  /** What stands in brackets; where several names share a value, each has it. */
  facts: ReadonlyMap<string, string>;
}

/** `R0_w=`, `fp-8_w=`: the suffix, until Linux 6.17, tells that it was written, which is of no use here. */
const NAME = /^(R\d+|fp-?\d+|refs|cb)(?:_[rwDLP]+)?=/;

/** Parses what stands behind `;` or a number: values with blanks between them, in which brackets nest. */
export function parseValues(text: string): Values {
  const values: Values = new Map();
  for (const part of splitOutside(text.replace(/^frame\d+: ?/, ''), ' ')) {
    const name = NAME.exec(part);
    if (name) values.set(name[1]!, parseValue(part.slice(name[0].length)));
  }
  return values;
}

const CONSTANT = /^P?-?(?:0x[0-9a-f]+|\d+)$/;

export function parseValue(text: string): Value {
  const bare = text.replace(/^P(?=-?\d|scalar)/, '');
  if (CONSTANT.test(bare)) return { text, type: 'number', facts: new Map([['value', bare]]) };
  const [, type = bare, inside = ''] = /^([^()]*)\((.*)\)$/.exec(bare) ?? [];
  const facts = new Map<string, string>();
  for (const fact of splitOutside(inside, ',')) {
    const names = fact.split('=');
    const value = names.pop()!;
    for (const name of names) facts.set(name, value);
  }
  // Until Linux 5.19 numbers were called `inv`.
  const constant = /^inv(-?\d+)$/.exec(type)?.[1];
  if (constant !== undefined) return { text, type: 'number', facts: new Map([['value', constant]]) };
  return { text, type: type === 'inv' ? 'scalar' : type, facts };
}

function splitOutside(text: string, separator: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at <= text.length; at++) {
    const char = text[at];
    if (char === '(') depth++;
    else if (char === ')') depth--;
    else if (at === text.length || (char === separator && depth === 0)) {
      if (at > start) parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return parts;
}

const UNSIGNED_MAX = 2n ** 64n - 1n;
const SIGNED = { low: -(2n ** 63n), high: 2n ** 63n - 1n };

/** The limits of a number or of what was added to a pointer; undefined when it can be anything. */
export function rangeOf({ type, facts }: Value): { low: bigint; high: bigint } | undefined {
  const fact = (name: string) => numberOf(facts.get(name));
  const signed = (name: string) => {
    const value = fact(name);
    return value === undefined ? undefined : BigInt.asIntN(64, value);
  };
  const constant = type === 'number' ? signed('value') : undefined;
  if (constant !== undefined) return { low: constant, high: constant };
  const [smin, smax, umin, umax] = [signed('smin'), signed('smax'), fact('umin'), fact('umax')];
  if (smin !== undefined && smin < 0n) return { low: smin, high: smax ?? SIGNED.high };
  if (smin === undefined && umax === undefined && smax !== undefined) return { low: SIGNED.low, high: smax };
  if (umax !== undefined && umax < UNSIGNED_MAX) return { low: umin ?? smin ?? 0n, high: umax };
  if (smin !== undefined || umin !== undefined) return { low: smin ?? umin!, high: smax ?? UNSIGNED_MAX };
  return undefined;
}

/** Undefined for what is none, as in a log that was cut or damaged. */
function numberOf(text = ''): bigint | undefined {
  const [, minus, digits] = /^(-?)(0x[0-9a-f]+|\d+)$/.exec(text) ?? [];
  return digits === undefined ? undefined : minus ? -BigInt(digits) : BigInt(digits);
}
