/** `ebpfnb trace`: one program at a terminal, with bpftrace's flags and output. */
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Diagnostic } from '../errors.ts';
import type { CellLayout } from '../layout.ts';
import { parseDuration } from '../notebook/index.ts';
import { NotebookKernel } from '../session/kernel.ts';
import type { Run, RunInput } from '../session/run.ts';
import { splitWords } from '../session/words.ts';
import { type StreamOptions, TextStream } from '../views/index.ts';
import { type Command, oneOf, parseAssignments, UsageError } from './command.ts';
import { diagnosticText } from './diagnostics.ts';
import { listMatching } from './list.ts';
import { type Program, readProgram } from './program.ts';
import { BUFFERING, Output, onInterrupt, say, terminalElevation } from './terminal.ts';

const HELP = `  -e PROG            the program; else FILE.bt or FILE.bpf.c ("-": standard input)
  -c CMD             start CMD once all probes are attached, end when it ends; its pid is cpid
  -p PID             trace only this process, end when it ends
  -f text|json       form of the output
  -o FILE            write the output to FILE
  -B line|full|none  when output is written out
  -q                 print no messages, only the output
  -v                 print whole logs with errors
  -I DIR             look for headers in DIR too
  -l [PATTERN]       list probes, as "ebpfnb list" does; with -v their arguments
  --duration TIME    end after TIME: 5s, 500ms, 2m
  --param NAME=VALUE set a parameter (a "const volatile" global, or 1, 2, … for $1, $2, …)
  --no-warnings      print errors only
  --dry-run          end once everything is attached
  -- ARGS            $1, $2, … of a bpftrace program; --name=value sets a parameter

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
  duration: { type: 'string' },
  param: { type: 'string', multiple: true, default: [] as string[] },
  'no-warnings': { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
} as const;

const parse = (args: string[]) => parseArgs({ args, options: OPTIONS, allowPositionals: true });
type Flags = ReturnType<typeof parse>['values'];

const PID_MAX = 4_194_304;
/** How often -p looks whether its process is still there, ms. */
const PID_CHECK_MS = 250;

export const trace: Command = {
  name: 'trace',
  usage: '(-e PROG | FILE) [flags] [-- ARGS]',
  summary: 'run one program in this terminal',
  help: HELP,
  async run(args) {
    const { values: flags, positionals } = parse(args);
    if (flags.list) return listMatching(positionals[0] ?? '*', flags.verbose);
    const file = flags.execute === undefined ? positionals.shift() : undefined;
    const program = readProgram(flags.execute, file);
    return new Trace(program, flags, inputOf(program, flags, positionals)).run();
  },
};

function inputOf(program: Program, flags: Flags, rest: string[]): RunInput {
  const named = rest.filter(text => /^--\w[\w-]*=/.test(text)).map(text => text.slice(2));
  const positional = rest.filter(text => !text.startsWith('--'));
  if (program.language === 'bpf-c' && positional.length > 0)
    throw new UsageError(`unexpected argument: ${positional[0]}`);
  const params = parseAssignments([...named.map(underscored), ...flags.param]);
  const { source, language, directory } = program;
  return {
    notebook: 'trace',
    directory,
    cell: { id: 'trace', language, source },
    headers: [],
    params,
    inheritOutput: true,
    include: flags.include,
    ...(positional.length > 0 ? { positional } : {}),
    ...(flags.cmd === undefined ? {} : { workload: commandOf(flags.cmd) }),
    ...(flags.pid === undefined ? {} : { pid: pidOf(flags.pid) }),
    ...(flags.duration === undefined ? {} : { durationMs: durationOf(flags.duration) }),
  };
}

/** `min-duration-ns=5` is how a shell likes to spell `min_duration_ns=5`. */
const underscored = (text: string) => text.replace(/^[^=]*/, name => name.replace(/-/g, '_'));

function commandOf(text: string): string[] {
  const words = splitWords(text) ?? ['/bin/sh', '-c', text];
  if (words.length === 0) throw new UsageError('-c needs a command');
  return words;
}

function pidOf(text: string): number {
  const pid = Number.parseInt(text, 10);
  if (!/^\d+$/.test(text)) {
    throw new UsageError(
      `Failed to parse pid: ${Number.isNaN(pid) ? 'not a number' : 'invalid trailing bytes'}: ${text}`,
    );
  }
  if (pid < 1 || pid > PID_MAX) throw new UsageError(`Pid out of range: ${text}`);
  if (!existsSync(`/proc/${pid}`)) throw new UsageError(`there is no process ${pid}`);
  return pid;
}

function durationOf(text: string): number {
  const duration = parseDuration(text);
  if (duration === undefined)
    throw new UsageError(`--duration takes a time such as 5s or 500ms, not ${text}`);
  return duration;
}

/** One traced program, from start to exit status. */
class Trace {
  readonly #output: Output;
  readonly #format: 'text' | 'json';
  readonly #kernel: NotebookKernel;
  #stream?: TextStream;
  #layout?: CellLayout;
  #told = 0;
  #closed = false;

  constructor(
    readonly program: Program,
    readonly flags: Flags,
    readonly input: RunInput,
  ) {
    this.#format = oneOf('-f', flags.format, ['text', 'json']);
    this.#output = new Output(flags.output, oneOf('-B', flags.buffer, BUFFERING));
    this.#kernel = new NotebookKernel(terminalElevation, {
      phase: run => this.#phase(run),
      ended: () => {},
      delta: () => {},
      loaderEnded: () => {},
      opened: (_, layout, stream) => this.#opened(layout, stream),
      batch: (_, batch) => this.#output.write(this.#stream!.write(batch)),
    });
  }

  async run(): Promise<number> {
    const run = this.#kernel.start(this.input);
    this.#output.onClosed = () => {
      this.#closed = true;
      run.end('stopped');
    };
    onInterrupt(() => run.end('stopped'));
    const watch = this.#watchProcess(run);
    const { diagnostics, reason, exitCode, totals } = await run.ended;
    clearInterval(watch);
    this.#tell(diagnostics);
    if (this.#stream && reason !== 'failed') this.#output.write(this.#stream.atEnd());
    if (totals.dropped > 0) this.#lost(totals.dropped);
    this.#output.close();
    await this.#kernel.close();
    return reason === 'failed' && !this.#closed ? 1 : (exitCode ?? 0);
  }

  #opened(layout: CellLayout, stream: StreamOptions): void {
    this.#layout = layout;
    this.#stream = new TextStream(layout, { ...stream, format: this.#format });
  }

  #phase(run: Run): void {
    this.#tell(run.diagnostics);
    if (run.phase !== 'stream') return;
    this.#attached(this.#layout!.programs.length);
    if (this.flags['dry-run']) run.end('stopped');
  }

  #attached(probes: number): void {
    const isBpftrace = this.program.language === 'bpftrace';
    if (this.flags.quiet) {
      // Nothing is said.
    } else if (this.#format === 'json' && isBpftrace) {
      this.#output.write(`${JSON.stringify({ type: 'attached_probes', count: probes, data: { probes } })}\n`);
    } else {
      say(`Attached ${probes} probe${probes === 1 ? '' : 's'}\n`);
    }
    // Test runners written for bpftrace wait for this line.
    if (process.env['__BPFTRACE_NOTIFY_PROBES_ATTACHED'] === '1') say('__BPFTRACE_NOTIFY_PROBES_ATTACHED\n');
  }

  /** Each diagnostic once, when it is first known. */
  #tell(diagnostics: Diagnostic[]): void {
    const { file, source } = this.program;
    for (const diagnostic of diagnostics.slice(this.#told)) {
      if (diagnostic.severity !== 'error' && (this.flags['no-warnings'] || this.flags.quiet)) continue;
      say(diagnosticText(diagnostic, { file, source, verbose: this.flags.verbose }));
    }
    this.#told = diagnostics.length;
  }

  #lost(events: number): void {
    if (this.#format === 'json')
      this.#output.write(`${JSON.stringify({ type: 'lost_events', count: events, data: { events } })}\n`);
    else say(`Lost ${events} events\n`);
  }

  #watchProcess(run: Run): NodeJS.Timeout | undefined {
    const { pid } = this.input;
    if (pid === undefined) return undefined;
    return setInterval(() => {
      if (!running(pid)) run.end('workload');
    }, PID_CHECK_MS);
  }
}

/** A zombie runs no more, but keeps its folder in /proc until its parent asks. */
function running(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat[stat.lastIndexOf(')') + 2] !== 'Z';
  } catch {
    return false;
  }
}
