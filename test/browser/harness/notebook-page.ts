/** A notebook on screen, by what a person sees and clicks. Playwright's locators wait by themselves. */
import { statSync } from 'node:fs';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { Output } from './output.ts';
import { until } from './until.ts';

const CLICK_MS = 3000;

export class NotebookPage {
  constructor(
    readonly page: Page,
    readonly path: string,
  ) {}

  /** The cell at this place, Markdown ones counted. */
  cell(index: number): Locator {
    return this.page.locator(`.notebookOverlay .cell-list-container .monaco-list-row[data-index="${index}"]`);
  }

  async run(index: number): Promise<void> {
    await this.#click(index, 'Execute Cell');
  }

  async stop(index: number): Promise<void> {
    await this.#click(index, 'Stop Cell Execution');
  }

  /** Waits until the cell executes, or no longer does. */
  async executes(index: number, executes: boolean): Promise<void> {
    await this.#beside(index, executes ? 'Stop Cell Execution' : 'Execute Cell').waitFor({
      state: 'attached',
    });
  }

  /** Waits until the cell has run without a failure. */
  async hasRun(index: number): Promise<void> {
    await this.cell(index).locator('.cell-statusbar-container .codicon-notebook-state-success').waitFor();
  }

  /** A button above the notebook. */
  toolbar(name: string): Locator {
    return this.page.locator('.notebook-toolbar-container').getByRole('button', { name, exact: true });
  }

  /** The button left of a cell; it shows when the cell has the focus. */
  #beside(index: number, name: string): Locator {
    const buttons = this.cell(index).locator('.run-button-container');
    return buttons.getByRole('button', { name, includeHidden: true }).first();
  }

  /** Outputs above that grow move the cell from under the mouse: then once more. */
  async #click(index: number, name: string): Promise<void> {
    await until(`a click on "${name}" of cell ${index}`, async () => {
      await this.focus(index);
      return this.#beside(index, name)
        .click({ timeout: CLICK_MS })
        .then(
          () => true,
          () => false,
        );
    });
  }

  /** Puts the cursor into the cell. */
  async focus(index: number): Promise<void> {
    await this.cell(index).locator('.cell-editor-container .view-lines').click();
  }

  /** Clicks a button of the cell's own toolbar, which shows when the cell has the focus. */
  async cellAction(index: number, name: RegExp): Promise<void> {
    await this.focus(index);
    await this.cell(index).locator('.cell-title-toolbar').getByRole('button', { name }).click();
  }

  /** Only what is in view is in the page. */
  async scrollToTop(): Promise<void> {
    await this.page.locator('.notebookOverlay').first().hover();
    await this.page.mouse.wheel(0, -100_000);
  }

  /** What the output renderers of an editor draw into: VS Code nests it in two frames. */
  #outputsOf(editor: number): FrameLocator {
    return this.page.locator('iframe.webview.ready').nth(editor).contentFrame().frameLocator('#active-frame');
  }

  get #outputs(): FrameLocator {
    return this.#outputsOf(0);
  }

  /** A run in view that shows this. Their order in the page is not that of the cells. */
  output(shows: 'table' | 'chart' | 'problem', editor = 0): Output {
    const outputs = this.#outputsOf(editor);
    const runs = outputs.getByRole('region', { name: 'eBPF run' });
    return new Output(runs.filter({ has: outputs.locator(`.${shows}`) }).first());
  }

  /** The bars of a histogram, in whichever output. */
  bars(title: string): Locator {
    return this.#outputs.locator(`[aria-label="Histogram ${title}"] svg [class*="bars_marks"] path`);
  }

  /** Rows of tables, in whichever output, that hold this text. */
  rows(text: string): Locator {
    return this.#outputs.locator('.panel.table tbody tr', { hasText: text });
  }

  /** Problems in the outputs of all cells in view. */
  problems(text: RegExp): Locator {
    return this.#outputs.locator('.problem', { hasText: text });
  }

  /** A modal question's or a notification's button. */
  answer(name: string): Locator {
    return this.page.locator('.monaco-dialog-box, .notifications-toasts').getByRole('button', { name });
  }

  /** Saves, and waits until the file is written. */
  async save(): Promise<void> {
    const { mtimeMs } = statSync(this.path);
    await this.page.keyboard.press('Control+s');
    await until('the file to be written', () => {
      const now = statSync(this.path);
      return now.mtimeMs > mtimeMs && now.size > 0;
    });
    await this.page.locator('.tab.active:not(.dirty)').waitFor();
  }

  /** Closes the tab of the notebook, which must be saved. */
  async closeTab(): Promise<void> {
    const tab = this.page.locator('.tab.active');
    await tab.getByRole('button', { name: /^Close/ }).click();
    await tab.waitFor({ state: 'detached' });
  }

  /** Closes the window. */
  async close(): Promise<void> {
    await this.page.context().close();
  }
}
