/** What `trace` does with a program: bpftrace's `--mode`, and the flags that stand for one. */
import { CommandError, oneOf } from './command.ts';
import type { Flags } from './flags.ts';

const MODES = ['codegen', 'compiler-bench', 'bench', 'test', 'format'] as const;

/** `run` when nothing else is asked for. */
export type Mode = 'run' | Exclude<(typeof MODES)[number], 'compiler-bench'>;

/** Throws CommandError for modes that do not exist or contradict each other. */
export function modeOf(flags: Flags): Mode {
  const asked = new Map<string, (typeof MODES)[number]>();
  if (flags.mode !== undefined) asked.set('--mode', oneOf('--mode', flags.mode, MODES));
  if (flags.test) asked.set('--test', 'test');
  if (flags.bench) asked.set('--bench', 'bench');
  if (flags.fmt) asked.set('--fmt', 'format');
  const [first, second] = asked.keys();
  if (second) throw new CommandError('flags-conflict', { flag: second, other: `existing ${first}` });
  const mode = first === undefined ? 'run' : asked.get(first)!;
  if (mode !== 'compiler-bench') return mode;
  const reason = 'the phases of a compilation are not timed one by one';
  throw new CommandError('flag-refused', { flag: '--mode compiler-bench', reason });
}
