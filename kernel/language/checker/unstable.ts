/** Features that bpftrace may still change: an option for each says whether they may be used. */
import type { Range } from '../nodes.ts';
import type { Config } from '../symbols.ts';
import type { CheckContext } from './context.ts';

type Gate = Extract<keyof Config, `unstable_${string}`>;

/** Reports a use, where its option wants that. */
export function reportUnstable(context: CheckContext, what: string, option: Gate, at: Range): void {
  const gate = context.config[option];
  if (gate === 'error') context.report('unstable-refused', { what, option }, at);
  else if (gate === 'warn') context.report('unstable-warned', { what, option }, at);
}
