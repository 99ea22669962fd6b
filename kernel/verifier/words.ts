/** What the verifier knows of a value, in words. */
import { rangeOf, type Value } from './values.ts';

type Facts = Value['facts'];

const sized = (facts: Facts, fact: string) => (facts.has(fact) ? ` of ${Number(facts.get(fact))} bytes` : '');
const named = (facts: Facts) => (facts.has('map') ? `map ${facts.get('map')}` : 'a map');

/** Kinds of pointers; `name` is the pattern's first group. The first row that fits counts. */
const POINTERS: [RegExp, (facts: Facts, name: string) => string][] = [
  [/^ctx$/, () => "the program's context"],
  [/^map_ptr$/, named],
  [/^map_value(?:_or_null)?$/, facts => `a pointer to a value${sized(facts, 'vs')} in ${named(facts)}`],
  [/^map_key$/, () => 'a pointer to a key of a map'],
  [
    /^(?:ringbuf_|alloc_)?mem(?:_or_null)?$/,
    facts => `a pointer to memory${sized(facts, facts.has('sz') ? 'sz' : 'mem_size')}`,
  ],
  [
    /^fp-?(\d+)$/,
    (_, offset) =>
      offset === '0' ? 'the top of the stack' : `the address ${offset} bytes below the top of the stack`,
  ],
  [/^rdonly_mem(?:_or_null)?$/, facts => `a pointer to memory${sized(facts, 'sz')} that can only be read`],
  [
    /^untrusted_(?:rcu_)?ptr_(?:or_null_)?(\w+)$/,
    (_, name) => `a pointer to a struct ${name} that may be stale`,
  ],
  [
    /^(?:trusted_|rcu_)*ptr_(?:or_null_)?(\w*)$/,
    (_, name) => (name ? `a pointer to a struct ${name}` : 'a pointer to a struct'),
  ],
];

/** `a pointer to a value of 8 bytes in map counts, or NULL`; what has no words stays as it is. */
export function describeValue(value: Value): string {
  const { type, facts, text } = value;
  const range = rangeOf(value);
  if (type === 'number') return `the number ${range?.low}`;
  if (type === 'scalar') return range ? `a number ${fromTo(range)}` : 'a number, of which nothing is known';
  for (const [pattern, words] of POINTERS) {
    const match = pattern.exec(type);
    if (!match) continue;
    const offset = Number(facts.get('off') ?? 0);
    return [
      words(facts, match[1] ?? ''),
      offset ? ` + ${offset}` : '',
      range ? ` + a number ${fromTo(range)}` : '',
      type.includes('or_null') ? ', or NULL' : '',
    ].join('');
  }
  return text;
}

const fromTo = ({ low, high }: { low: bigint; high: bigint }) => `from ${limit(low)} to ${limit(high)}`;

/** Beyond 32 bits the digits tell nothing any more. */
function limit(value: bigint): string {
  const size = value < 0n ? -value : value;
  if (size < 2n ** 33n) return String(value);
  return `${value < 0n ? '-' : ''}0x${size.toString(16)}`;
}
