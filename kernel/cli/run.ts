/** `ebpfnb run`: a notebook from top to bottom, without an editor. */
import { writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import {
  type Notebook,
  type NotebookCell,
  panelsOnce,
  parseOptions,
  renderPanels,
  runOutput,
  stringifyNotebook,
} from '../notebook/index.ts';
import type { CellLanguage, HeaderFile, RunSnapshot } from '../protocol.ts';
import { type KernelListener, NotebookKernel } from '../session/kernel.ts';
import type { Run } from '../session/run.ts';
import { type Command, oneOf, parseAssignments, UsageError } from './command.ts';
import { diagnosticText } from './diagnostics.ts';
import { canShowLive, showLive } from './live.ts';
import { readNotebook } from './notebook.ts';
import { Screen } from './screen.ts';
import { onInterrupt, terminalElevation, terminalWidth } from './terminal.ts';

const LANGUAGES: readonly string[] = ['bpftrace', 'bpf-c', 'shellscript'] satisfies CellLanguage[];
const ROWS = 40;

export const run: Command = {
  name: 'run',
  usage: 'NB.ebpfnb [--param NAME=VALUE] [--output OUT] [-f text|json] [--no-live]',
  summary: 'run a notebook from top to bottom',
  help: `  --param NAME=VALUE  set a parameter of the cells that have it; repeatable
  --output OUT        write the notebook with its outputs to OUT (may be the notebook itself)
  -f text|json        json prints one line for each cell: its last snapshot
  --no-live           at a terminal, do not show cells while they run
  -v                  print whole logs with errors

A tracing cell with no end of its own stays live while the cells below it run, and is stopped when the last of
them has ended. The exit status is 1 when a cell fails; cells below it are then not run.`,
  async run(args) {
    const options = {
      param: { type: 'string', multiple: true, default: [] as string[] },
      output: { type: 'string' },
      format: { type: 'string', short: 'f', default: 'text' },
      'no-live': { type: 'boolean', default: false },
      verbose: { type: 'boolean', short: 'v', default: false },
    } as const;
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    const [file, ...rest] = positionals;
    if (file === undefined || rest.length > 0) throw new UsageError('give one notebook');
    const format = oneOf('-f', values.format, ['text', 'json']);
    const headless = new Headless(file, readNotebook(file), {
      params: parseAssignments(values.param),
      format,
      verbose: values.verbose,
      live: !values['no-live'],
    });
    const status = await headless.run();
    if (values.output !== undefined) writeFileSync(values.output, stringifyNotebook(headless.notebook));
    return status;
  },
};

interface HeadlessOptions {
  params: Record<string, string>;
  format: 'text' | 'json';
  /** Whole logs with errors. */
  verbose: boolean;
  /** At a terminal, cells are shown while they run. */
  live: boolean;
}

interface CellRun {
  cell: NotebookCell;
  run: Run;
}

class Headless {
  readonly #screen = new Screen();
  readonly #kernel: NotebookKernel;
  readonly #headers: HeaderFile[];
  /** Runs that go on while the cells below them run. */
  readonly #live: CellRun[] = [];
  /** The one that is waited for. */
  #current: CellRun | undefined;
  /** What a run waits for: to be attached, or ended. */
  readonly #attached = new Map<string, () => void>();
  #interrupted = false;
  #failed = false;

  constructor(
    readonly file: string,
    readonly notebook: Notebook,
    readonly options: HeadlessOptions,
  ) {
    const listener: KernelListener = {
      phase: run => run.phase === 'stream' && this.#attached.get(run.id)?.(),
      ended: run => this.#attached.get(run.id)?.(),
      delta() {},
      loaderEnded() {},
    };
    this.#kernel = new NotebookKernel(terminalElevation, listener);
    this.#headers = notebook.cells.flatMap(cell => {
      const name = cell.kind === 'code' ? parseOptions(cell.language, cell.source).options.file : undefined;
      return name === undefined ? [] : [{ name, source: cell.source }];
    });
  }

  async run(): Promise<number> {
    const hideLive = this.#showLive();
    const stop = () => {
      hideLive();
      this.#interrupted = true;
      this.#current?.run.end('stopped');
      for (const { run } of this.#live) run.end('stopped');
    };
    onInterrupt(stop);
    this.#screen.onClosed = stop;
    for (const cell of this.notebook.cells) {
      if (this.#failed || this.#interrupted) break;
      if (cell.kind === 'markdown') this.#headings(cell);
      if (cell.kind !== 'code' || !LANGUAGES.includes(cell.language)) continue;
      this.#current = { cell, run: this.#kernel.start(this.#request(cell)) };
      await this.#turn(cell, this.#current.run);
      this.#current = undefined;
    }
    for (const { cell, run } of this.#live) {
      run.end('stopped');
      this.#show(cell, await run.ended);
    }
    hideLive();
    this.#screen.close();
    await this.#kernel.close();
    return this.#failed ? 1 : 0;
  }

  /** What runs, as it changes, where a person looks on; with its output it is shown again, as a whole. */
  #showLive(): () => void {
    if (!this.options.live || this.options.format === 'json' || !canShowLive()) return () => {};
    const watched = () =>
      [...this.#live, ...(this.#current ? [this.#current] : [])].map(({ cell, run }) => ({
        run,
        name: nameOf(cell),
      }));
    return showLive(this.#screen, { watched, shown: panels => panelsOnce({ panels }), always: true });
  }

  /** Waits until the next cell may start: this one has ended, or has no end of its own and is attached. */
  async #turn(cell: NotebookCell, run: Run): Promise<void> {
    const { options } = run;
    const ends =
      cell.language === 'shellscript' || options.durationMs !== undefined || options.workload !== undefined;
    const attached = new Promise<void>(resolve => this.#attached.set(run.id, resolve));
    await (ends ? run.ended : attached);
    this.#attached.delete(run.id);
    if (run.alive) this.#live.push({ cell, run });
    else if (options.file === undefined) this.#show(cell, await run.ended);
  }

  #request(cell: NotebookCell) {
    const path = resolve(this.file);
    // Each cell gets the parameters it mentions; the others are meant for other cells.
    const mentioned = Object.entries(this.options.params).filter(([name]) =>
      new RegExp(`(?<!\\w)${name}(?!\\w)`).test(cell.source),
    );
    return {
      notebook: path,
      directory: dirname(path),
      cell: { id: cell.id, language: cell.language as CellLanguage, source: cell.source },
      headers: this.#headers,
      params: Object.fromEntries(mentioned),
    };
  }

  #headings({ source }: NotebookCell): void {
    if (this.options.format === 'json') return;
    const headings = source.split('\n').filter(line => /^#{1,6}\s/.test(line));
    if (headings.length > 0) this.#screen.write(`\n${headings.join('\n')}\n`);
  }

  #show(cell: NotebookCell, snapshot: RunSnapshot): void {
    if (snapshot.reason === 'failed' || (cell.language === 'shellscript' && snapshot.exitCode))
      this.#failed = true;
    cell.outputs = [runOutput(snapshot)];
    if (this.options.format === 'json') {
      this.#screen.write(`${JSON.stringify({ type: 'run', data: snapshot })}\n`);
      return;
    }
    const name = nameOf(cell);
    this.#screen.write(`\n── ${name} · ${cell.language} · ${ending(snapshot)}\n`);
    this.#screen.write(renderPanels(panelsOnce(snapshot), { width: terminalWidth(), rows: ROWS }));
    const losses = (snapshot.losses ?? []).map(({ problem }) => problem);
    for (const diagnostic of [...snapshot.diagnostics, ...losses]) {
      this.#screen.tell(
        diagnosticText(diagnostic, {
          file: `${this.file}#${name}`,
          source: cell.source,
          verbose: this.options.verbose,
        }),
      );
    }
  }
}

const nameOf = ({ language, source, id }: NotebookCell): string =>
  parseOptions(language, source).options.name ?? id;

function ending({ reason, exitCode, totals, elapsedMs }: RunSnapshot): string {
  const parts = [
    `${reason}${exitCode === undefined ? '' : ` (${exitCode})`}`,
    `${(elapsedMs / 1000).toFixed(1)} s`,
  ];
  if (totals.events > 0) parts.push(`${totals.events} events`);
  if (totals.dropped > 0) parts.push(`${totals.dropped} dropped`);
  if (totals.missed > 0) parts.push(`${totals.missed} missed`);
  return parts.join(' · ');
}
