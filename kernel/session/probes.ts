/** The probes a target offers, by pattern, with their arguments. */
import type { ProbeInfo } from '../protocol.ts';
import { globExpression } from './glob.ts';
import type { Connection } from './loader.ts';
import { KINDS, type Kind, type ListOptions } from './probeKinds.ts';

/**
 * Patterns with commas between them, each a whole name, a glob over whole names, or else a part of names. The probes
 * of each stand in order of their names.
 */
export async function listProbes(
  connection: Connection,
  patterns: string,
  options: ListOptions,
): Promise<ProbeInfo[]> {
  const found: ProbeInfo[] = [];
  for (const pattern of patterns.split(','))
    found.push(...(await listed(connection, pattern.trim(), options)));
  return found;
}

async function listed(connection: Connection, pattern: string, options: ListOptions): Promise<ProbeInfo[]> {
  const kind = kindOf(pattern);
  const parts = pattern.split(':').slice(1);
  // Of a file alone all is meant that it has.
  if (kind?.ofFiles && parts.length === 1 && options.pid === undefined) parts.push('*');
  const rest = parts.join(':');
  const found: ProbeInfo[] = [];
  for (const each of kind ? [kind] : commonKinds(options)) {
    // `uprobe:/bin/sh:main` says where to look, and so may `kprobe:vmlinux:vfs_read`.
    const names = await each.names(connection, options, parts.length > 1 ? parts[0]! : '');
    const short = each.ofFiles ? parts.length > 1 : each.optional && parts.length === 1;
    const inFile = parts.slice(1).join(':');
    const anywhere = `*:${each.ofFiles ? inFile : rest}`;
    // Names of Go look like globs: `main.(*T).get`.
    const exact = each.ofFiles ? names.filter(name => name.endsWith(`:${inFile}`)) : [];
    const patterns = kind ? [rest || '*', ...(short ? [anywhere] : [])] : [pattern];
    const whole = kind ? undefined : (name: string) => wholeName(each, name);
    const accepted = exact.length > 0 ? exact : select(names, patterns, options, whole);
    accepted.sort();
    const all = options.verbose ? await each.argsOfAll?.(connection, accepted) : undefined;
    for (const [i, name] of accepted.entries()) {
      const args = all ? all[i] : options.verbose ? await each.args(connection, name) : undefined;
      found.push({ name: wholeName(each, name), ...(args ? { args } : {}) });
    }
  }
  return found;
}

/** The kind that a pattern names: `kprobe:…`, `k:…`, or `kprobe` alone. */
export function kindOf(pattern: string): Kind | undefined {
  const [provider = '', ...more] = pattern.toLowerCase().split(':');
  return KINDS.find(
    ({ prefix, aliases }) => prefix === provider || (more.length > 0 && aliases.includes(provider)),
  );
}

const commonKinds = ({ pid }: ListOptions) =>
  KINDS.filter(({ common }) => common === true || (common && pid !== undefined));

const wholeName = ({ prefix }: Kind, name: string) => (name ? `${prefix}:${name}` : prefix);

/** What patterns mean: the names they are, those that their globs match, or else those that hold the first. */
function select(
  names: string[],
  patterns: string[],
  { exactly }: ListOptions,
  whole = (name: string) => name,
): string[] {
  const globs = patterns.map(globExpression);
  const matching = names.filter(name => globs.some(glob => glob.test(whole(name))));
  const [first = ''] = patterns;
  if (matching.length > 0 || /[*?[]/.test(first)) return matching;
  // `s:1` is one of all that `s:` stands for.
  const open = names.filter(name => name.endsWith(':') && first.startsWith(name));
  if (open.length > 0 || exactly) return open;
  return names.filter(name => whole(name).toLowerCase().includes(first.toLowerCase()));
}
