/** When a notebook is closed for the user. VS Code keeps its document for minutes after its last tab is gone. */
import * as vscode from 'vscode';
import { NOTEBOOK_TYPE } from '../names.ts';

/** A tab that moves to another group is closed and opened; it has this many milliseconds to come back. */
const MOVE_MS = 500;

/** Calls `closed` for notebooks of ours that no tab shows any more, or whose document is gone; maybe twice. */
export function onDidCloseNotebook(closed: (notebook: vscode.NotebookDocument) => void): vscode.Disposable {
  const lookAt = (uris: Set<string>) => {
    const shown = shownNotebooks();
    for (const notebook of vscode.workspace.notebookDocuments) {
      const uri = notebook.uri.toString();
      if (uris.has(uri) && !shown.has(uri)) closed(notebook);
    }
  };
  return vscode.Disposable.from(
    vscode.workspace.onDidCloseNotebookDocument(notebook => {
      if (notebook.notebookType === NOTEBOOK_TYPE) closed(notebook);
    }),
    vscode.window.tabGroups.onDidChangeTabs(({ closed: tabs }) => {
      const uris = new Set(tabs.flatMap(notebooksOf));
      if (uris.size > 0) setTimeout(() => lookAt(uris), MOVE_MS);
    }),
  );
}

function shownNotebooks(): Set<string> {
  return new Set(vscode.window.tabGroups.all.flatMap(group => group.tabs.flatMap(notebooksOf)));
}

/** The notebooks of ours that a tab shows: one, or the two of a comparison. */
function notebooksOf({ input }: vscode.Tab): string[] {
  if (input instanceof vscode.TabInputNotebook)
    return input.notebookType === NOTEBOOK_TYPE ? [input.uri.toString()] : [];
  if (input instanceof vscode.TabInputNotebookDiff)
    return input.notebookType === NOTEBOOK_TYPE ? [input.original.toString(), input.modified.toString()] : [];
  return [];
}
