/** The executions that are queued or live, by cell and by the kernel's run id. */
import * as vscode from 'vscode';
import { problem } from '../../kernel/errors.ts';
import type { RunRequest, RunSnapshot } from '../../kernel/protocol.ts';
import type { KernelClient } from '../kernel/client.ts';
import type { CellRun } from './cellRun.ts';

/**
 * Milliseconds between the deltas the extension itself asks for: enough for a status line, and for the last
 * snapshot to survive the kernel. Renderers subscribe for themselves.
 */
const WATCH_MS = 1000;
/** A save does not wait longer for the kernel. */
const SNAPSHOT_MS = 2000;
const SUBSCRIBER = 'extension';

export class Runs implements vscode.Disposable {
  #live = new Set<CellRun>();
  #last = new WeakMap<vscode.NotebookCell, RunSnapshot>();
  #ran = new WeakMap<vscode.NotebookCell, RunRequest>();
  #watched = new WeakSet<CellRun>();
  #changed = new vscode.EventEmitter<CellRun>();
  readonly onDidChange = this.#changed.event;
  #subscriptions: vscode.Disposable[];

  constructor(private readonly kernel: KernelClient) {
    this.#subscriptions = [
      this.#changed,
      kernel.onPhase(({ run, head }) => this.byId(run)?.update({ head })),
      kernel.onEnded(snapshot => this.byId(snapshot.run)?.finish(snapshot)),
      kernel.onDelta(delta => {
        if (delta.subscriber !== SUBSCRIBER) return;
        const { run, sequence } = delta;
        this.byId(run)?.update(delta);
        setTimeout(() => kernel.notify('run/ack', { run, subscriber: SUBSCRIBER, sequence }), WATCH_MS);
      }),
      kernel.onGone(({ reason }) => {
        for (const run of this.#live) if (run.snapshot) run.fail(problem('kernel-died', { reason }));
      }),
    ];
  }

  /** Keeps a run for as long as its execution lasts. */
  add(run: CellRun): void {
    this.#live.add(run);
    void run.over.then(() => this.#live.delete(run));
  }

  /** Called by a run that has news. */
  changed(run: CellRun): void {
    if (run.snapshot) this.#last.set(run.cell, run.snapshot);
    if (run.ran) this.#ran.set(run.cell, run.ran);
    if (run.id && !this.#watched.has(run)) {
      this.#watched.add(run);
      void this.watch(run);
    }
    this.#changed.fire(run);
  }

  /** Subscribes for the extension itself, which keeps the run going while its notebook is open. */
  async watch(run: CellRun): Promise<void> {
    const known = run.id && (await this.kernel.ask('run/subscribe', { run: run.id, subscriber: SUBSCRIBER }));
    if (!known || known.phase === 'ended') return;
    const { panels, ...head } = known;
    run.update({ head, panels: panels.map(panel => ({ id: panel.id, change: 'replace', panel })) });
  }

  unwatch(run: CellRun): void {
    if (run.id) void this.kernel.ask('run/unsubscribe', { run: run.id, subscriber: SUBSCRIBER });
  }

  all(): CellRun[] {
    return [...this.#live];
  }

  byId(id: string): CellRun | undefined {
    return this.all().find(run => run.id === id);
  }

  byCell(cell: vscode.NotebookCell): CellRun | undefined {
    return this.all().find(run => run.cell === cell);
  }

  of(notebook: vscode.NotebookDocument): CellRun[] {
    return this.all().filter(run => run.cell.notebook === notebook);
  }

  /** The cell's newest run of this session, live or over. */
  lastOf(cell: vscode.NotebookCell): RunSnapshot | undefined {
    return this.#last.get(cell);
  }

  /** What a cell's newest run of this session was made of. */
  ranOf(cell: vscode.NotebookCell): RunRequest | undefined {
    return this.#ran.get(cell);
  }

  /** What a live run shows right now; undefined for runs that are not live. */
  async current(id: string): Promise<RunSnapshot | undefined> {
    const run = this.byId(id);
    if (!run) return undefined;
    const late = new Promise<undefined>(resolve => setTimeout(resolve, SNAPSHOT_MS));
    return (await Promise.race([this.kernel.ask('run/snapshot', { run: id }), late])) ?? run.snapshot;
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }
}
