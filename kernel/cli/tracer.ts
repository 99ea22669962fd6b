/** One program traced at a terminal, from start to exit status: its output, and what is said beside it. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CellError, type Diagnostic } from '../errors.ts';
import type { CellLayout } from '../layout.ts';
import { OPTIONAL_FEATURES, type OptionalFeature } from '../loader/protocol.ts';
import type { DetachedProbe } from '../session/guard.ts';
import { NotebookKernel } from '../session/kernel.ts';
import type { Run, RunInput } from '../session/run.ts';
import { TracingRun } from '../session/tracing.ts';
import type { Trial } from '../session/trials.ts';
import type { WorkloadEnd } from '../session/workload.ts';
import { textOf } from '../utf8.ts';
import { jsonString, type Performed, type StreamOptions, TextStream } from '../views/index.ts';
import { CommandError, oneOf } from './command.ts';
import { diagnosticText } from './diagnostics.ts';
import type { Flags } from './flags.ts';
import { llvm, object } from './forms.ts';
import { canShowLive, mapsOf, showLive } from './live.ts';
import { detachedJson, LossTeller } from './losses.ts';
import { whenGone } from './pid.ts';
import type { Program } from './program.ts';
import { Progress } from './progress.ts';
import { Screen } from './screen.ts';
import { needLog, type StageName, stagesOf, textBefore, textLoaded } from './stages.ts';
import { BUFFERING, colored, Output, onInterrupt, safeMessage, terminalElevation } from './terminal.ts';
import { TrialReporter, trialName } from './trials.ts';

const FAILED = 1;

/** How often it is looked whether records were lost, ms. */
const LOST_CHECK_MS = 1_000;

export class Tracer {
  readonly #screen: Screen;
  readonly #json: boolean;
  readonly #colors = colored();
  readonly #progress: Progress;
  readonly #stages: StageName[];
  readonly #kernel: NotebookKernel;
  readonly #losses: LossTeller;
  #stream?: TextStream;
  /** What a trial writes is text even in JSON. */
  #trialStream?: TextStream;
  #layout?: CellLayout;
  /** What `begin` programs wrote while others were still being attached; undefined once it is shown. */
  #early?: { batch: Buffer; performed: readonly Performed[] }[] | undefined = [];
  #trials?: TrialReporter;
  /** What the trial that runs has written, and how many errors it told of; others write to the output. */
  #captured?: { output: string; errors: number } | undefined;
  #told = 0;
  #closed = false;

  /** Throws CommandError for an output that cannot be. */
  constructor(
    readonly program: Program,
    readonly flags: Flags,
    readonly input: RunInput,
  ) {
    if (!['text', 'json'].includes(flags.format))
      throw new CommandError('output-format', { given: flags.format });
    this.#json = flags.format === 'json';
    this.#stages = stagesOf(flags.debug);
    this.#screen = new Screen(openOutput(flags));
    this.#losses = new LossTeller({
      json: this.#json,
      write: text => this.#screen.write(text),
      say: text => this.#screen.tell(text),
      warn: text => this.#warn(text),
      text: problem => this.#text(problem),
    });
    this.#progress = new Progress(flags.quiet);
    this.#kernel = new NotebookKernel(
      {
        ...terminalElevation,
        writes: Boolean(input.unsafe),
        without: unwanted(flags),
        debugFolders: debugFolders(flags),
      },
      {
        phase: run => this.#phase(run),
        ended: () => {},
        delta: () => {},
        loaderEnded: () => {},
        loaded: (_, log) => this.#screen.write(textLoaded(this.#stages, log)),
        opened: (_, layout, stream) => this.#opened(layout, stream),
        batch: (_, batch, performed) => this.#batch(batch, performed),
        output: (_run, _stream, bytes) => this.#written(textOf(bytes)),
        tried: (_, trial) => this.#tried(trial),
        workloadEnded: (_, end) => this.#workloadEnded(end),
        detached: (run, cost) => this.#detached(run, cost),
      },
    );
  }

  /** Prints and writes what was asked for of the program itself, then runs it unless that was all. */
  async run(compileOnly: boolean): Promise<number> {
    try {
      await this.#emit();
      if (compileOnly) await object(this.#kernel, this.input);
    } catch (error) {
      if (!(error instanceof CellError)) throw error;
      this.#tell(error.diagnostics);
      await this.#kernel.close();
      return FAILED;
    }
    if (!compileOnly) return this.#trace();
    this.#screen.close();
    await this.#kernel.close();
    return 0;
  }

  async #emit(): Promise<void> {
    const { 'emit-elf': elf, 'emit-llvm': ir } = this.flags;
    this.#screen.write(await textBefore(this.#stages, this.#kernel, this.input));
    if (elf !== undefined) writeFileSync(elf, await object(this.#kernel, this.input));
    if (ir === undefined) return;
    writeFileSync(`${ir}.original.ll`, await llvm(false)(this.#kernel, this.input));
    writeFileSync(`${ir}.optimized.ll`, await llvm(true)(this.#kernel, this.input));
  }

  async #trace(): Promise<number> {
    const run = this.#kernel.start({ ...this.input, logged: needLog(this.#stages) });
    let failure: CommandError | undefined;
    this.#screen.onClosed = reason => {
      failure = reason;
      this.#closed = true;
      run.end('stopped');
    };
    const hideLive = this.#showLive(run);
    onInterrupt(() => {
      hideLive();
      run.end('stopped');
    });
    const onSignal = (signal: NodeJS.Signals) => void (run instanceof TracingRun && run.signal(signal));
    process.on('SIGUSR1', onSignal);
    const stopWatching =
      this.input.pid === undefined ? () => {} : whenGone(this.input.pid, () => run.end('workload'));
    const lostCheck = setInterval(() => this.#losses.tell(run.losses), LOST_CHECK_MS);
    const { diagnostics, losses = [], reason, exitCode } = await run.ended;
    stopWatching();
    hideLive();
    clearInterval(lostCheck);
    this.#tell(diagnostics);
    this.#losses.tellAll(losses);
    const shown = reason !== 'failed' && !this.input.dryRun && !this.#trials;
    // Ended while others were still being attached.
    if (shown) this.#showEarly();
    if (this.#stream && shown) this.#screen.write(this.#stream.atEnd());
    this.#screen.close();
    await this.#kernel.close();
    if (failure) throw failure;
    if (this.#trials?.failed) return FAILED;
    return reason === 'failed' && !this.#closed ? FAILED : (exitCode ?? 0);
  }

  /** Maps as they change, where a person looks on. What a traced command writes would get in between. */
  #showLive(run: Run): () => void {
    const { output, quiet, 'no-live': unwanted } = this.flags;
    const { trials, dryRun } = this.input;
    const workload = this.input.workload ?? run.options.workload;
    const disturbed = output !== undefined || this.#json || workload || trials || dryRun;
    if (quiet || unwanted || disturbed || !canShowLive()) return () => {};
    return showLive(this.#screen, { watched: () => [{ run }], shown: mapsOf, always: false });
  }

  #opened(layout: CellLayout, stream: StreamOptions): void {
    this.#layout = layout;
    const message = (text: string, level: 'error' | 'warning') => this.#message(text, level);
    const flush = (text: string) => this.#write(text);
    const options = { ...stream, safe: this.#screen.safe, safeMessage, message, flush };
    this.#stream = new TextStream(layout, { ...options, format: this.#json ? 'json' : 'text' });
    const { trials } = this.input;
    if (!trials) return;
    this.#trialStream = new TextStream(layout, { ...options, format: 'text' });
    const names = layout.programs
      .filter(({ attach }) => attach.kind === 'trial')
      .map(({ probe }) => trialName(probe));
    this.#trials = new TrialReporter(trials, names, this.#json, process.env['BPFTRACE_COLOR'] !== 'never');
  }

  /** Of the program itself. */
  #message(text: string, level: 'error' | 'warning'): void {
    if (this.#captured) {
      this.#captured.output += text;
      if (level === 'error') this.#captured.errors++;
    } else if (level === 'error') this.#screen.tell(text);
    else this.#warn(text);
  }

  #phase(run: Run): void {
    this.#tell(run.diagnostics);
    const { phase, attaching } = run.head();
    this.#progress.show(attaching);
    if (phase === 'attach' && !attaching && this.flags.verbose)
      for (const { probe } of this.#layout!.programs) this.#screen.tell(`Attaching probe ${probe}\n`);
    if (phase === 'stream') this.#attached(run.attachedPlaces);
  }

  #attached(probes: number): void {
    if (this.flags.quiet || this.#trials) {
      // Nothing is said.
    } else if (this.#json && this.program.language === 'bpftrace') {
      this.#screen.write(`{"type": "attached_probes", "count": ${probes}, "data": {"probes": ${probes}}}\n`);
    } else {
      this.#screen.tell(`Attached ${probes} probe${probes === 1 ? '' : 's'}\n`);
    }
    // Test runners written for bpftrace wait for this line, wherever the output goes.
    if (process.env['__BPFTRACE_NOTIFY_PROBES_ATTACHED'] !== undefined) {
      this.#screen.flush();
      new Output().write('__BPFTRACE_NOTIFY_PROBES_ATTACHED\n');
    }
    // As with bpftrace, what `begin` prints counts to the first trial.
    if (this.#trials?.done === false) this.#capture();
    this.#showEarly();
  }

  #showEarly(): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const { batch, performed } of early) this.#batch(batch, performed);
  }

  #batch(batch: Buffer, performed: readonly Performed[]): void {
    if (this.#early) this.#early.push({ batch, performed });
    else this.#write((this.#captured ? this.#trialStream : this.#stream)!.write(batch, performed));
  }

  #write(text: string): void {
    if (this.#captured) this.#captured.output += text;
    else this.#screen.write(text);
  }

  /** By an iterator, as if by printf: a workload writes where this process does. */
  #written(text: string): void {
    if (this.#json) this.#write(`{"type": "printf", "data": ${jsonString(text)}}\n`);
    else this.#write(this.#screen.safe(text));
  }

  #capture(): void {
    this.#captured = { output: '', errors: 0 };
  }

  #tried(trial: Trial): void {
    const { text, message } = this.#trials!.report({ trial, ...this.#captured! });
    this.#screen.write(text);
    if (message) this.#screen.tell(message);
    // What `end` writes behind the last one belongs to none.
    if (this.#trials!.done) this.#captured = undefined;
    else this.#capture();
  }

  /** Each diagnostic once, when it is first known. */
  #tell(diagnostics: Diagnostic[]): void {
    for (const diagnostic of diagnostics.slice(this.#told)) {
      if (this.flags.quiet && diagnostic.severity === 'hint') continue;
      const text = this.#text(diagnostic);
      if (diagnostic.severity === 'error') this.#screen.tell(text);
      else this.#warn(text);
    }
    this.#told = diagnostics.length;
  }

  /** A warning. */
  #warn(text: string): void {
    if (!this.flags['no-warnings']) this.#screen.tell(text);
  }

  #text(diagnostic: Diagnostic): string {
    const { file, source } = this.program;
    return diagnosticText(diagnostic, { file, source, verbose: this.flags.verbose, colors: this.#colors });
  }

  #detached(run: Run, cost: DetachedProbe): void {
    this.#tell(run.diagnostics);
    if (this.#json) this.#screen.write(detachedJson(cost));
  }

  #workloadEnded({ code, signal }: WorkloadEnd): void {
    if (!this.flags.verbose) return;
    this.#screen.tell(
      signal ? `Child terminated by signal: ${signal}\n` : `Child exited with code: ${code}\n`,
    );
  }
}

function openOutput({ output, buffer }: Flags): Output {
  const buffering = oneOf('-B', buffer, BUFFERING);
  try {
    return new Output(output, buffering);
  } catch (error) {
    throw new CommandError('output-file', { file: output ?? '', reason: (error as Error).message });
  }
}

/** From `--debuginfo`. A sign in front says whether checksums are compared: build ids always are. */
const debugFolders = ({ debuginfo }: Flags) =>
  debuginfo
    .flatMap(given => given.split(':'))
    .map(folder => folder.replace(/^[-+]/, ''))
    .filter(Boolean)
    .map(folder => resolve(folder));

/** From `--no-feature`. */
function unwanted({ 'no-feature': given }: Flags): OptionalFeature[] {
  const names = given.flatMap(text => text.split(','));
  return names.map(name => oneOf('--no-feature', name, OPTIONAL_FEATURES));
}
