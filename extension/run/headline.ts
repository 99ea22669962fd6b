/** One word or two for where a run stands: its phase, or why it ended. Pure. */
import type { EndReason, RunSnapshot } from '../../kernel/protocol.ts';
import { count } from './format.ts';

const REASONS: Record<EndReason, string> = {
  exit: 'done',
  done: 'done',
  duration: 'duration over',
  workload: 'workload ended',
  stopped: 'stopped',
  failed: 'failed',
  unwatched: 'stopped: nobody watched',
};

export function headline({
  phase,
  attaching,
  reason,
  diagnostics,
}: Pick<RunSnapshot, 'phase' | 'attaching' | 'reason' | 'diagnostics'>): string {
  if (attaching) return `attaching ${count(attaching.done)} of ${count(attaching.of)}`;
  if (phase !== 'ended') return phase;
  const failure = reason === 'failed' && diagnostics.find(({ severity }) => severity === 'error');
  return failure ? `failed in ${failure.phase}` : REASONS[reason ?? 'stopped'];
}
