/** What the view of probes shows, a row a kind; pure. */
import type { Catalogue } from '../../kernel/language/editor/index.ts';

export interface Entry {
  /** The whole name of the probe, as a program writes it. */
  probe: string;
  /** What stands behind the kind and the group. */
  label: string;
  /** Where it is, as `nm` says it. */
  place?: string;
}

export interface KindRow {
  provider: string;
  title: string;
  icon: string;
  /** Its names are too many to be shown without a search. */
  searched?: true;
  /** Its names are grouped by their part before the colon. */
  grouped?: true;
  /** Its names belong to files that the user chooses. */
  ofFiles?: true;
}

export const KINDS: readonly KindRow[] = [
  { provider: 'tracepoint', title: 'Tracepoints', icon: 'symbol-event', grouped: true },
  { provider: 'kprobe', title: 'Kernel functions', icon: 'symbol-function', searched: true },
  { provider: 'kretprobe', title: 'Kernel function returns', icon: 'reply', searched: true },
  { provider: 'fentry', title: 'Typed kernel functions', icon: 'symbol-method', searched: true },
  { provider: 'fexit', title: 'Typed kernel function returns', icon: 'reply', searched: true },
  { provider: 'rawtracepoint', title: 'Raw tracepoints', icon: 'symbol-event' },
  { provider: 'uprobe', title: 'Program functions', icon: 'symbol-function', ofFiles: true },
  { provider: 'uretprobe', title: 'Program function returns', icon: 'reply', ofFiles: true },
  { provider: 'usdt', title: 'Program static probes', icon: 'symbol-event', ofFiles: true },
  { provider: 'software', title: 'Software events', icon: 'pulse' },
  { provider: 'hardware', title: 'Hardware events', icon: 'circuit-board' },
  { provider: 'iter', title: 'Iterators', icon: 'list-flat' },
];

/** What a kind has with this part of a name, of a file where it is of files; names that begin with it come first. */
export function entriesOf(
  { provider }: KindRow,
  catalogue: Catalogue,
  search: string,
  file?: string,
): Entry[] {
  const of = file === undefined ? provider : `${provider}:${file}`;
  const wanted = search.toLowerCase();
  // Before anything is made of them: they may be tens of thousands.
  const names = catalogue
    .names(provider, file)
    .map(bare)
    .filter(name => `${of}:${name}`.toLowerCase().includes(wanted));
  const begins = (name: string) => Number(!name.toLowerCase().startsWith(wanted));
  if (wanted !== '') names.sort((a, b) => begins(a) - begins(b));
  const places = names.length > 0 && file !== undefined ? placesIn(provider, catalogue, file) : undefined;
  return names.map(name => {
    const place = places?.get(name);
    return { probe: `${of}:${name}`, label: name, ...(place ? { place } : {}) };
  });
}

/** Counts of events may be left out, and the module of what is Linux's own. */
const bare = (name: string) => name.replace(/:$/, '').replace(/^vmlinux:/, '');

/** Where functions lie, known to the loader alone. */
function placesIn(provider: string, { target }: Catalogue, file: string): Map<string, string> {
  const found = provider === 'usdt' ? undefined : target.userSymbols?.(file, '*', false);
  const hexadecimal = (value: number) => `0x${value.toString(16)}`;
  return new Map(
    found?.symbols.map(({ name, address, size }) => [name, `${hexadecimal(address)}, ${size} bytes`]),
  );
}

/** The groups of names, by their part before the colon, in order. */
export function grouped(entries: readonly Entry[]): Map<string, Entry[]> {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    const group = entry.label.slice(0, entry.label.indexOf(':'));
    const own = { ...entry, label: entry.label.slice(group.length + 1) };
    const held = groups.get(group);
    if (held) held.push(own);
    else groups.set(group, [own]);
  }
  return groups;
}
