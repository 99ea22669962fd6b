/**
 * What bpftrace changed on purpose after 0.23: ours has the newer meaning. Where no release is named, ours has its own.
 *
 * A row with `was` says how to turn the old output into the new one, and is applied to whatever 0.23 prints: the rest
 * is still compared. The other rows are reasons: a case whose `newer` is a row's name may differ.
 * @type {{name: string, since?: number, what: string, format?: 'text' | 'json', was?: RegExp,
 *   becomes?: string | ((found: string) => string)}[]}
 */
export const CHANGES = [
  {
    name: 'status on stderr',
    since: 24,
    what: 'how many probes are attached is no part of the output',
    was: /^Attaching \d+ probes?\.\.\.\n|^\{"type": "attached_probes".*\n/gm,
    becomes: '',
  },
  {
    name: 'stats as a record',
    since: 25,
    what: 'stats are printed as a record, and no empty line follows them',
    format: 'text',
    was: /: count (\d+), average (-?\d+), total (-?\d+)\n(?:\n(?=.))?/g,
    becomes: ': { .count = $1, .average = $2, .total = $3 }\n',
  },
  {
    name: 'no line for an empty map',
    since: 24,
    what: 'a map that is empty at the end prints nothing; it was an empty line',
    format: 'text',
    was: /\n{3,}/g,
    becomes: '\n\n',
  },
  { name: 'cleared aggregates', since: 24, what: 'an aggregation that was cleared is not printed; it was 0' },
  {
    name: 'empty scalars',
    since: 26,
    what: 'print(@x) of a scalar without a value prints 0, and the end prints it only when it has one',
  },
  { name: '64-bit arithmetic', since: 24, what: 'the sum of two small integers has 64 bits; it was cut' },
  { name: 'probe names in lower case', since: 24, what: '`probe` is `begin`, however the program spells it' },
  { name: 'signed keys', since: 25, what: 'negative keys stand before positive ones' },
  { name: 'single values in lhist', since: 25, what: 'a bucket of one value is `[3]`, as in hist' },
  {
    name: 'the last bucket of lhist',
    since: 25,
    what: 'where steps do not end at max, the last bucket begins at the last step',
  },
  { name: 'top and div of stats', since: 25, what: 'print(@stats, top, div) does what it says' },
  { name: '%p of zero', since: 25, what: 'it is 0, not (nil)' },
  { name: '%% without arguments', since: 24, what: '`%%` is one percent sign in every format' },
  {
    name: 'large integers in JSON',
    since: 25,
    what: 'what a double cannot hold is a string',
    format: 'json',
    was: /(?<=(?:: |,|\[))-?\d{16,}(?=[,\]}])/g,
    becomes: digits => (BigInt(Number(digits)) === BigInt(digits) ? digits : `"${digits}"`),
  },
  { name: 'buffers in JSON', since: 25, what: 'a buffer is an array of numbers' },
  { name: 'keys in JSON', since: 25, what: 'keys are written as in text, without blanks, and escaped once' },
  {
    name: 'UTF-8 in JSON',
    what: 'bpftrace writes other alphabets as bytes that are no JSON; ours is JSON',
  },
  {
    name: 'stacks are values',
    since: 25,
    what: 'a stack holds its frames: sizeof() counts them, and == compares them',
  },
  {
    name: 'strings that are cut',
    since: 24,
    what: 'str() gives all of max_strlen characters, and what is longer gets str_trunc_trailer',
  },
];

const NAMES = new Map(CHANGES.map(change => [change.name, change]));

/** @param {string} name @throws for a reason that is no row */
export function changeOf(name) {
  const change = NAMES.get(name);
  if (!change) throw new Error(`"${name}" is no row of scripts/differential/changes.mjs`);
  return change;
}

/** What 0.23 printed, as a newer bpftrace would print it. @param {string} output @param {'text' | 'json'} format */
export function modernised(output, format) {
  return CHANGES.reduce(
    (text, { was, becomes, format: only = format }) =>
      was && only === format ? text.replace(was, becomes ?? '') : text,
    output,
  );
}
