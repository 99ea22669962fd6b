/** The probes a target offers, by pattern: tracepoints and raw tracepoints, with their arguments. */
import type { ProbeInfo } from '../protocol.ts';
import type { Connection } from './loader.ts';

type Argument = { name: string; type: string };

/** One row a kind of probe: its names, and the arguments of one. */
const KINDS: {
  prefix: string;
  short: string;
  names(connection: Connection): Promise<string[]>;
  args(connection: Connection, name: string): Promise<Argument[] | undefined>;
}[] = [
  {
    prefix: 'rawtracepoint',
    short: 'rt',
    names: async ({ loader }) => (await loader.request('probes', { kind: 'raw_tracepoint' })).result.names,
    args: async ({ target }, name) =>
      rawArguments(target.btf.func(`__bpf_trace_${name}`) ?? target.btf.func(`__traceiter_${name}`)),
  },
  {
    prefix: 'tracepoint',
    short: 't',
    names: async ({ target }) => target.tracepoints,
    args: async ({ loader, target }, name) => formatArguments(await target.format(loader, name)),
  },
];

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
      const whole = `${kind.prefix}:${name}`;
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
  const kind = KINDS.find(({ short }) => pattern.startsWith(`${short}:`));
  return kind ? kind.prefix + pattern.slice(kind.short.length) : pattern;
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
