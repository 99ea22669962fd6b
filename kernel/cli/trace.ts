/** `ebpfnb trace`: one program at a terminal, with bpftrace's flags and output. */
import { readFileSync } from 'node:fs';
import type { Diagnostic } from '../errors.ts';
import type { CellLayout } from '../layout.ts';
import { NotebookKernel } from '../session/kernel.ts';
import type { Run, RunInput } from '../session/run.ts';
import { type StreamOptions, TextStream } from '../views/index.ts';
import { type Command, oneOf, Refusal } from './command.ts';
import { diagnosticText } from './diagnostics.ts';
import { type Flags, HELP, inputOf, parseFlags, scriptHelp } from './flags.ts';
import { infoText } from './info.ts';
import { listMatching } from './list.ts';
import { type Program, readProgram } from './program.ts';
import { BUFFERING, Output, onInterrupt, say, terminalElevation } from './terminal.ts';
import { versionText } from './version.ts';

/** How often -p looks whether its process is still there, ms. */
const PID_CHECK_MS = 250;

export const trace: Command = {
  name: 'trace',
  usage: '(-e PROG | FILE) [flags] [-- ARGS]',
  summary: 'run one program in this terminal',
  help: HELP,
  async run(args) {
    const { values: flags, positionals } = parseFlags(args);
    if (flags.version) return print(versionText());
    if (flags.info) return print(await infoText());
    if (flags.list) return listMatching(positionals[0] ?? '*', flags.verbose);
    const file = flags.execute === undefined ? positionals.shift() : undefined;
    const program = readProgram(flags.execute, file);
    if (positionals.includes('--help')) return print(scriptHelp(program));
    return new Trace(program, flags, inputOf(program, flags, positionals)).run();
  },
};

function print(text: string): number {
  const output = new Output();
  output.write(text);
  output.close();
  return 0;
}

function formatOf(text: string): 'text' | 'json' {
  if (text === 'text' || text === 'json') return text;
  throw new Refusal(`Invalid output format "${text}"`, 'Valid formats: text, json');
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
    this.#format = formatOf(flags.format);
    this.#output = new Output(flags.output, oneOf('-B', flags.buffer, BUFFERING));
    this.#kernel = new NotebookKernel(terminalElevation, {
      phase: run => this.#phase(run),
      ended: () => {},
      delta: () => {},
      loaderEnded: () => {},
      opened: (_, layout, stream) => this.#opened(layout, stream),
      batch: (_, batch, performed) => this.#output.write(this.#stream!.write(batch, performed)),
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
    if (this.#stream && reason !== 'failed' && !this.input.dryRun) this.#output.write(this.#stream.atEnd());
    if (totals.dropped > 0) this.#lost(totals.dropped);
    this.#output.close();
    await this.#kernel.close();
    return reason === 'failed' && !this.#closed ? 1 : (exitCode ?? 0);
  }

  #opened(layout: CellLayout, stream: StreamOptions): void {
    this.#layout = layout;
    this.#stream = new TextStream(layout, {
      ...stream,
      format: this.#format,
      message: (text, level) => {
        if (level === 'error' || !this.flags['no-warnings']) say(text);
      },
    });
  }

  #phase(run: Run): void {
    this.#tell(run.diagnostics);
    if (run.phase === 'stream') this.#attached(this.#layout!.programs.length);
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
