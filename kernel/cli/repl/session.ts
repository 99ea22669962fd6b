/** The cells of one REPL: inputs become cells of one notebook, whose maps stay for those that follow. */
import type { SharedMap } from '../../language/index.ts';
import type { CellLanguage } from '../../protocol.ts';
import { NotebookKernel } from '../../session/kernel.ts';
import type { Run } from '../../session/run.ts';
import { mapsOf, showLive } from '../live.ts';
import type { Screen } from '../screen.ts';
import { terminalElevation } from '../terminal.ts';
import { ReplCell } from './cell.ts';

const NOTEBOOK = 'repl';

export interface ReplProgram {
  source: string;
  language: CellLanguage;
  /** What messages call it; absent = by its number. */
  file?: string;
  /** Where paths start from; absent = the current folder. */
  directory?: string;
}

export interface SessionOptions {
  /** Somebody watches, who can stop a cell that has no end of its own. */
  interactive: boolean;
  unsafe: boolean;
}

export class ReplSession {
  readonly cells: ReplCell[] = [];
  readonly kernel: NotebookKernel;
  language: CellLanguage = 'bpftrace';
  /** A cell failed. */
  failed = false;
  #foreground: ReplCell | undefined;

  constructor(
    readonly screen: Screen,
    readonly options: SessionOptions,
  ) {
    const cellOf = (run: Run) => this.cells.find(cell => cell.run === run);
    this.kernel = new NotebookKernel(terminalElevation, {
      phase: run => cellOf(run)?.phase(),
      ended: run => this.#ended(cellOf(run)!),
      delta: () => {},
      loaderEnded: () => {},
      opened: (run, layout, stream) => cellOf(run)?.opened(layout, stream),
      batch: (run, batch, performed) => cellOf(run)?.batch(batch, performed),
      output: (run, _, bytes) => cellOf(run)?.write(bytes.toString()),
    });
  }

  get nextNumber(): number {
    return this.cells.length + 1;
  }

  get live(): ReplCell[] {
    return this.cells.filter(({ run }) => run.alive);
  }

  /**
   * Runs a program. Resolves when it is over; in the background, or where nobody could stop it, as soon as it is
   * attached.
   */
  async run(program: ReplProgram, background = false): Promise<void> {
    const number = this.nextNumber;
    const { source, language, file = `cell ${number}`, directory = process.cwd() } = program;
    const cell = new ReplCell(
      number,
      {
        notebook: NOTEBOOK,
        directory,
        cell: { id: String(number), language, source },
        headers: [],
        file,
        unsafe: this.options.unsafe,
      },
      this.screen,
    );
    cell.background = background;
    this.cells.push(cell);
    cell.run = this.kernel.start(cell.input);
    this.#foreground = cell;
    await cell.started;
    const { interactive } = this.options;
    if (cell.run.alive && !background && !interactive && !cell.endsByItself) cell.background = true;
    if (cell.run.alive && cell.background && interactive)
      this.screen.say(`[${number}] is live; .stop ${number} stops it\n`);
    if (cell.run.alive && !cell.background && interactive) cell.hideLive = this.#showLive(cell.run);
    if (!cell.background) await cell.run.ended;
    this.#foreground = undefined;
  }

  /** Ctrl-C: ends what runs in the foreground. False when nothing does. */
  interrupt(): boolean {
    this.#foreground?.run.end('stopped');
    return this.#foreground !== undefined;
  }

  async stop(cells: ReplCell[]): Promise<void> {
    await Promise.all(cells.map(({ run }) => this.kernel.stop(run.id)));
  }

  /** Stops all cells, patiently after the end of those that end by themselves, and the loader: no probe is left. */
  async close(patiently: boolean): Promise<void> {
    if (patiently) await Promise.all(this.live.filter(cell => cell.endsByItself).map(({ run }) => run.ended));
    await this.stop(this.live);
    await this.kernel.close();
  }

  /** The maps that the next input could use, with the cell that owns each. */
  maps() {
    return [...this.kernel.maps(NOTEBOOK)]
      .filter(([, { definition }]) => definition.unfit === undefined)
      .map(([name, { run, definition }]) => ({
        name,
        definition,
        cell: this.cells.find(cell => cell.run === run)!,
      }));
  }

  definitions(): Map<string, SharedMap> {
    return new Map(this.maps().map(({ name, definition }) => [name, definition]));
  }

  #showLive(run: Run): () => void {
    return showLive(this.screen, { watched: () => [{ run }], shown: mapsOf, always: true });
  }

  #ended(cell: ReplCell): void {
    cell.ended();
    if (cell.background && this.options.interactive)
      this.screen.say(`[${cell.number}] is over: ${cell.state}\n`);
    this.failed ||= cell.run.failed;
    this.#release();
  }

  /** Of a cell that is over nothing needs to stay when later ones own all its maps, or it has none. */
  #release(): void {
    const owners = new Set(this.maps().map(({ cell }) => cell));
    for (const cell of this.cells) {
      const { id, language } = cell.input.cell;
      // Maps of BPF C are shared by their own rule.
      if (language === 'bpftrace' && cell.run.phase === 'ended' && !owners.has(cell))
        void this.kernel.closeCell(NOTEBOOK, id);
    }
  }
}
