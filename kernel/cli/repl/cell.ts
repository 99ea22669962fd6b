/** One input of a REPL as a cell: what it prints, what is wrong with it, and how it stands. */
import type { Diagnostic } from '../../errors.ts';
import type { CellLayout } from '../../layout.ts';
import type { Run, RunInput } from '../../session/run.ts';
import { type Performed, type StreamOptions, TextStream } from '../../views/index.ts';
import { diagnosticText } from '../diagnostics.ts';
import type { Screen } from '../screen.ts';
import { colored, safeMessage } from '../terminal.ts';

export class ReplCell {
  run!: Run;
  /** Others are typed and run meanwhile: its output comes in whole lines. */
  background = false;
  /** Takes away what is shown while it is live. */
  hideLive: () => void = () => {};
  /** Resolves when its probes are attached, or it is over. */
  readonly started: Promise<void>;
  #start!: () => void;
  #stream: TextStream | undefined;
  #layout: CellLayout | undefined;
  /** The beginning of a line. */
  #begun = '';
  #told = 0;

  constructor(
    readonly number: number,
    readonly input: RunInput,
    readonly screen: Screen,
  ) {
    this.started = new Promise(resolve => {
      this.#start = resolve;
    });
  }

  /** By a command that it traces, a duration, exit(), or because only `begin` and `end` are there to be run. */
  get endsByItself(): boolean {
    const { options, input } = this.run;
    if (options.durationMs !== undefined || options.workload !== undefined || input.workload) return true;
    const { programs = [], records = [] } = this.#layout ?? {};
    return (
      records.some(({ action }) => action.do === 'exit') ||
      programs.every(({ attach }) => attach.kind === 'begin' || attach.kind === 'end')
    );
  }

  opened(layout: CellLayout, stream: StreamOptions): void {
    this.#layout = layout;
    this.#stream = new TextStream(layout, {
      ...stream,
      format: 'text',
      safe: this.screen.safe,
      safeMessage,
      message: text => this.screen.say(text),
    });
  }

  batch(batch: Buffer, performed: readonly Performed[]): void {
    this.write(this.#stream!.write(batch, performed));
  }

  write(text: string): void {
    if (!this.background) {
      this.screen.write(text);
      return;
    }
    const end = text.lastIndexOf('\n') + 1;
    if (end > 0) this.screen.write(this.#begun + text.slice(0, end));
    this.#begun = (end > 0 ? '' : this.#begun) + text.slice(end);
  }

  phase(): void {
    this.#tell();
    if (this.run.phase === 'stream') this.#start();
  }

  /** Each diagnostic once, when it is first known. */
  #tell(): void {
    const { diagnostics } = this.run;
    for (const diagnostic of diagnostics.slice(this.#told)) this.#say(diagnostic);
    this.#told = diagnostics.length;
  }

  #say(diagnostic: Diagnostic): void {
    const { cell, file = '' } = this.input;
    this.screen.say(diagnosticText(diagnostic, { file, source: cell.source, colors: colored() }));
  }

  /** The final output: the maps that it owns. */
  ended(): void {
    this.hideLive();
    this.#tell();
    this.screen.write(this.#begun);
    this.screen.endLine();
    this.#start();
    if (this.run.failed) return;
    for (const { problem } of this.run.losses) this.#say(problem);
    this.screen.write(this.#stream?.atEnd().replace(/^\n+/, '') ?? '');
  }

  /** `live`, or how it ended. */
  get state(): string {
    const { phase, reason = '', elapsedMs } = this.run.head();
    return `${phase === 'stream' ? 'live' : phase === 'ended' ? reason : phase}, ${(elapsedMs / 1000).toFixed(1)} s`;
  }
}
