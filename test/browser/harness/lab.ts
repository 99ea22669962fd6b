/**
 * The renderer alone in a page of the real browser: an output drawn from a snapshot, without an editor around it. For
 * what depends on the snapshot only; how the editor and the kernel feed it is tested in the workbench.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Locator, Page } from 'playwright-core';
import type { ExtensionMessage, RendererMessage } from '../../../extension/messages.ts';
import type { RunSnapshot } from '../../../kernel/protocol.ts';

const DIST = fileURLToPath(new URL('../../../dist/', import.meta.url));
/** Nobody is asked for it: the page's requests are answered from dist/. */
const ORIGIN = 'https://renderer.invalid';

export type Theme = 'light' | 'dark' | 'high-contrast';

/** The colours of VS Code's own themes that outputs use. */
const THEMES: { [theme in Theme]: { [variable: string]: string } } = {
  light: {
    foreground: '#3b3b3b',
    descriptionForeground: '#717171',
    'editor-background': '#ffffff',
    'widget-border': '#e5e5e5',
    'charts-blue': '#0063d3',
    'charts-green': '#388a34',
    'charts-yellow': '#895503',
    'charts-orange': '#d18616',
    'charts-red': '#e51400',
    'charts-purple': '#652d90',
    focusBorder: '#005fb8',
    'list-hoverBackground': '#f2f2f2',
  },
  dark: {
    foreground: '#cccccc',
    descriptionForeground: '#9d9d9d',
    'editor-background': '#1f1f1f',
    'widget-border': '#313131',
    'charts-blue': '#59a4f9',
    'charts-green': '#89d185',
    'charts-yellow': '#cca700',
    'charts-orange': '#d18616',
    'charts-red': '#f14c4c',
    'charts-purple': '#b180d7',
    focusBorder: '#0078d4',
    'list-hoverBackground': '#2a2d2e',
  },
  'high-contrast': {
    foreground: '#ffffff',
    descriptionForeground: '#ffffff',
    'editor-background': '#000000',
    'widget-border': '#6fc3df',
    'charts-blue': '#59a4f9',
    'charts-green': '#89d185',
    'charts-yellow': '#cca700',
    'charts-orange': '#d18616',
    'charts-red': '#f48771',
    'charts-purple': '#b180d7',
    contrastBorder: '#6fc3df',
    focusBorder: '#f38518',
    'list-hoverBackground': '#000000',
  },
};

const BODY: { [theme in Theme]: string } = {
  light: 'vscode-light',
  dark: 'vscode-dark',
  'high-contrast': 'vscode-high-contrast',
};

/** As strict as a notebook's web view: no eval, nothing from elsewhere. */
const POLICY =
  "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:";

function html(theme: Theme): string {
  const colours = Object.entries(THEMES[theme]).map(([name, colour]) => `--vscode-${name}: ${colour};`);
  const fonts = '--vscode-font-family: sans-serif; --vscode-editor-font-family: monospace;';
  return `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}">
<style>:root { ${colours.join(' ')} ${fonts} } body { background: var(--vscode-editor-background); margin: 8px; }</style>
<body class="${BODY[theme]}" data-vscode-theme-id="${theme}"><div id="output"></div>
<script type="module">
  import { activate } from '${ORIGIN}/renderer.js';
  const listeners = new Set();
  const sent = [];
  const renderer = await activate({
    workspace: { isTrusted: true },
    getState() {}, setState() {}, getRenderer: async () => undefined,
    postMessage: message => sent.push(message),
    onDidReceiveMessage: listener => { listeners.add(listener); return { dispose: () => listeners.delete(listener) }; },
  });
  window.lab = {
    show: run => renderer.renderOutputItem({ id: 'lab', mime: 'application/vnd.ebpfnb.run+json', metadata: {}, json: () => run }, document.getElementById('output')),
    say: message => { for (const listener of listeners) listener(message); },
    sent,
  };
</script>`;
}

export class Lab {
  private constructor(readonly page: Page) {}

  static async open(browser: Browser, theme: Theme = 'light'): Promise<Lab> {
    const context = await browser.newContext({
      viewport: { width: 1000, height: 900 },
      permissions: ['clipboard-read', 'clipboard-write'],
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    await page.route(`${ORIGIN}/**`, route => {
      const { pathname } = new URL(route.request().url());
      return pathname === '/'
        ? route.fulfill({ contentType: 'text/html', body: html(theme) })
        : route.fulfill({ contentType: 'text/javascript', body: readFileSync(join(DIST, pathname)) });
    });
    await page.goto(`${ORIGIN}/`);
    await page.waitForFunction('window.lab');
    return new Lab(page);
  }

  /** Draws a run, or updates what is drawn, as the notebook would. */
  async show(run: RunSnapshot): Promise<void> {
    await this.page.evaluate(`lab.show(${JSON.stringify(run)})`);
  }

  /** Says something in the extension's place. */
  async say(message: ExtensionMessage): Promise<void> {
    await this.page.evaluate(`lab.say(${JSON.stringify(message)})`);
  }

  /** All that the renderer said. */
  sent(): Promise<RendererMessage[]> {
    return this.page.evaluate('lab.sent');
  }

  get browser(): Browser {
    return this.page.context().browser()!;
  }

  get output(): Locator {
    return this.page.getByRole('region', { name: 'eBPF run' });
  }

  close(): Promise<void> {
    return this.page.context().close();
  }
}
