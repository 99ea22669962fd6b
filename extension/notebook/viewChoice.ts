/** The form that a cell's output is shown in, kept in the cell's metadata, and so in the file, and undone like an edit. */
import * as vscode from 'vscode';
import { chosenView, newCell, presetView, withChosenView } from '../../kernel/notebook/index.ts';
import type { ViewName } from '../../kernel/protocol.ts';
import type { ViewChoice } from '../messages.ts';
import { CELL_LANGUAGES } from '../names.ts';
import type { CellMetadata } from './serializer.ts';

export function choiceOf({ metadata, document }: vscode.NotebookCell): ViewChoice {
  const chosen = chosenView((metadata as CellMetadata).json);
  const language = CELL_LANGUAGES.get(document.languageId) ?? document.languageId;
  const preset = presetView(language, document.getText());
  return { ...(chosen ? { chosen } : {}), ...(preset ? { preset } : {}) };
}

/** Chooses a form, or the automatic one again. */
export async function choose(cell: vscode.NotebookCell, view: ViewName | undefined): Promise<void> {
  const { json, ...metadata } = cell.metadata as CellMetadata;
  if (chosenView(json) === view) return;
  const before = json ?? newCell('code', cell.document.languageId, '', metadata.id).json;
  const edit = new vscode.WorkspaceEdit();
  const after = { ...metadata, json: withChosenView(before, view) } satisfies CellMetadata;
  edit.set(cell.notebook.uri, [vscode.NotebookEdit.updateCellMetadata(cell.index, after)]);
  await vscode.workspace.applyEdit(edit);
}

/** Calls `changed` for cells whose output may be shown in another form than before: also when the choice was undone. */
export function onDidChangeChoice(changed: (cell: vscode.NotebookCell) => void): vscode.Disposable {
  const known = new WeakMap<vscode.NotebookCell, string>();
  return vscode.workspace.onDidChangeNotebookDocument(({ cellChanges }) => {
    for (const { cell, metadata, document } of cellChanges) {
      if ((!metadata && !document) || !CELL_LANGUAGES.has(cell.document.languageId)) continue;
      const choice = JSON.stringify(choiceOf(cell));
      if (known.get(cell) === choice) continue;
      known.set(cell, choice);
      changed(cell);
    }
  });
}
