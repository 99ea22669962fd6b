/** "Show Generated C": the program a bpftrace cell becomes, in a read-only editor beside it. */
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { runRequest } from '../controller/request.ts';
import type { KernelClient } from '../kernel/client.ts';
import { cellOf } from './target.ts';

const SCHEME = 'ebpfnb-c';

export class GeneratedC implements vscode.TextDocumentContentProvider {
  #texts = new Map<string, string>();
  #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;

  constructor(private readonly kernel: KernelClient) {}

  register(): vscode.Disposable {
    return vscode.Disposable.from(
      this.#changed,
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#texts.delete(uri.toString())),
    );
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? '';
  }

  /** Opens the C of a cell, or brings the open one up to date. */
  async show(argument?: unknown): Promise<void> {
    const cell = cellOf(argument);
    if (!cell) return;
    const request = runRequest(cell);
    const { c, diagnostics } = await this.kernel.request('emit/c', request);
    if (c === undefined) {
      const reason = diagnostics[0]?.message ?? 'it is not a program yet';
      void vscode.window.showErrorMessage(`This cell has no C: ${reason}`);
      return;
    }
    const name = basename(cell.notebook.uri.path).replace(/\.ebpfnb$/, '');
    const uri = vscode.Uri.from({
      scheme: SCHEME,
      path: `/${name}/${request.cell.id}.c`,
      query: request.notebook,
    });
    this.#texts.set(uri.toString(), c);
    this.#changed.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preview: true });
  }
}
