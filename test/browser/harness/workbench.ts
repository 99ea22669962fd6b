/** One code-server and one Chromium for all tests. */
import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { inBuild } from '../../../scripts/setup/folders.mjs';
import { freePort, startCodeServer, windowUrl } from '../../../scripts/workbench/code-server.mjs';
import { prepareWorkbench } from '../../../scripts/workbench/folder.mjs';
import { NotebookPage } from './notebook-page.ts';
import type { User } from './users.ts';

/** Away from 8080, where a person's own workbench may run. */
const FIRST_PORT = 18080;

/** What would get between a test and its notebook. */
const SETTINGS = {
  'notebook.confirmDeleteRunningCell': false,
  'files.hotExit': 'off',
  'workbench.reduceMotion': 'on',
  'workbench.hover.delay': 100_000,
  'workbench.colorTheme': 'Default Light Modern',
  'window.confirmBeforeClose': 'never',
};

const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-dev-shm-usage',
];
const VIEWPORT = { width: 1280, height: 1400 };

/** Longer than anything here takes on a loaded machine; a wait that ends here has failed. */
const PATIENCE_MS = 30_000;

export type Server = Awaited<ReturnType<typeof startCodeServer>>;

/** A runner that gives up on this file sends SIGTERM: then nothing that was started may stay. */
const servers = new Set<number>();
process.once('SIGTERM', () => {
  for (const pid of servers) process.kill(-pid);
  process.exit(1);
});

async function start(options: Parameters<typeof startCodeServer>[0]): Promise<Server> {
  const server = await startCodeServer(options);
  servers.add(server.pid);
  void server.ended.then(() => servers.delete(server.pid));
  return server;
}

/** Starts code-server with a clean folder of its own, as this user or as the one who runs the tests. */
export async function startServer(name: string, user?: User): Promise<Server> {
  const folder = inBuild('tests', 'workbench', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const workbench = prepareWorkbench(folder, SETTINGS);
  const port = await freePort(FIRST_PORT);
  if (!user) return start({ folder, workbench, port });
  user.own(folder);
  return start({ folder, workbench, port, prefix: user.prefix, env: user.env });
}

export const startBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: CHROMIUM_FLAGS,
    // Chromium ends with this process in any case; Playwright's own handler would keep the process alive.
    handleSIGTERM: false,
  });

/** Opens a notebook in a window of its own, in a clean browser profile. */
export async function openNotebook(browser: Browser, server: Server, path: string): Promise<NotebookPage> {
  const page = await openWindow(browser, server, path);
  const notebook = new NotebookPage(page, path);
  await notebook.cell(0).waitFor({ state: 'attached' });
  return notebook;
}

/** Opens a file in a window of its own, whatever editor takes it. */
export async function openWindow(browser: Browser, server: Server, path: string): Promise<Page> {
  const context = await browser.newContext({
    viewport: VIEWPORT,
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  await page.goto(windowUrl(server.url, dirname(path)));
  await server.windows.openInNext(path);
  await page.locator('.monaco-workbench .part.editor .tab').first().waitFor();
  return page;
}
