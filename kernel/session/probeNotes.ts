/** What there is to say of a listing before anything is attached: what of it cannot be, why, and what can instead. */

import { PROBE_ERRORS } from '../errors/probes.ts';
import { type Diagnostic, problem } from '../errors.ts';
import { checkBpftrace } from '../language/index.ts';
import type { ProbeInfo } from '../protocol.ts';
import type { Connection } from './loader.ts';
import { kindOf } from './probes.ts';
import { seenFrom } from './programFiles.ts';

/** Kinds of probes, and the way of attaching that each needs. */
const WAYS = { kprobe: 'kprobe', kretprobe: 'kprobe', fentry: 'fentry', fexit: 'fentry' } as const;

/** Of one probe that a pattern names, all that a program would be told; of many, what holds for their kind. */
export async function probeNotes(
  connection: Connection,
  patterns: string,
  found: readonly ProbeInfo[],
): Promise<Diagnostic[]> {
  const notes: Diagnostic[] = [];
  const kinds = new Set(found.map(({ name }) => name.slice(0, name.indexOf(':'))));
  for (const pattern of patterns.split(',').map(each => each.trim())) {
    const probe = probeNamed(pattern, found);
    if (probe === undefined) continue;
    const kind = kindOf(probe);
    if (kind) kinds.delete(kind.prefix);
    const all = kind?.ofFiles && probe.split(':').length === 2 ? ':*' : '';
    notes.push(...(await whatIsSaidOf(connection, probe + all)));
  }
  return [...notes, ...(await whatIsSaidOfKinds(connection, kinds))];
}

const lastPart = (name: string) => name.slice(name.lastIndexOf(':') + 1);

/** The probe that a pattern means and no other; of a pattern that nothing is found by, what a program would mean. */
function probeNamed(pattern: string, found: readonly ProbeInfo[]): string | undefined {
  if (pattern === '' || /[?\s]/.test(pattern)) return undefined;
  if (found.length === 0) return pattern.includes(':') ? pattern : `kprobe:${pattern}`;
  if (!pattern.includes(':') || pattern.includes('*') || pattern.includes('[')) return undefined;
  const wanted = lastPart(pattern);
  const names = found.map(({ name }) => lastPart(name));
  // Nothing but what the compiler made of a function, `vfs_read.isra.0`, is found by its name alone.
  const meant = names.includes(wanted) || names.every(name => name.startsWith(`${wanted}.`));
  return meant ? pattern : undefined;
}

/** Nothing is wrong with a listing: what would be an error is a warning. */
async function whatIsSaidOf({ loader, target }: Connection, probe: string): Promise<Diagnostic[]> {
  const said = await target.resolve(loader, target =>
    checkBpftrace(`${probe} { }`, { target: seenFrom(process.cwd(), target) }),
  );
  // That nothing is there follows from the reason.
  const reasoned = said.some(({ code }) => code === 'not-traceable');
  return said
    .filter(({ code }) => Object.hasOwn(PROBE_ERRORS, code) && !(reasoned && code === 'no-matches'))
    .map(({ span: _, severity, ...rest }) => ({
      ...rest,
      severity: severity === 'error' ? 'warning' : severity,
    }));
}

async function whatIsSaidOfKinds(
  { loader, target }: Connection,
  kinds: ReadonlySet<string>,
): Promise<Diagnostic[]> {
  const asked = Object.entries(WAYS).filter(([kind]) => kinds.has(kind));
  if (asked.length === 0) return [];
  const { obstacles } = await target.traceable(loader);
  return asked.flatMap(([kind, way]) => {
    const reason = obstacles[way];
    return reason === undefined ? [] : [problem('listed-only', { kind, reason })];
  });
}
