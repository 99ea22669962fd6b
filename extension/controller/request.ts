/** What the kernel is asked to run for a cell. */
import { homedir } from 'node:os';
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { type CellOptions, parseOptions } from '../../kernel/notebook/index.ts';
import type { HeaderFile, RunRequest } from '../../kernel/protocol.ts';
import { CELL_LANGUAGES } from '../names.ts';
import { cellId } from '../notebook/cellIds.ts';
import { choiceOf } from '../notebook/viewChoice.ts';

export function optionsOf(cell: vscode.NotebookCell): CellOptions {
  const language = CELL_LANGUAGES.get(cell.document.languageId) ?? cell.document.languageId;
  return parseOptions(language, cell.document.getText()).options;
}

/** It has a duration or a workload of its own, or is an ordinary command. */
export function endsByItself(cell: vscode.NotebookCell): boolean {
  const { durationMs, workload } = optionsOf(cell);
  return durationMs !== undefined || workload !== undefined || cell.document.languageId === 'shellscript';
}

/** The cell as it is now, with all header cells of its notebook. */
export function runRequest(cell: vscode.NotebookCell): RunRequest {
  const { notebook, document } = cell;
  const { chosen } = choiceOf(cell);
  return {
    notebook: notebook.uri.toString(),
    directory: directoryOf(notebook.uri),
    cell: {
      id: cellId(cell),
      language: CELL_LANGUAGES.get(document.languageId)!,
      source: document.getText(),
    },
    headers: headersOf(notebook),
    ...(chosen ? { view: chosen } : {}),
  };
}

/** The cells that others can include. */
export const headersOf = (notebook: vscode.NotebookDocument): HeaderFile[] =>
  headerCells(notebook).map(({ name, cell }) => ({ name, source: cell.document.getText() }));

/** The same as cells, by the names that they are included by. */
export function headerCells(
  notebook: vscode.NotebookDocument,
): { name: string; cell: vscode.NotebookCell }[] {
  return notebook.getCells().flatMap(cell => {
    if (CELL_LANGUAGES.get(cell.document.languageId) !== 'bpf-c') return [];
    const name = optionsOf(cell).file;
    return name === undefined ? [] : [{ name, cell }];
  });
}

/** The folder of a notebook or file; for one that was never saved the workspace's, or the user's own. */
export function directoryOf(uri: vscode.Uri): string {
  if (uri.scheme === 'file') return dirname(uri.fsPath);
  return vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? homedir();
}
