/** The flags of `trace`, one table: bpftrace's, each accepted or refused with a reason, and a few of ours. */
import { parseArgs } from 'node:util';
import { CommandError } from './command.ts';

const texts: string[] = [];

/** `value` is what stands for it in the help; flags without one are on or off. */
export const FLAGS = {
  execute: { type: 'string', short: 'e', value: 'PROG', help: 'the program' },
  list: {
    type: 'boolean',
    short: 'l',
    default: false,
    help: 'list the probes that match a pattern, or those of a program; with -v their arguments',
  },
  verbose: {
    type: 'boolean',
    short: 'v',
    default: false,
    help: 'say what is attached, and print whole logs with errors',
  },
  version: { type: 'boolean', short: 'V', default: false, help: 'print the versions' },
  info: { type: 'boolean', default: false, help: 'print what this host can do' },

  pid: {
    type: 'string',
    short: 'p',
    value: 'PID',
    help: 'trace only this process, and end when it ends',
  },
  cmd: {
    type: 'string',
    short: 'c',
    value: 'CMD',
    help: 'start CMD once all probes are attached, and end when it ends; its pid is cpid',
  },
  duration: { type: 'string', value: 'TIME', help: 'end after TIME: 5s, 500ms, 2m' },
  'usdt-file-activation': {
    type: 'boolean',
    default: false,
    help: 'accepted: Linux itself switches USDT probes on',
  },

  output: { type: 'string', short: 'o', value: 'FILE', help: 'write the output to FILE' },
  format: { type: 'string', short: 'f', default: 'text', value: 'FORMAT', help: "'text' or 'json'" },
  buffer: {
    type: 'string',
    short: 'B',
    default: 'line',
    value: 'MODE',
    help: "when output is written out: 'line', 'full' or 'none'",
  },
  quiet: { type: 'boolean', short: 'q', default: false, help: 'print no messages, only the output' },
  'no-live': {
    type: 'boolean',
    default: false,
    help: 'at a terminal, do not show maps below the output while they change',
  },
  warnings: {
    type: 'boolean',
    short: 'k',
    default: false,
    help: 'tell of reads of memory that fail, too',
  },
  'no-warnings': { type: 'boolean', default: false, help: 'print errors only' },

  'include-dir': {
    type: 'string',
    short: 'I',
    multiple: true,
    default: texts,
    value: 'DIR',
    help: 'look for headers in DIR, too',
  },
  include: {
    type: 'string',
    multiple: true,
    default: texts,
    value: 'FILE',
    help: 'as #include "FILE" before the program',
  },
  param: {
    type: 'string',
    multiple: true,
    default: texts,
    value: 'NAME=VALUE',
    help: 'set a parameter (a "const volatile" global, or 1, 2, … for $1, $2, …)',
  },
  'traceable-functions': {
    type: 'string',
    value: 'FILE',
    help: 'list kernel functions from FILE, a copy of available_filter_functions',
  },
  'probe-filter': {
    type: 'string',
    value: 'REGEX',
    help: 'attach only probes whose name matches, and begin and end',
  },
  debuginfo: {
    type: 'string',
    multiple: true,
    default: texts,
    value: 'DIR:…',
    help: 'look for debug files of programs in these folders, too',
  },
  'no-feature': {
    type: 'string',
    multiple: true,
    default: texts,
    value: 'FEATURE,…',
    help: 'kprobe_multi, kprobe_session, uprobe_multi, kprobe, fentry: what Linux has, but shall not be used',
  },
  unsafe: {
    type: 'boolean',
    default: false,
    help: 'allow what changes the traced system, such as system() and signal()',
  },
  'cpu-limit': {
    type: 'string',
    value: 'PERCENT',
    help: 'detach a probe that takes more than PERCENT of one CPU for three seconds',
  },

  mode: {
    type: 'string',
    value: 'MODE',
    help: "'codegen': only compile; 'test', 'bench', 'format': as the flags below",
  },
  test: { type: 'boolean', default: false, help: 'run the test probes, and say which failed' },
  bench: { type: 'boolean', default: false, help: 'run the bench probes, and say how long each takes' },
  fmt: { type: 'boolean', default: false, help: 'print the program, formatted' },
  'dry-run': { type: 'boolean', default: false, help: 'attach everything, run nothing' },
  debug: {
    type: 'string',
    short: 'd',
    multiple: true,
    default: texts,
    value: 'STAGE,…',
    help: 'print what the program becomes: ast, types, codegen, codegen-opt, dis, libbpf, verifier, all',
  },
  'emit-elf': { type: 'string', value: 'FILE', help: 'write the object to FILE, and run nothing' },
  'emit-llvm': {
    type: 'string',
    value: 'FILE',
    help: 'write LLVM IR to FILE.original.ll and FILE.optimized.ll',
  },
  'verify-llvm-ir': { type: 'boolean', default: false, help: 'accepted: clang always does' },
  // BTF is always used; "-b" was its flag once.
  btf: { type: 'boolean', short: 'b', default: false },
} as const;

/** bpftrace's flags that do not exist here, and why. */
const REFUSED: Record<string, { type: 'string'; reason: string }> = {
  aot: {
    type: 'string',
    reason: '"ebpfnb build FILE" writes a program that runs without clang',
  },
  'dwarf-pid': { type: 'string', reason: 'stacks are unwound by frame pointers only' },
};

const parse = (args: string[]) => parseArgs({ args, options: FLAGS, allowPositionals: true });
export type Flags = ReturnType<typeof parse>['values'];

/** Throws CommandError for a flag of bpftrace's that is not here, the errors of parseArgs for anything else wrong. */
export function parseFlags(args: string[]): ReturnType<typeof parse> {
  const end = args.indexOf('--');
  const { tokens } = parseArgs({
    args: end < 0 ? args : args.slice(0, end),
    options: { ...FLAGS, ...REFUSED },
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== 'option' || Object.hasOwn(FLAGS, token.name)) continue;
    // Known to neither: the strict parser says so.
    if (!Object.hasOwn(REFUSED, token.name)) break;
    throw new CommandError('flag-refused', { flag: token.rawName, reason: REFUSED[token.name]!.reason });
  }
  const parsed = parse(args);
  if (parsed.values.warnings && parsed.values['no-warnings'])
    throw new CommandError('flags-conflict', { flag: '-k, --warnings', other: '--no-warnings' });
  return parsed;
}

interface FlagHelp {
  short?: string;
  value?: string;
  help?: string;
}

const HELP_COLUMN = 25;

function helpLine([name, { short, value, help }]: [string, FlagHelp]): string {
  if (!help) return '';
  const names = [...(short ? [`-${short}`] : []), ...(name === ONLY_SHORT[short ?? ''] ? [] : [`--${name}`])];
  const flag = `  ${names.join(', ')}${value ? ` ${value}` : ''}`;
  const gap =
    flag.length < HELP_COLUMN - 1 ? ' '.repeat(HELP_COLUMN - flag.length) : `\n${' '.repeat(HELP_COLUMN)}`;
  return `${flag}${gap}${help}\n`;
}

/** Flags that bpftrace knows by their letter alone. */
const ONLY_SHORT: Record<string, string> = {
  e: 'execute',
  f: 'format',
  B: 'buffer',
  I: 'include-dir',
  b: 'btf',
};

export const HELP = `  FILE.bt, FILE.bpf.c or TOOL.ebpf, "-" for standard input, or:
${Object.entries<FlagHelp>(FLAGS).map(helpLine).join('')}  -- ARGS                $1, $2, … of a bpftrace program; --name=value for getopt("name")

examples
  ebpfnb trace -e 'tracepoint:sched:sched_process_exec { printf("%s\\n", args.filename); }'
  ebpfnb trace -f json --duration 3s exec.bpf.c`;
