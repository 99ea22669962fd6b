/** The flags of `trace`: bpftrace's, each accepted or refused with a reason, and a few of ours. */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { scriptOptions } from '../language/index.ts';
import { parseDuration } from '../notebook/index.ts';
import type { RunInput } from '../session/run.ts';
import { splitWords } from '../session/words.ts';
import { parseAssignments, Refusal, UsageError } from './command.ts';
import type { Program } from './program.ts';

export const HELP = `  -e PROG            the program; else FILE.bt or FILE.bpf.c ("-": standard input)
  -c CMD             start CMD once all probes are attached, end when it ends; its pid is cpid
  -p PID             trace only this process, end when it ends
  -f text|json       form of the output
  -o FILE            write the output to FILE
  -B line|full|none  when output is written out
  -q                 print no messages, only the output
  -v                 print whole logs with errors
  -I DIR             look for headers in DIR too
  -l [PATTERN]       list probes, as "ebpfnb list" does; with -v their arguments
  -V, --version      print the versions
  --info             print what this host can do
  --duration TIME    end after TIME: 5s, 500ms, 2m
  --param NAME=VALUE set a parameter (a "const volatile" global, or 1, 2, … for $1, $2, …)
  -k                 accepted; failed reads of memory are not reported yet
  --no-warnings      print errors only
  --dry-run          attach everything, run nothing
  --probe-filter RE  attach only probes whose name matches, and begin and end
  --unsafe           allow what changes the traced system, such as system() and signal()
  -- ARGS            $1, $2, … of a bpftrace program; --name=value for getopt("name")

examples
  ebpfnb trace -e 'tracepoint:sched:sched_process_exec { printf("%s\\n", args.filename); }'
  ebpfnb trace -f json --duration 3s exec.bpf.c`;

const OPTIONS = {
  execute: { type: 'string', short: 'e' },
  cmd: { type: 'string', short: 'c' },
  pid: { type: 'string', short: 'p' },
  format: { type: 'string', short: 'f', default: 'text' },
  output: { type: 'string', short: 'o' },
  buffer: { type: 'string', short: 'B', default: 'line' },
  quiet: { type: 'boolean', short: 'q', default: false },
  verbose: { type: 'boolean', short: 'v', default: false },
  include: { type: 'string', short: 'I', multiple: true, default: [] as string[] },
  list: { type: 'boolean', short: 'l', default: false },
  version: { type: 'boolean', short: 'V', default: false },
  info: { type: 'boolean', default: false },
  duration: { type: 'string' },
  param: { type: 'string', multiple: true, default: [] as string[] },
  warnings: { type: 'boolean', short: 'k', default: false },
  'no-warnings': { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
  'probe-filter': { type: 'string' },
  unsafe: { type: 'boolean', default: false },
  // BTF is always used.
  btf: { type: 'boolean' },
} as const;

/** bpftrace's flags that do not exist here: why, or what to use. */
const REFUSED: Record<string, { type: 'boolean' | 'string'; short?: string; reason: string }> = {
  debug: {
    type: 'string',
    short: 'd',
    reason: '"ebpfnb emit c" and "ebpfnb emit asm" show what is generated',
  },
  'emit-elf': { type: 'string', reason: '"ebpfnb emit object -o FILE" writes the object' },
  'emit-llvm': { type: 'string', reason: 'programs become C, which "ebpfnb emit c" shows' },
  'verify-llvm-ir': { type: 'boolean', reason: 'programs become C, which clang verifies' },
  aot: { type: 'string', reason: 'there is no ahead-of-time form; "ebpfnb emit object" writes the object' },
  fmt: { type: 'boolean', reason: 'the formatter is not built yet' },
  test: { type: 'boolean', reason: 'test probes are not built yet' },
  bench: { type: 'boolean', reason: 'bench probes are not built yet' },
  mode: { type: 'string', reason: 'only tracing is built' },
  'no-feature': { type: 'string', reason: 'how probes attach is chosen by what this host can do' },
  'traceable-functions': { type: 'string', reason: 'kernel functions are taken from BTF' },
  'dwarf-pid': { type: 'string', reason: 'stacks are not unwound by DWARF yet' },
  debuginfo: { type: 'string', reason: 'debug files are not read yet' },
  'usdt-file-activation': { type: 'boolean', reason: 'USDT probes are switched on through the probe itself' },
};

const parse = (args: string[]) => parseArgs({ args, options: OPTIONS, allowPositionals: true });
export type Flags = ReturnType<typeof parse>['values'];

/** Throws Refusal for a flag of bpftrace's that is not here, the errors of parseArgs for anything else wrong. */
export function parseFlags(args: string[]): ReturnType<typeof parse> {
  const end = args.indexOf('--');
  const { tokens } = parseArgs({
    args: end < 0 ? args : args.slice(0, end),
    options: { ...OPTIONS, ...REFUSED },
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== 'option' || Object.hasOwn(OPTIONS, token.name)) continue;
    // Known to neither: the strict parser says so.
    if (!Object.hasOwn(REFUSED, token.name)) break;
    throw new Refusal(`${token.rawName} is not supported`, REFUSED[token.name]!.reason);
  }
  return parse(args);
}

const PID_MAX = 4_194_304;

/** What to run, `rest` being the words behind the program. Throws Refusal and UsageError. */
export function inputOf(program: Program, flags: Flags, rest: string[]): RunInput {
  const { file, source, language, directory } = program;
  const isOption = (text: string) => /^--\w/.test(text);
  const positional = rest.filter(text => !isOption(text));
  const given = Object.fromEntries(rest.filter(isOption).map(optionOf));
  if (language === 'bpf-c' && positional.length > 0)
    throw new UsageError(`unexpected argument: ${positional[0]}`);
  if (language === 'bpftrace') expectOptions(source, Object.keys(given));
  const params = parseAssignments(flags.param);
  return {
    notebook: 'trace',
    directory,
    cell: { id: 'trace', language, source },
    headers: [],
    file,
    inheritOutput: true,
    include: flags.include,
    ...(language === 'bpftrace'
      ? { params, named: given, config: configOf(process.env) }
      : { params: { ...Object.fromEntries(Object.entries(given).map(underscored)), ...params } }),
    ...(positional.length > 0 ? { positional } : {}),
    ...(flags.cmd === undefined ? {} : { workload: commandOf(flags.cmd) }),
    ...(flags.pid === undefined ? {} : { pid: pidOf(flags.pid) }),
    ...(flags.duration === undefined ? {} : { durationMs: durationOf(flags.duration) }),
    ...(flags['dry-run'] ? { dryRun: true } : {}),
    ...(flags.unsafe ? { unsafe: true } : {}),
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

/** `--name=value`, or `--name` for a flag. */
function optionOf(text: string): [name: string, value: string] {
  const [, name = '', value = ''] = /^--([^=]*)=?(.*)$/s.exec(text) ?? [];
  return [name, value];
}

/** `min-duration-ns=5` is how a shell likes to spell `min_duration_ns=5`. */
const underscored = ([name, value]: [string, string]) => [name.replace(/-/g, '_'), value] as const;

function expectOptions(source: string, given: string[]): void {
  const known = scriptOptions(source).map(({ name }) => name);
  const unexpected = given.filter(name => !known.includes(name));
  if (unexpected.length === 0) return;
  const list = (names: string[]) => names.map(name => `--${name}`).join(', ');
  throw new Refusal(
    `unexpected program command line options: ${list(unexpected)}`,
    known.length > 0 ? `expected program options: ${list(known)}` : 'the program takes no options',
  );
}

/** What `-- --help` shows: the options that a program declares. */
export function scriptHelp({ file, source }: Program): string {
  const rows = scriptOptions(source).map(({ name, default: value, description }) => {
    const option = `--${name}${value === undefined ? '' : `=${value}`}`;
    return `  ${option.padEnd(24)}${description ? ` ${description}` : ''}`.trimEnd();
  });
  return rows.length > 0 ? `OPTIONS of ${file}:\n${rows.join('\n')}\n` : `${file} takes no options\n`;
}

function commandOf(text: string): string[] {
  const words = splitWords(text) ?? ['/bin/sh', '-c', text];
  if (words.length === 0) throw new UsageError('-c needs a command');
  return words;
}

function pidOf(text: string): number {
  const pid = Number.parseInt(text, 10);
  if (!/^\d+$/.test(text)) {
    const reason = Number.isNaN(pid) ? 'not a number' : 'invalid trailing bytes';
    throw new Refusal(`Failed to parse pid: ${reason}: ${text}`);
  }
  if (pid < 1 || pid > PID_MAX) throw new Refusal(`Pid out of range: ${text}`);
  if (!existsSync(`/proc/${pid}`)) throw new Refusal(`there is no process ${pid}`);
  return pid;
}

function durationOf(text: string): number {
  const duration = parseDuration(text);
  if (duration === undefined)
    throw new UsageError(`--duration takes a time such as 5s or 500ms, not ${text}`);
  return duration;
}

function filterOf(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw new Refusal(`--probe-filter: ${(error as Error).message}`);
  }
}
