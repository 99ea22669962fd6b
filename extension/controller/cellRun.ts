/** One execution of one cell: from its turn to its final output. */
import * as vscode from 'vscode';
import { type Diagnostic, problem } from '../../kernel/errors.ts';
import type { RunDelta, RunRequest, RunSnapshot } from '../../kernel/protocol.ts';
import type { KernelClient } from '../kernel/client.ts';
import { finalItems, liveItems } from '../notebook/outputs.ts';
import { applyDelta, startingSnapshot } from '../run/snapshot.ts';
import type { Job } from './queue.ts';

/** Rows kept here for the case that the kernel dies and cannot be asked: as many as are saved. */
const KEPT_ROWS = 200;

export interface CellRunOptions {
  execution: vscode.NotebookCellExecution;
  kernel: KernelClient;
  endsByItself: boolean;
  /** What to run, asked when the cell's turn comes. */
  request: () => RunRequest;
  /** The run has news: it got its id, another phase, a delta, its end. */
  changed: (run: CellRun) => void;
}

export class CellRun implements Job {
  readonly cell: vscode.NotebookCell;
  readonly endsByItself: boolean;
  /** Resolves when the execution is over, whether it ran or not. */
  readonly over: Promise<void>;
  /** The head is current; the panels are as recent as the last delta. Undefined until the cell's turn. */
  snapshot: RunSnapshot | undefined;

  /** What was run; undefined until the cell's turn. */
  ran: RunRequest | undefined;

  #options: CellRunOptions;
  #attached: () => void = () => {};
  #stopping = false;
  #abandoned = false;
  #finish!: (final: RunSnapshot) => void;
  #final = new Promise<RunSnapshot>(resolve => {
    this.#finish = resolve;
  });
  #isOver!: () => void;

  constructor(options: CellRunOptions) {
    this.#options = options;
    this.cell = options.execution.cell;
    this.endsByItself = options.endsByItself;
    this.over = new Promise(resolve => {
      this.#isOver = resolve;
    });
  }

  /** Its id in the kernel; undefined until the kernel answered. */
  get id(): string | undefined {
    return this.snapshot?.run || undefined;
  }

  skip(): void {
    this.#end(undefined);
  }

  async run(attached: () => void): Promise<boolean> {
    const { execution, kernel, request } = this.#options;
    this.#attached = attached;
    const startedAt = Date.now();
    execution.start(startedAt);
    const what = request();
    this.ran = what;
    this.snapshot = startingSnapshot('', what.cell.id, startedAt);
    const output = new vscode.NotebookCellOutput([]);
    try {
      const { run } = await kernel.request('run/start', what);
      this.snapshot.run = run;
      this.#options.changed(this);
      if (this.#stopping) void kernel.ask('run/stop', { run });
      output.items = liveItems(this.snapshot);
    } catch (error) {
      this.fail(problem('internal', { message: (error as Error).message }, { phase: 'parse' }));
      output.items = liveItems(this.snapshot);
    }
    // A cell can vanish while it runs; its document no longer takes outputs.
    await this.#write(() => execution.replaceOutput(output));
    const final = await this.#final;
    this.snapshot = final;
    await this.#write(() =>
      saysNothing(final) ? execution.clearOutput() : execution.replaceOutputItems(finalItems(final), output),
    );
    const ok = final.reason !== 'failed';
    this.#end(ok);
    return ok;
  }

  /** Asks the kernel to end the run; its final output follows. */
  stop(): void {
    this.#stopping = true;
    if (this.id) void this.#options.kernel.ask('run/stop', { run: this.id });
  }

  /** Stops, and leaves the document as it is: VS Code reopens a closed notebook whose document changes. */
  abandon(): void {
    this.#abandoned = true;
    this.stop();
  }

  /** Ends the run without the kernel: it is gone, or never heard of it. */
  fail(...diagnostics: Diagnostic[]): void {
    const seen = this.snapshot;
    if (!seen) {
      this.skip();
      return;
    }
    this.#finish({
      ...seen,
      phase: 'ended',
      reason: 'failed',
      elapsedMs: Date.now() - seen.startedAt,
      totals: { ...seen.totals, rate: 0 },
      diagnostics: [...seen.diagnostics, ...diagnostics],
    });
  }

  /** Takes what the kernel says of its phase, or of what changed since it was last asked. */
  update({ head, panels = [] }: Pick<RunDelta, 'head'> & Partial<RunDelta>): void {
    if (!this.snapshot) return;
    applyDelta(this.snapshot, { head, panels }, KEPT_ROWS);
    if (head.phase === 'stream') this.#attached();
    this.#options.changed(this);
  }

  finish(final: RunSnapshot): void {
    this.#finish(final);
  }

  async #write(write: () => Thenable<void>): Promise<void> {
    try {
      if (!this.#abandoned) await write();
    } catch {
      this.stop();
    }
  }

  #end(success: boolean | undefined): void {
    try {
      this.#options.execution.end(success, Date.now());
    } catch {
      // VS Code has ended the execution of a cell that is no more.
    }
    this.#isOver();
    this.#options.changed(this);
  }
}

/** A header cell, or a command that printed nothing: that it succeeded is to be seen beside the cell. */
function saysNothing({ reason, exitCode, panels, probes, diagnostics }: RunSnapshot): boolean {
  return reason === 'done' && !exitCode && panels.length + probes.length + diagnostics.length === 0;
}
