/** Which notebook or cell a command is about: what its button passed, else what is selected. */
import * as vscode from 'vscode';
import { NOTEBOOK_TYPE } from '../names.ts';

/** Cell toolbars pass the cell, key bindings nothing. */
export function cellOf(argument: unknown): vscode.NotebookCell | undefined {
  if (isCell(argument)) return argument;
  const editor = activeEditor();
  return editor && editor.selection.start < editor.notebook.cellCount
    ? editor.notebook.cellAt(editor.selection.start)
    : undefined;
}

/** Notebook toolbars pass the notebook's URI. */
export function notebookOf(argument: unknown): vscode.NotebookDocument | undefined {
  const uri = (argument as { notebookEditor?: { notebookUri?: vscode.Uri } } | undefined)?.notebookEditor
    ?.notebookUri;
  const named =
    uri && vscode.workspace.notebookDocuments.find(notebook => notebook.uri.toString() === uri.toString());
  return named ?? activeEditor()?.notebook;
}

function activeEditor(): vscode.NotebookEditor | undefined {
  const editor = vscode.window.activeNotebookEditor;
  return editor?.notebook.notebookType === NOTEBOOK_TYPE ? editor : undefined;
}

function isCell(argument: unknown): argument is vscode.NotebookCell {
  return (
    typeof argument === 'object' && argument !== null && 'document' in argument && 'notebook' in argument
  );
}
