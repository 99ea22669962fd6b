/** A kprobe and a kretprobe of the same functions: one program and one link for both, where Linux has sessions. */
import type { ProbeInstance } from '../symbols.ts';
import type { LanguageTarget } from '../target.ts';

/** Gives each entry its return, if it has just one. `candidates`: probes that share their block with no other. */
export function pairSessions(candidates: readonly ProbeInstance[], target: LanguageTarget): void {
  const fitting = candidates.filter(probe => fits(probe, target));
  const taken = new Set<ProbeInstance>();
  for (const entry of fitting) {
    if (onReturn(entry)) continue;
    const same = (probe: ProbeInstance) => functionsOf(probe) === functionsOf(entry);
    const [exit, ...others] = fitting.filter(probe => onReturn(probe) && !taken.has(probe) && same(probe));
    if (!exit || others.length > 0) continue;
    if (target.obstacle?.('kprobe_multi') || target.obstacle?.('kprobe_session')) return;
    taken.add(exit);
    entry.exit = exit;
    for (const { point } of [entry, exit]) point.way = 'kprobe.session';
  }
}

const onReturn = ({ point }: ProbeInstance) => point.row.name === 'kretprobe';

/** As written, without the provider. */
const functionsOf = ({ point: { name } }: ProbeInstance) => name.slice(name.indexOf(':') + 1);

/** Sessions reach the entries of functions, each by a name that only one has. */
function fits({ point }: ProbeInstance, target: LanguageTarget): boolean {
  const { attach, way, name } = point;
  if (attach.kind !== 'kprobe' || way === 'fentry' || attach.offset !== undefined) return false;
  const known = target.functions?.();
  const isOne = (name: string) => known?.get(name)?.length === 1;
  return name.split(':').length === 2 && attach.functions.length > 0 && attach.functions.every(isOne);
}
