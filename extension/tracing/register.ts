/** The view of live cells in the side bar: its badge, its refreshing, and what its buttons do. */
import * as vscode from 'vscode';
import { cellOf } from '../commands/target.ts';
import type { CellController } from '../controller/controller.ts';
import type { Runs } from '../controller/runs.ts';
import type { KernelClient } from '../kernel/client.ts';
import { MapPanels } from './mapPanels.ts';
import { type TracingNode, TracingTree } from './tree.ts';

const VIEW = 'ebpfnb.tracing';
/** Something can be stopped. */
const LIVE = 'ebpfnb.live';
const REFRESH_MS = 1000;

export interface TracingParts {
  runs: Runs;
  kernel: KernelClient;
  controller: CellController;
  extension: vscode.Uri;
}

export function registerTracing({ runs, kernel, controller, extension }: TracingParts): vscode.Disposable {
  const tree = new TracingTree(runs, kernel);
  const view = vscode.window.createTreeView(VIEW, { treeDataProvider: tree, showCollapseAll: true });
  const panels = new MapPanels(kernel, extension);
  let shown = '';
  const update = () => {
    const all = runs.all();
    const live = all.filter(({ snapshot }) => snapshot).length;
    view.badge =
      live > 0 ? { value: live, tooltip: live === 1 ? 'One live cell' : `${live} live cells` } : undefined;
    // Figures wait for the next refresh; which cells there are, and where they stand, does not.
    const now = all.map(({ cell, snapshot }) => `${cell.document.uri} ${snapshot?.phase}`).join('\n');
    if (now === shown) return;
    shown = now;
    void vscode.commands.executeCommand('setContext', LIVE, all.length > 0);
    tree.refresh();
  };
  const timer = setInterval(() => {
    if (view.visible && runs.all().length > 0) tree.refresh();
  }, REFRESH_MS);

  const commands: Record<string, (argument?: unknown) => unknown> = {
    'ebpfnb.stopCell': argument => {
      const run = runOf(runs, argument);
      return run && controller.stop([run]);
    },
    'ebpfnb.stopAllCells': () => controller.stop(runs.all()),
    'ebpfnb.revealCell': argument => {
      const cell = runOf(runs, argument)?.cell ?? cellOf(argument);
      return cell && reveal(cell);
    },
    'ebpfnb.showTracing': async argument => {
      await vscode.commands.executeCommand(`${VIEW}.focus`);
      const run = runOf(runs, argument);
      if (run) await view.reveal(tree.nodeOf(run), { expand: true });
    },
    'ebpfnb.showMap': argument =>
      isNode(argument) && argument.is === 'map' && panels.show(argument.run, argument.map),
  };
  return vscode.Disposable.from(
    tree,
    view,
    panels,
    new vscode.Disposable(() => clearInterval(timer)),
    // A run that is over is among them until all have heard of it.
    runs.onDidChange(() => queueMicrotask(update)),
    ...Object.entries(commands).map(([id, command]) => vscode.commands.registerCommand(id, command)),
  );
}

const isNode = (argument: unknown): argument is TracingNode =>
  typeof argument === 'object' && argument !== null && 'is' in argument && 'run' in argument;

/** Of a node of the view, of the cell that a button is part of, or of the one that is selected. */
function runOf(runs: Runs, argument: unknown) {
  if (isNode(argument)) return argument.run;
  const cell = cellOf(argument);
  return cell && runs.byCell(cell);
}

/** Where its notebook is shown already, else in a tab of its own. */
async function reveal(cell: vscode.NotebookCell): Promise<void> {
  const { notebook, index } = cell;
  const range = new vscode.NotebookRange(index, index + 1);
  const there = vscode.window.visibleNotebookEditors.find(editor => editor.notebook === notebook);
  const editor = await vscode.window.showNotebookDocument(notebook, {
    selections: [range],
    ...(there?.viewColumn ? { viewColumn: there.viewColumn } : {}),
  });
  editor.revealRange(range, vscode.NotebookEditorRevealType.InCenterIfOutsideViewport);
}
