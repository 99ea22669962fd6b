/** What the phases say about a cell, on the cell's own lines. */
import type * as vscode from 'vscode';
import type { ShownDiagnostics } from '../diagnostics.ts';
import type { Runs } from './runs.ts';

/** Shows a run's diagnostics until the cell is run again or removed. */
export const showDiagnostics = (runs: Runs, shown: ShownDiagnostics): vscode.Disposable =>
  runs.onDidChange(({ cell, snapshot }) => shown.set(cell.document.uri, 'run', snapshot?.diagnostics ?? []));
