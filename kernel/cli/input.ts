/** From flags and a program to what the kernel runs. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseDuration, parseShare } from '../notebook/index.ts';
import type { RunInput } from '../session/run.ts';
import { splitWords } from '../session/words.ts';
import { CommandError, parseAssignments, UsageError } from './command.ts';
import type { Flags } from './flags.ts';
import type { Mode } from './mode.ts';
import type { Program } from './program.ts';
import { expectOptions, scriptArguments } from './script.ts';

/** What to run, `rest` being the words behind the program. Throws CommandError. */
export function inputOf(program: Program, flags: Flags, mode: Mode, rest: string[]): RunInput {
  const { file, source, language, directory } = program;
  const { positional, named } = scriptArguments(rest);
  if (language === 'bpf-c' && positional.length > 0)
    throw new UsageError(`unexpected argument: ${positional[0]}`);
  if (language === 'bpftrace') expectOptions(source, rest);
  if (flags.cmd !== undefined && flags.pid !== undefined)
    throw new UsageError('USAGE: Cannot use both -c and -p.');
  const params = parseAssignments(flags.param);
  return {
    notebook: 'trace',
    standalone: true,
    directory,
    cell: { id: 'trace', language, source },
    headers: [],
    file,
    inheritOutput: true,
    // As seen from where the command is given, not from the program.
    include: flags['include-dir'].map(folder => resolve(folder)),
    includeFiles: flags.include.map(file => (existsSync(file) ? resolve(file) : file)),
    ...(language === 'bpftrace'
      ? { params, named, config: configOf(process.env) }
      : { params: { ...Object.fromEntries(Object.entries(named).map(underscored)), ...params } }),
    ...(positional.length > 0 ? { positional } : {}),
    ...(flags.cmd === undefined ? {} : { workload: commandOf(flags.cmd) }),
    ...(flags.pid === undefined ? {} : { pid: livePid(flags.pid) }),
    ...(flags.duration === undefined ? {} : { durationMs: durationOf(flags.duration) }),
    ...(flags['dry-run'] ? { dryRun: true } : {}),
    ...(mode === 'test' || mode === 'bench' ? { trials: mode } : {}),
    ...(flags.unsafe ? { unsafe: true } : {}),
    ...(flags.warnings ? { warnReads: true } : {}),
    ...(flags.verbose ? { details: true } : {}),
    ...(flags['cpu-limit'] === undefined ? {} : { cpuLimit: shareOf(flags['cpu-limit']) }),
    ...(flags['probe-filter'] === undefined ? {} : { probeFilter: filterOf(flags['probe-filter']) }),
  };
}

const CONFIG_PREFIX = 'BPFTRACE_';

/** `BPFTRACE_MAX_STRLEN=64` in the environment is `max_strlen = 64`. */
const configOf = (env: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      name.startsWith(CONFIG_PREFIX) && value !== undefined
        ? [[name.slice(CONFIG_PREFIX.length).toLowerCase(), value]]
        : [],
    ),
  );

/** `min-duration-ns=5` is how a shell likes to spell `min_duration_ns=5`. */
const underscored = ([name, value]: [string, string]) => [name.replace(/-/g, '_'), value] as const;

function commandOf(text: string): string[] {
  const words = splitWords(text) ?? ['/bin/sh', '-c', text];
  if (words.length === 0) throw new UsageError('-c needs a command');
  return words;
}

const PID_MAX = 4_194_304;

/** As C's strtoull reads it: any base, then nothing else. Throws CommandError. */
function pidOf(text: string): number {
  const [digits] = /^(0[xX][0-9a-fA-F]+|0[bB][01]+|[0-9]+)/.exec(text) ?? [];
  if (digits !== text) {
    const reason = digits === undefined ? 'invalid integer' : 'invalid trailing bytes';
    throw new CommandError('bad-pid', { reason, given: text });
  }
  const pid = Number(text);
  if (pid > PID_MAX) throw new CommandError('pid-range', { given: pid });
  return pid;
}

/** Of a process that runs. Throws CommandError. */
export function livePid(text: string): number {
  const pid = pidOf(text);
  if (!existsSync(`/proc/${pid}`)) throw new CommandError('no-process', { pid });
  return pid;
}

function durationOf(text: string): number {
  const duration = parseDuration(text);
  if (duration === undefined)
    throw new UsageError(`--duration takes a time such as 5s or 500ms, not ${text}`);
  return duration;
}

function shareOf(text: string): number {
  const share = parseShare(text);
  if (share === undefined) throw new UsageError(`--cpu-limit takes a percentage such as 25%, not ${text}`);
  return share;
}

function filterOf(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw new CommandError('probe-filter', { given: text, reason: (error as Error).message });
  }
}
