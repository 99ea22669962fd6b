/** What is in a map, in an editor of its own: a table that is read anew on request. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { CellRun } from '../controller/cellRun.ts';
import type { KernelClient } from '../kernel/client.ts';
import type { MapContents } from '../messages.ts';
import { type MapOfRun, mapAbout } from './words.ts';

export class MapPanels implements vscode.Disposable {
  /** By run and map: each is shown once. */
  #panels = new Map<string, vscode.WebviewPanel>();

  constructor(
    private readonly kernel: KernelClient,
    private readonly extension: vscode.Uri,
  ) {}

  show({ id: run }: CellRun, map: MapOfRun): void {
    if (!run) return;
    const key = `${run} ${map.symbol}`;
    const known = this.#panels.get(key);
    if (known) known.reveal();
    else
      this.#panels.set(
        key,
        this.#open(run, map, () => this.#panels.delete(key)),
      );
  }

  dispose(): void {
    for (const panel of this.#panels.values()) panel.dispose();
  }

  #open(run: string, map: MapOfRun, closed: () => void): vscode.WebviewPanel {
    const panel = this.#create(map.name);
    panel.onDidDispose(closed);
    // The page asks when it has been loaded, each time it is shown again, and when its button is pressed.
    panel.webview.onDidReceiveMessage(async () => {
      const table = (await this.kernel.ask('run/contents', { run, symbol: map.symbol })) ?? null;
      const contents: MapContents = {
        name: map.name,
        about: mapAbout({ ...map, ...counted(table?.total) }),
        table,
      };
      void panel.webview.postMessage(contents);
    });
    return panel;
  }

  #create(name: string): vscode.WebviewPanel {
    const dist = vscode.Uri.joinPath(this.extension, 'dist');
    const panel = vscode.window.createWebviewPanel('ebpfnb.map', name, vscode.ViewColumn.Beside, {
      enableScripts: true,
      localResourceRoots: [dist],
      enableFindWidget: true,
    });
    const script = panel.webview.asWebviewUri(vscode.Uri.joinPath(dist, 'map.js'));
    panel.webview.html = page(String(script));
    return panel;
  }
}

const counted = (entries: number | undefined) => (entries === undefined ? {} : { entries });

function page(script: string): string {
  const nonce = randomBytes(16).toString('base64');
  // Styles are set on elements, which the policy calls inline.
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'unsafe-inline'`;
  return `<!doctype html>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<body>
<script nonce="${nonce}" src="${script}"></script>
`;
}
