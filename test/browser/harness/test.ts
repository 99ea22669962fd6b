/** Tests in the workbench: one server and one browser for all; what a test opens is closed after it. */
import type { ChildProcess } from 'node:child_process';
import { after, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { startOpener } from './cells.ts';
import { Lab, type Theme } from './lab.ts';
import type { NotebookPage } from './notebook-page.ts';
import { type CellText, notebookText, writeNotebook } from './notebooks.ts';
import { picture } from './pictures.ts';
import { createUser, obstacleToUsers, type User, type UserOptions } from './users.ts';
import { Wire } from './wire.ts';
import { openNotebook, openWindow, type Server, startBrowser, startServer } from './workbench.ts';

/** A test takes 10 to 30 s here. */
const PATIENCE_MS = 150_000;

let browsing: Promise<Browser> | undefined;
let serving: Promise<Server> | undefined;
after(async () => {
  await (await browsing)?.close();
  await (await serving)?.stop();
});

export class Bench {
  #children: ChildProcess[] = [];
  #wires: Wire[] = [];

  constructor(
    readonly browser: Browser,
    readonly server: Server,
  ) {}

  /** Opens a fresh notebook with these cells in a window of its own. */
  open(cells: CellText[], name?: string): Promise<NotebookPage> {
    return this.openFile(writeNotebook(notebookText(cells), name));
  }

  openFile(path: string): Promise<NotebookPage> {
    return openNotebook(this.browser, this.server, path);
  }

  /** The same by a wire of its own, which can be cut. */
  async openByWire(path: string): Promise<{ notebook: NotebookPage; wire: Wire }> {
    const wire = await Wire.lay(this.server.url);
    this.#wires.push(wire);
    return { notebook: await openNotebook(this.browser, { ...this.server, url: wire.url }, path), wire };
  }

  /** A window with this file in an editor, whatever the editor makes of it. */
  openWindow(path: string): Promise<Page> {
    return openWindow(this.browser, this.server, path);
  }

  /** A process to trace; it ends with the test. */
  opener(): ChildProcess & { pid: number } {
    const child = startOpener();
    this.#children.push(child);
    return child;
  }

  async close(): Promise<void> {
    for (const child of this.#children) child.kill();
    for (const context of this.browser.contexts()) await context.close();
    for (const wire of this.#wires) wire.close();
  }
}

/**
 * A test that opens windows. When it fails, pictures of them are left in .build/pictures/. With `as`, it has a
 * server of its own, run by an ordinary user made for it.
 */
export function benchTest(
  name: string,
  body: (bench: Bench, user?: User) => Promise<void>,
  as?: UserOptions,
): void {
  const obstacle = as && obstacleToUsers();
  test(name, { timeout: PATIENCE_MS, skip: obstacle ?? false }, async () => {
    browsing ??= startBrowser();
    serving ??= startServer('root');
    const [browser, server] = [await browsing, await serving];
    const user = as && createUser(as);
    const own = user && (await startServer(as.name, user));
    const bench = new Bench(browser, own ?? server);
    try {
      await body(bench, user);
    } catch (error) {
      await takePictures(browser, name);
      throw error;
    } finally {
      await bench.close();
      await own?.stop();
      await user?.remove();
    }
  });
}

/** A test of the renderer alone, in a page without an editor. */
export function labTest(name: string, body: (lab: Lab) => Promise<void>, theme?: Theme): void {
  test(name, { timeout: PATIENCE_MS }, async () => {
    browsing ??= startBrowser();
    const browser = await browsing;
    const lab = await Lab.open(browser, theme);
    try {
      await body(lab);
    } catch (error) {
      await takePictures(browser, name);
      throw error;
    } finally {
      await lab.close();
    }
  });
}

async function takePictures(browser: Browser, name: string): Promise<void> {
  const pages = browser.contexts().flatMap(context => context.pages());
  for (const [index, page] of pages.entries())
    await picture(page, `failed ${name} ${index}`.replace(/\W+/g, '-'));
}
