/** Completion of probes: kinds first, then what the target has of them. */
import { findProbe, PROBES } from '../tables/probes.ts';
import type { ProbeRow } from '../tables/rows.ts';
import type { Catalogue } from './analysis.ts';
import { type CompletionItem, item } from './items.ts';

/** Shorter texts are part of too many names. */
const LEAST_OF_A_NAME = 3;

const SECTIONS: readonly CompletionItem[] = [
  { label: 'config', kind: 'keyword', snippet: 'config = {\n\t$0\n}' },
  { label: 'macro', kind: 'keyword', snippet: 'macro ${1:name}($2)\n{\n\t$0\n}' },
  { label: 'let', kind: 'keyword', snippet: 'let @${1:map} = hash($0);' },
  { label: 'import', kind: 'keyword', snippet: 'import $0' },
];

/** What an attach point may be that begins with `typed`; where it may begin a section, that too. */
export function attachPoints(typed: string, catalogue: Catalogue): CompletionItem[] {
  const colon = typed.indexOf(':');
  if (colon < 0) {
    const providers = PROBES.map(row => {
      const open = row.parts[1] > 0;
      const snippet = open ? { snippet: `${row.name}:`, again: true } : {};
      return { ...item(row, 'provider'), ...snippet };
    });
    const named =
      typed.length < LEAST_OF_A_NAME ? [] : PROBES.flatMap(row => namesOf(row.name, typed, catalogue));
    return [...providers, ...SECTIONS, ...named];
  }
  const provider = typed.slice(0, colon);
  const row = findProbe(provider);
  if (!row) return [];
  return namesOf(row.name, typed.slice(colon + 1), catalogue).map(probe => ({
    ...probe,
    filter: provider + probe.label.slice(row.name.length),
  }));
}

/** Libraries that one traces most, by the names that need no path. */
const LIBRARIES = ['libc:', 'libpthread:', 'libssl:', 'libcrypto:'];

/** What can stand behind a provider: units for clocks, functions of the file that is already there for user probes. */
function partsOf({ name, signature }: ProbeRow, typed: string, catalogue: Catalogue): readonly string[] {
  const units = /\(([\w|]+)\)/.exec(signature)?.[1];
  if (units) return units.split('|').map(unit => `${unit}:`);
  if (!signature.includes('binary:')) return catalogue.names(name).map(part => part.replace(/:$/, ''));
  const file = /^(.*):/.exec(typed)?.[1];
  return file === undefined ? LIBRARIES : catalogue.names(name, file).map(part => `${file}:${part}`);
}

/** Does a name hold what was typed? `sched:sw` is meant for `sched:sched_switch`. */
function matches(name: string, typed: string): boolean {
  const wanted = typed.split(':');
  if (wanted.length === 1) return name.includes(typed);
  const parts = name.split(':');
  return wanted.every((part, i) => parts[i]?.includes(part));
}

/** Whole names of a kind of probe that hold what was typed behind it. */
function namesOf(provider: string, typed: string, catalogue: Catalogue): CompletionItem[] {
  const wanted = typed.toLowerCase();
  const names = partsOf(findProbe(provider)!, typed, catalogue).filter(name =>
    matches(name.toLowerCase(), wanted),
  );
  // Names that begin like what was typed come first, for there may be more than are shown.
  const begins = (name: string) => Number(!name.toLowerCase().startsWith(wanted));
  return names
    .toSorted((a, b) => begins(a) - begins(b))
    .map(name => ({
      label: `${provider}:${name}`,
      kind: 'probe' as const,
      ...(name.endsWith(':') ? { again: true } : {}),
    }));
}
