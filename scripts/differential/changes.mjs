/**
 * What bpftrace changed on purpose after 0.23: ours has the newer meaning.
 *
 * A row with `was` says how to turn the old output into the new one, and is applied to whatever 0.23 prints: the rest
 * is still compared. The other rows are reasons: a case whose `newer` is a row's name may differ.
 * @type {{name: string, since: number, what: string, format?: 'text' | 'json', was?: RegExp, becomes?: string}[]}
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
