/** What the phases say about a cell, on the cell's own lines, and on those of header cells that it includes. */
import type * as vscode from 'vscode';
import type { Diagnostic } from '../../kernel/errors.ts';
import type { ShownDiagnostics } from '../diagnostics.ts';
import type { CellRun } from './cellRun.ts';
import { headerCells } from './request.ts';
import type { Runs } from './runs.ts';

/** Shows a run's diagnostics until the cell is run again or removed. */
export function showDiagnostics(runs: Runs, shown: ShownDiagnostics): vscode.Disposable {
  /** The header cells that a cell's last run found fault with. */
  const blamed = new WeakMap<vscode.NotebookCell, readonly vscode.NotebookCell[]>();
  return runs.onDidChange((run: CellRun) => {
    const { cell, snapshot } = run;
    const diagnostics = snapshot?.diagnostics ?? [];
    shown.set(cell.document.uri, 'run', diagnostics);
    const found = headerCells(cell.notebook).flatMap(({ name, cell: header }) => {
      const inIt = diagnostics.flatMap(one =>
        one.inHeader?.file === name ? [ofHeader(one, one.inHeader)] : [],
      );
      if (inIt.length === 0) return [];
      shown.set(header.document.uri, 'run', inIt);
      return [header];
    });
    for (const header of blamed.get(cell) ?? [])
      if (!found.includes(header)) shown.set(header.document.uri, 'run', []);
    blamed.set(cell, found);
  });
}

/** As the header itself would be told of it. */
function ofHeader(
  { inHeader: _, fix: __, message, ...about }: Diagnostic,
  { file, ...span }: NonNullable<Diagnostic['inHeader']>,
): Diagnostic {
  return { ...about, span, message: message.replace(`${file}:${span.start.line + 1}: `, '') };
}
