/** Putting a probe into the notebook: into the selected cell, into a new one below it, or into a new notebook. */
import * as vscode from 'vscode';
import { probeSnippet } from '../../kernel/language/editor/index.ts';
import { cellOf } from '../commands/target.ts';
import { LANGUAGE } from '../language/programs.ts';
import type { EditorTarget } from '../language/target.ts';
import { NOTEBOOK_TYPE } from '../names.ts';

export async function insertProbe(target: EditorTarget, probe: string): Promise<void> {
  const snippet = await target.resolve(catalogue => probeSnippet(probe, catalogue));
  if (snippet === undefined) return;
  const script = vscode.window.activeTextEditor?.document;
  const cell = cellOf(undefined);
  if (cell) await intoNotebook(cell, snippet);
  else if (script?.languageId === LANGUAGE) await append(script, snippet);
  else await intoNewNotebook(snippet);
}

const newCell = (snippet: string) =>
  new vscode.NotebookCellData(vscode.NotebookCellKind.Code, snippet.trimEnd(), LANGUAGE);

/** A cell of another language keeps what it has. */
async function intoNotebook(cell: vscode.NotebookCell, snippet: string): Promise<void> {
  if (cell.document.languageId === LANGUAGE) return append(cell.document, snippet.trimEnd());
  const edit = new vscode.WorkspaceEdit();
  edit.set(cell.notebook.uri, [vscode.NotebookEdit.insertCells(cell.index + 1, [newCell(snippet)])]);
  await vscode.workspace.applyEdit(edit);
}

/** Behind what is there, an empty line between. */
async function append(document: vscode.TextDocument, snippet: string): Promise<void> {
  const text = document.getText();
  const kept = text.trimEnd();
  const edit = new vscode.WorkspaceEdit();
  const rest = new vscode.Range(document.positionAt(kept.length), document.positionAt(text.length));
  edit.replace(document.uri, rest, (kept ? '\n\n' : '') + snippet);
  await vscode.workspace.applyEdit(edit);
}

async function intoNewNotebook(snippet: string): Promise<void> {
  const data = new vscode.NotebookData([newCell(snippet)]);
  await vscode.window.showNotebookDocument(await vscode.workspace.openNotebookDocument(NOTEBOOK_TYPE, data));
}
