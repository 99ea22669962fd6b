/** The probes a target offers, by pattern, with their arguments. */
import type { ProbeInfo } from '../protocol.ts';
import type { Connection } from './loader.ts';
import { structNames } from './types.ts';

type Argument = { name: string; type: string };

interface Kind {
  prefix: string;
  short?: string;
  /** Without the prefix; an empty name stands for the prefix alone. */
  names(connection: Connection): Promise<string[]>;
  args(connection: Connection, name: string): Promise<Argument[] | undefined>;
}

/** Probes that every Linux has. */
const fixed = (prefix: string, names: string[], short?: string): Kind => ({
  prefix,
  ...(short ? { short } : {}),
  names: async () => names,
  args: async () => undefined,
});

const CLOCKS = ['hz:', 'ms:', 's:', 'us:'];
const SOFTWARE =
  'alignment-faults bpf-output context-switches cpu-clock cpu-migrations dummy emulation-faults major-faults minor-faults page-faults task-clock';
const HARDWARE =
  'backend-stalls branch-instructions branch-misses bus-cycles cache-misses cache-references cpu-cycles frontend-stalls instructions ref-cycles';
/** Events are listed with the place where their count is written. */
const events = (names: string) => names.split(' ').map(name => `${name}:`);

const ITERATOR = 'bpf_iter__';

/** One row a kind of probe: its names, and the arguments of one. */
const KINDS: Kind[] = [
  fixed('begin', ['']),
  fixed('end', ['']),
  fixed('hardware', events(HARDWARE), 'h'),
  fixed('interval', CLOCKS, 'i'),
  {
    prefix: 'iter',
    short: 'it',
    // Linux describes the context of each iterator by a struct named after it.
    names: async ({ target }) =>
      structNames(target.btf, ITERATOR)
        .filter(name => target.btf.func(`bpf_iter_${name.slice(ITERATOR.length)}`))
        .map(name => name.slice(ITERATOR.length)),
    args: async ({ target }, name) => {
      const type = target.btf.type(`struct ${ITERATOR}${name}`);
      return type?.kind === 'struct'
        ? type.fields
            .filter(({ name }) => name !== 'meta')
            .map(({ name, type }) => ({ name, type: typeName(type) }))
        : undefined;
    },
  },
  fixed('profile', CLOCKS, 'p'),
  {
    prefix: 'rawtracepoint',
    short: 'rt',
    names: async ({ loader }) => (await loader.request('probes', { kind: 'raw_tracepoint' })).result.names,
    args: async ({ target }, name) =>
      rawArguments(target.btf.func(`__bpf_trace_${name}`) ?? target.btf.func(`__traceiter_${name}`)),
  },
  fixed('software', events(SOFTWARE), 's'),
  {
    prefix: 'tracepoint',
    short: 't',
    names: async ({ target }) => target.tracepoints,
    args: async ({ loader, target }, name) => formatArguments(await target.format(loader, name)),
  },
];

/** What can stand behind `provider:`; nothing for a kind of probe that is not known. */
export async function probeNames(connection: Connection, provider: string): Promise<string[]> {
  const names = await KINDS.find(({ prefix }) => prefix === provider)?.names(connection);
  return names?.filter(Boolean).toSorted() ?? [];
}

/** Pattern: a whole name, a glob over whole names, or else a part of names. Sorted by name. */
export async function listProbes(
  connection: Connection,
  pattern: string,
  verbose: boolean,
): Promise<ProbeInfo[]> {
  const found: ProbeInfo[] = [];
  for (const kind of KINDS) {
    const matches = matcher(fullName(pattern));
    for (const name of (await kind.names(connection)).toSorted()) {
      const whole = name ? `${kind.prefix}:${name}` : kind.prefix;
      if (!matches(whole)) continue;
      const args = verbose ? await kind.args(connection, name) : undefined;
      found.push({ name: whole, ...(args ? { args } : {}) });
    }
  }
  const exact = found.find(({ name }) => name === fullName(pattern));
  return exact ? [exact] : found;
}

/** With the prefix written out. */
function fullName(pattern: string): string {
  const kind = KINDS.find(({ short }) => short && pattern.startsWith(`${short}:`));
  return kind?.short ? kind.prefix + pattern.slice(kind.short.length) : pattern;
}

function matcher(whole: string): (name: string) => boolean {
  if (!/[*?[]/.test(whole)) return name => name.toLowerCase().includes(whole.toLowerCase());
  const source = whole
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  try {
    const glob = new RegExp(`^${source}$`, 'i');
    return name => glob.test(name);
  } catch {
    // A `[` that nothing closes is an ordinary character.
    return name => name.includes(whole);
  }
}

/** Lines such as `field:const char * filename; offset:24; size:8; signed:0;`. Fields all events share are left out. */
function formatArguments(format: string | undefined): Argument[] | undefined {
  if (format === undefined) return undefined;
  return [...format.matchAll(/^\s*field:(.+?);/gm)].flatMap(([, declaration]) => {
    const [, type, name, array = ''] = /^(.*?)(\w+)(\[[^\]]*\])?$/.exec(declaration!.trim()) ?? [];
    if (!name || name.startsWith('common_')) return [];
    return [{ name, type: type!.trim() + array }];
  });
}

function rawArguments(
  prototype:
    | {
        params: {
          name: string;
          type: { kind: string; to?: string; name?: string; size: number; signed?: boolean };
        }[];
      }
    | undefined,
) {
  // The first parameter is the tracer's own.
  return prototype?.params.slice(1).map(({ name, type }) => ({ name, type: typeName(type) }));
}

function typeName(type: {
  kind: string;
  to?: string;
  name?: string;
  size: number;
  signed?: boolean;
}): string {
  if (type.kind === 'pointer') return `${type.to ?? 'void'} *`;
  if (type.kind === 'int') return `${type.signed ? '' : 'u'}int${type.size * 8}`;
  return type.name ?? type.kind;
}
