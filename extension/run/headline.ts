/** One word or two for where a run stands: its phase, or why it ended. Pure. */
import type { EndReason, RunSnapshot } from '../../kernel/protocol.ts';

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
  reason,
  diagnostics,
}: Pick<RunSnapshot, 'phase' | 'reason' | 'diagnostics'>): string {
  if (phase !== 'ended') return phase;
  const failure = reason === 'failed' && diagnostics.find(({ severity }) => severity === 'error');
  return failure ? `failed in ${failure.phase}` : REASONS[reason ?? 'stopped'];
}
