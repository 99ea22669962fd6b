/** "Export as …": the notebook as it is on screen, in a file for others to read. */
import { posix } from 'node:path';
import * as vscode from 'vscode';
import type { ExportFormat } from '../../kernel/protocol.ts';
import type { KernelClient } from '../kernel/client.ts';
import type { NotebookSerializer } from '../notebook/serializer.ts';
import { notebookOf } from './target.ts';

/** Format → what its files are called. */
const FILE_TYPES: { readonly [format in ExportFormat]: string } = {
  html: 'HTML',
  ipynb: 'Jupyter notebook',
  md: 'Markdown',
};

export interface ExportParts {
  kernel: KernelClient;
  serializer: NotebookSerializer;
}

/** Command id → what it does. */
export function exportCommands(parts: ExportParts) {
  return {
    'ebpfnb.exportHtml': (argument?: unknown) => exportAs('html', argument, parts),
    'ebpfnb.exportJupyter': (argument?: unknown) => exportAs('ipynb', argument, parts),
    'ebpfnb.exportMarkdown': (argument?: unknown) => exportAs('md', argument, parts),
  };
}

async function exportAs(
  format: ExportFormat,
  argument: unknown,
  { kernel, serializer }: ExportParts,
): Promise<void> {
  const notebook = notebookOf(argument);
  if (!notebook) return;
  const name = posix.basename(notebook.uri.path).replace(/\.ebpfnb$/, '');
  const target = await vscode.window.showSaveDialog({
    title: `Export as ${FILE_TYPES[format]}`,
    saveLabel: 'Export',
    defaultUri: vscode.Uri.joinPath(folderOf(notebook), `${name}.${format}`),
    filters: { [FILE_TYPES[format]]: [format] },
  });
  if (!target) return;
  try {
    const bytes = await serializer.serializeNotebook(dataOf(notebook));
    const { text } = await kernel.request('notebook/export', {
      text: Buffer.from(bytes).toString(),
      name,
      format,
      ...(notebook.uri.scheme === 'file' ? { directory: folderOf(notebook).fsPath } : {}),
    });
    await vscode.workspace.fs.writeFile(target, Buffer.from(text));
  } catch (error) {
    void vscode.window.showErrorMessage(`The notebook was not exported: ${(error as Error).message}`);
    return;
  }
  void offerToOpen(target, format);
}

/** Where the notebook is; of one that was never saved, where files are put here. */
function folderOf({ uri }: vscode.NotebookDocument): vscode.Uri {
  const [workspace] = vscode.workspace.workspaceFolders ?? [];
  return uri.scheme === 'untitled' && workspace ? workspace.uri : vscode.Uri.joinPath(uri, '..');
}

/** The document as it would be saved, live runs by the kernel's snapshots of them. */
function dataOf(notebook: vscode.NotebookDocument): vscode.NotebookData {
  const cells = notebook.getCells().map(({ kind, document, metadata, outputs }) => {
    const cell = new vscode.NotebookCellData(kind, document.getText(), document.languageId);
    cell.metadata = metadata;
    cell.outputs = [...outputs];
    return cell;
  });
  const data = new vscode.NotebookData(cells);
  data.metadata = notebook.metadata;
  return data;
}

async function offerToOpen(target: vscode.Uri, format: ExportFormat): Promise<void> {
  const open = 'Open';
  const path = vscode.workspace.asRelativePath(target);
  if ((await vscode.window.showInformationMessage(`Exported to ${path}.`, open)) !== open) return;
  // A browser can only open what is on the machine it runs on.
  const here = vscode.env.uiKind === vscode.UIKind.Desktop && vscode.env.remoteName === undefined;
  if (format === 'html' && here) await vscode.env.openExternal(target);
  else await vscode.commands.executeCommand('vscode.open', target);
}
