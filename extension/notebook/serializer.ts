/** `.ebpfnb` files as VS Code's notebook data, and back. */
import * as vscode from 'vscode';
import {
  emptyNotebook,
  type JsonObject,
  type Notebook,
  type NotebookCell,
  NotebookError,
  newCell,
  parseNotebook,
  stringifyNotebook,
} from '../../kernel/notebook/index.ts';
import type { RunSnapshot } from '../../kernel/protocol.ts';
import { toCellOutput, toNbformat } from './outputs.ts';

/** What rides along as a cell's metadata, so that nothing in the file is lost. */
export interface CellMetadata {
  id?: string;
  json?: JsonObject;
}

export class NotebookSerializer implements vscode.NotebookSerializer {
  /** `current` answers the kernel's snapshot of a run that is live, undefined for others. */
  constructor(private readonly current: (run: string) => Promise<RunSnapshot | undefined>) {}

  /**
   * Throws when the bytes are not a notebook: there is then no editor, and so the file is never overwritten.
   */
  deserializeNotebook(content: Uint8Array): vscode.NotebookData {
    const notebook = parse(content);
    const data = new vscode.NotebookData(notebook.cells.map(toCellData));
    const { json, format, original } = notebook;
    data.metadata = { json, format, original };
    return data;
  }

  async serializeNotebook(data: vscode.NotebookData): Promise<Uint8Array> {
    const { json, format, original } = {
      ...emptyNotebook(),
      ...(data.metadata as Partial<Notebook> | undefined),
    };
    const ids = new Set<string>();
    const cells = await Promise.all(data.cells.map(cell => this.#toCell(cell, ids)));
    return Buffer.from(stringifyNotebook({ json, format, cells, ...(original ? { original } : {}) }));
  }

  async #toCell(data: vscode.NotebookCellData, ids: Set<string>): Promise<NotebookCell> {
    const { id, json } = (data.metadata ?? {}) as CellMetadata;
    const cell = newCell(kindOf(data), data.languageId, data.value, id && !ids.has(id) ? id : undefined);
    ids.add(cell.id);
    cell.outputs = await Promise.all((data.outputs ?? []).map(output => toNbformat(output, this.current)));
    return json ? { ...cell, json } : cell;
  }
}

/** VS Code has no raw cells; they are code in the language `raw`. */
function kindOf(data: vscode.NotebookCellData): NotebookCell['kind'] {
  if (data.kind === vscode.NotebookCellKind.Markup) return 'markdown';
  return data.languageId === 'raw' ? 'raw' : 'code';
}

function parse(content: Uint8Array): Notebook {
  try {
    return parseNotebook(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content));
  } catch (error) {
    const reason = error instanceof NotebookError ? error.message : 'it is not UTF-8 text';
    const message = `This file is not a notebook: ${reason}. It was left as it is.`;
    // In place of the editor VS Code only says that there was an unexpected error.
    void vscode.window.showErrorMessage(message);
    throw new Error(message);
  }
}

function toCellData(cell: NotebookCell): vscode.NotebookCellData {
  const markup = cell.kind === 'markdown';
  const kind = markup ? vscode.NotebookCellKind.Markup : vscode.NotebookCellKind.Code;
  const data = new vscode.NotebookCellData(kind, cell.source, cell.language);
  data.outputs = cell.outputs.map(output => toCellOutput(output, cell));
  data.metadata = { id: cell.id, json: cell.json } satisfies CellMetadata;
  return data;
}
