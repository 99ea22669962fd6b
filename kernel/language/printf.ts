/** Format strings: what each conversion wants. Formatting itself happens where records are shown. */
import type { Type } from './types.ts';

export interface Conversion {
  /** As written: `%-8lld`. */
  text: string;
  /** The letter or letters: `d`, `s`, `rx`. */
  letter: string;
  /** `*` as width or precision takes an argument of its own, an integer. */
  stars: number;
}

const CONVERSION = /%(?:%|([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+))?(hh|h|ll|l|j|z|t|L)?(rx|rh|gr|[a-zA-Z]))/g;

export function conversions(format: string): Conversion[] {
  const found: Conversion[] = [];
  for (const [text, , width, precision, , letter] of format.matchAll(CONVERSION)) {
    if (text === '%%') continue;
    found.push({ text, letter: letter!, stars: Number(width === '*') + Number(precision === '*') });
  }
  return found;
}

/** Classes of values by conversion letter, in the words of messages. */
const WANTED: Readonly<Record<string, string>> = {
  d: 'integer',
  i: 'integer',
  u: 'integer',
  o: 'integer',
  x: 'integer',
  X: 'integer',
  c: 'integer',
  p: 'pointer',
  s: 'string',
  r: 'buffer',
  rx: 'buffer',
  rh: 'buffer',
  gr: 'integer',
};

/** What the conversion expects, if this type does not fit; '' for an unknown letter. */
export function misfit(letter: string, type: Type): string | undefined {
  const wanted = WANTED[letter];
  if (wanted === undefined) return '';
  if (type.kind === 'unknown' || wanted === 'string') return undefined;
  if (wanted === 'buffer') return type.kind === 'buffer' ? undefined : wanted;
  const integer =
    ['int', 'bool', 'pointer'].includes(type.kind) ||
    (type.kind === 'aggregation' && ['count', 'sum', 'min', 'max', 'avg'].includes(type.of));
  return integer ? undefined : wanted;
}
