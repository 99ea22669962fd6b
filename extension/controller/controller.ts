/** Runs cells: VS Code's requests become executions, queued per notebook. */
import * as vscode from 'vscode';
import type { KernelClient } from '../kernel/client.ts';
import { CELL_LANGUAGES, NOTEBOOK_TYPE } from '../names.ts';
import { cellId } from '../notebook/cellIds.ts';
import { CellRun } from './cellRun.ts';
import { onDidCloseNotebook } from './closing.ts';
import { CellQueue } from './queue.ts';
import { endsByItself, runRequest } from './request.ts';
import type { Runs } from './runs.ts';

export class CellController implements vscode.Disposable {
  #controller: vscode.NotebookController;
  #queues = new WeakMap<vscode.NotebookDocument, CellQueue>();
  #subscriptions: vscode.Disposable[];

  constructor(
    private readonly kernel: KernelClient,
    private readonly runs: Runs,
  ) {
    this.#controller = vscode.notebooks.createNotebookController('ebpfnb.kernel', NOTEBOOK_TYPE, 'eBPF');
    this.#controller.description = 'bpftrace and BPF C on this Linux';
    this.#controller.supportedLanguages = [...CELL_LANGUAGES.keys()];
    this.#controller.supportsExecutionOrder = false;
    // No interruptHandler: with one, VS Code takes away the Stop button of each cell.
    this.#controller.executeHandler = (cells, notebook) => this.#execute(cells, notebook);
    this.#subscriptions = [
      this.#controller,
      vscode.workspace.onDidChangeNotebookDocument(event => this.#stopRemoved(event)),
      onDidCloseNotebook(notebook => this.#closed(notebook)),
    ];
  }

  /** Stops queued and live executions and waits until they have their final output. */
  async stop(runs: readonly CellRun[]): Promise<void> {
    for (const run of runs) this.#stop(run);
    await Promise.all(runs.map(run => run.over));
  }

  /** Runs a cell again that is queued, live or neither. */
  async restart(cell: vscode.NotebookCell): Promise<void> {
    const run = this.runs.byCell(cell);
    if (run) await this.stop([run]);
    if (cell.index < 0) return;
    const ranges = [{ start: cell.index, end: cell.index + 1 }];
    await vscode.commands.executeCommand('notebook.cell.execute', { ranges, document: cell.notebook.uri });
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  /** Creates all executions at once, so that a queued cell shows as such and can be stopped. */
  #execute(cells: vscode.NotebookCell[], notebook: vscode.NotebookDocument): void {
    const idle = cells.filter(cell => !this.runs.byCell(cell));
    const runs = idle.map(cell => this.#createRun(cell));
    this.#queue(notebook).add(runs);
  }

  #createRun(cell: vscode.NotebookCell): CellRun {
    const execution = this.#controller.createNotebookCellExecution(cell);
    const run = new CellRun({
      execution,
      kernel: this.kernel,
      endsByItself: endsByItself(cell),
      request: () => runRequest(cell),
      changed: changed => this.runs.changed(changed),
    });
    execution.token.onCancellationRequested(() => this.#stop(run));
    this.runs.add(run);
    return run;
  }

  #queue(notebook: vscode.NotebookDocument): CellQueue {
    const queue = this.#queues.get(notebook) ?? new CellQueue();
    this.#queues.set(notebook, queue);
    return queue;
  }

  #stop(run: CellRun): void {
    if (this.#queue(run.cell.notebook).remove(run)) run.skip();
    else run.stop();
  }

  /** A moved cell arrives as removed and added; only one that is gone afterwards is stopped, and its maps freed. */
  #stopRemoved({ notebook, contentChanges }: vscode.NotebookDocumentChangeEvent): void {
    const removed = contentChanges.flatMap(change => change.removedCells);
    if (notebook.notebookType !== NOTEBOOK_TYPE || removed.length === 0) return;
    const present = new Set(notebook.getCells());
    for (const run of this.runs.of(notebook)) if (!present.has(run.cell)) this.#stop(run);
    const left = new Set([...present].map(cellId));
    for (const cell of removed.map(cellId))
      if (!left.has(cell)) void this.kernel.ask('cell/close', { notebook: notebook.uri.toString(), cell });
  }

  #closed(notebook: vscode.NotebookDocument): void {
    for (const run of this.runs.of(notebook)) {
      if (this.#queue(notebook).remove(run)) run.skip();
      else run.abandon();
    }
    void this.kernel.ask('notebook/close', { notebook: notebook.uri.toString() });
  }
}
