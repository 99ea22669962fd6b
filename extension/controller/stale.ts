/** Cells whose header cells have changed since they ran: what they show was made with the old ones. */
import * as vscode from 'vscode';
import { changedHeaders } from '../../kernel/notebook/index.ts';
import { coalesced } from '../coalesce.ts';
import { NOTEBOOK_TYPE } from '../names.ts';
import { headersOf } from './request.ts';
import type { Runs } from './runs.ts';

/** Milliseconds without a key after which what was typed counts. */
const PAUSE_MS = 250;

/** Names of the header cells that a cell's output is older than. */
export function staleHeaders(runs: Runs, cell: vscode.NotebookCell): string[] {
  const ran = runs.ranOf(cell);
  return ran ? changedHeaders(ran.cell.source, ran.headers, headersOf(cell.notebook)) : [];
}

/** Says so under the cell. */
export function showStale(runs: Runs): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const tell = coalesced(() => changed.fire(), PAUSE_MS);
  let timer: NodeJS.Timeout | undefined;
  const provider: vscode.NotebookCellStatusBarItemProvider = {
    onDidChangeCellStatusBarItems: changed.event,
    provideCellStatusBarItems: cell => {
      const names = staleHeaders(runs, cell);
      return names.length > 0 ? itemOf(cell, names.join(', ')) : [];
    },
  };
  return vscode.Disposable.from(
    changed,
    tell,
    new vscode.Disposable(() => clearTimeout(timer)),
    runs.onDidChange(tell.call),
    vscode.workspace.onDidChangeNotebookDocument(({ notebook, contentChanges, cellChanges }) => {
      const edited = contentChanges.length > 0 || cellChanges.some(({ document }) => document);
      if (notebook.notebookType !== NOTEBOOK_TYPE || !edited) return;
      clearTimeout(timer);
      timer = setTimeout(() => changed.fire(), PAUSE_MS);
    }),
    vscode.notebooks.registerNotebookCellStatusBarItemProvider(NOTEBOOK_TYPE, provider),
  );
}

function itemOf(cell: vscode.NotebookCell, names: string): vscode.NotebookCellStatusBarItem {
  const left = vscode.NotebookCellStatusBarAlignment.Left;
  const item = new vscode.NotebookCellStatusBarItem(`$(history) ${names} has changed`, left);
  item.tooltip = `This output was made with ${names} as it was before. Click to run the cell again.`;
  item.accessibilityInformation = { label: `Stale: ${names} has changed. Run the cell again.` };
  item.command = { command: 'ebpfnb.restartCell', title: 'Restart Cell', arguments: [cell] };
  return item;
}
