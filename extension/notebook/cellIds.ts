/** Every cell has an id of its own: cells that are new, pasted or duplicated get one when they appear. */
import * as vscode from 'vscode';
import { newCell } from '../../kernel/notebook/index.ts';
import { NOTEBOOK_TYPE } from '../names.ts';
import type { CellMetadata } from './serializer.ts';

/** The id of a cell in the file; its URI until it has one. */
export function cellId(cell: vscode.NotebookCell): string {
  return (cell.metadata as CellMetadata).id ?? cell.document.uri.toString();
}

/** Gives ids to added cells that have none or another cell's. */
export function assignCellIds(): vscode.Disposable {
  return vscode.workspace.onDidChangeNotebookDocument(({ notebook, contentChanges }) => {
    if (notebook.notebookType !== NOTEBOOK_TYPE) return;
    const added = new Set(contentChanges.flatMap(change => change.addedCells));
    if (added.size === 0) return;
    const others = notebook.getCells().filter(cell => !added.has(cell));
    const taken = new Set(others.map(cell => (cell.metadata as CellMetadata).id));
    const edits: vscode.NotebookEdit[] = [];
    for (const cell of added) {
      const { id, ...rest } = cell.metadata as CellMetadata;
      if (cell.index >= 0 && (id === undefined || taken.has(id))) {
        const fresh = newCell('code', '', '').id;
        edits.push(vscode.NotebookEdit.updateCellMetadata(cell.index, { ...rest, id: fresh }));
      }
      taken.add(id);
    }
    if (edits.length === 0) return;
    const edit = new vscode.WorkspaceEdit();
    edit.set(notebook.uri, edits);
    void vscode.workspace.applyEdit(edit);
  });
}
