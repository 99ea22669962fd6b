/** Renderers and the kernel, connected: each view subscribes for itself and is answered in its own editor. */
import * as vscode from 'vscode';
import type { CellController } from './controller/controller.ts';
import type { KernelClient } from './kernel/client.ts';
import type { ExtensionMessage, RendererMessage } from './messages.ts';
import { NOTEBOOK_TYPE, RENDERER_ID } from './names.ts';
import { cellId } from './notebook/cellIds.ts';
import { choiceOf, choose, onDidChangeChoice } from './notebook/viewChoice.ts';

interface Subscription {
  run: string;
  editor: vscode.NotebookEditor;
}

export class RunMessaging implements vscode.Disposable {
  #messaging = vscode.notebooks.createRendererMessaging(RENDERER_ID);
  #subscriptions = new Map<string, Subscription>();
  #disposables: vscode.Disposable[];

  constructor(
    private readonly kernel: KernelClient,
    private readonly controller: CellController,
  ) {
    this.#disposables = [
      this.#messaging.onDidReceiveMessage(({ editor, message }) =>
        this.#receive(editor, message as RendererMessage),
      ),
      kernel.onDelta(delta => {
        const editor = this.#subscriptions.get(delta.subscriber)?.editor;
        if (editor) this.#post(editor, { type: 'delta', delta });
      }),
      vscode.workspace.onDidCloseNotebookDocument(notebook => this.#forget(notebook)),
      onDidChangeChoice(cell => {
        for (const editor of vscode.window.visibleNotebookEditors)
          if (editor.notebook === cell.notebook) this.#tellChoice(editor, cell);
      }),
      // What was chosen while its page was hidden did not get there.
      vscode.window.onDidChangeVisibleNotebookEditors(editors => {
        for (const editor of editors.filter(({ notebook }) => notebook.notebookType === NOTEBOOK_TYPE))
          for (const cell of editor.notebook.getCells())
            if (cell.outputs.length > 0) this.#tellChoice(editor, cell);
      }),
    ];
  }

  /** No window is there to watch: the kernel shall know. {@link resume} takes it up again. */
  suspend(): void {
    for (const [subscriber, { run }] of this.#subscriptions)
      void this.kernel.ask('run/unsubscribe', { run, subscriber });
  }

  resume(): void {
    for (const [subscriber, subscription] of this.#subscriptions)
      void this.#subscribe(subscriber, subscription);
  }

  dispose(): void {
    vscode.Disposable.from(...this.#disposables).dispose();
  }

  #receive(editor: vscode.NotebookEditor, message: RendererMessage): void {
    const { type, run } = message;
    if (type === 'subscribe') {
      const cell = cellOf(editor, message.cell);
      if (cell) this.#tellChoice(editor, cell);
      const subscription = { run, editor };
      this.#subscriptions.set(message.subscriber, subscription);
      void this.#subscribe(message.subscriber, subscription);
    } else if (type === 'unsubscribe') {
      this.#subscriptions.delete(message.subscriber);
      void this.kernel.ask('run/unsubscribe', { run, subscriber: message.subscriber });
    } else if (type === 'ack') {
      this.kernel.notify('run/ack', { run, subscriber: message.subscriber, sequence: message.sequence });
    } else if (type === 'panel') {
      void this.#answerPanel(editor, message);
    } else if (type === 'look') {
      this.kernel.notify('run/look', { run, subscriber: message.subscriber, text: message.text });
    } else {
      const cell = cellOf(editor, message.cell);
      if (!cell) return;
      if (type === 'choose') void choose(cell, message.view);
      else void this.controller.restart(cell);
    }
  }

  #tellChoice(editor: vscode.NotebookEditor, cell: vscode.NotebookCell): void {
    this.#post(editor, { type: 'choice', cell: cellId(cell), choice: choiceOf(cell) });
  }

  async #subscribe(subscriber: string, { run, editor }: Subscription): Promise<void> {
    const snapshot = (await this.kernel.ask('run/subscribe', { run, subscriber })) ?? null;
    if (!snapshot || snapshot.phase === 'ended') this.#subscriptions.delete(subscriber);
    this.#post(editor, { type: 'snapshot', run, subscriber, snapshot });
  }

  async #answerPanel(
    editor: vscode.NotebookEditor,
    { run, subscriber, panel: id }: Extract<RendererMessage, { type: 'panel' }>,
  ): Promise<void> {
    const panel = (await this.kernel.ask('run/panel', { run, panel: id })) ?? null;
    this.#post(editor, { type: 'panel', run, subscriber, id, panel });
  }

  #post(editor: vscode.NotebookEditor, message: ExtensionMessage): void {
    void this.#messaging.postMessage(message, editor);
  }

  #forget(notebook: vscode.NotebookDocument): void {
    for (const [subscriber, { run, editor }] of this.#subscriptions) {
      if (editor.notebook !== notebook) continue;
      this.#subscriptions.delete(subscriber);
      void this.kernel.ask('run/unsubscribe', { run, subscriber });
    }
  }
}

const cellOf = (editor: vscode.NotebookEditor, id: string) =>
  editor.notebook.getCells().find(cell => cellId(cell) === id);
