/** Context keys with the cells of a language, for buttons that are theirs only. */
import * as vscode from 'vscode';
import { CELL_LANGUAGES } from '../names.ts';

const KEYS = { bpftrace: 'ebpfnb.bpftraceCells', 'bpf-c': 'ebpfnb.cCells' } as const;

export function markCells(): vscode.Disposable {
  const update = () => {
    const cells = vscode.window.visibleNotebookEditors.flatMap(({ notebook }) => notebook.getCells());
    for (const [language, key] of Object.entries(KEYS)) {
      const uris = cells.flatMap(({ document: { languageId, uri } }) =>
        CELL_LANGUAGES.get(languageId) === language ? [String(uri)] : [],
      );
      void vscode.commands.executeCommand('setContext', key, uris);
    }
  };
  update();
  return vscode.Disposable.from(
    vscode.window.onDidChangeVisibleNotebookEditors(update),
    vscode.workspace.onDidChangeNotebookDocument(
      ({ contentChanges }) => contentChanges.length > 0 && update(),
    ),
    vscode.workspace.onDidOpenTextDocument(({ uri }) => uri.scheme === 'vscode-notebook-cell' && update()),
  );
}
