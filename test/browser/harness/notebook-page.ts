/** A notebook on screen, by what a person sees and clicks. */
import type { FrameLocator, Locator, Page } from 'playwright-core';

export class NotebookPage {
  constructor(
    readonly page: Page,
    readonly path: string,
  ) {}

  /** The cell at this place, Markdown ones counted. */
  cell(index: number): Locator {
    return this.page.locator(`.notebookOverlay .cell-list-container .monaco-list-row[data-index="${index}"]`);
  }

  /** Waits on conditions and never on time: Playwright's locators poll by themselves. */
  async run(index: number): Promise<void> {
    await this.#click(index, /^Execute Cell/);
  }

  async stop(index: number): Promise<void> {
    await this.#click(index, /^Stop Cell Execution/);
  }

  async #click(index: number, label: RegExp): Promise<void> {
    const cell = this.cell(index);
    await cell.locator('.cell-editor-container, .cell').first().hover();
    await cell.locator('.run-button-container').getByRole('button', { name: label }).first().click();
  }

  /** A button of the cell's own toolbar, top right. */
  async cellAction(index: number, label: string | RegExp): Promise<void> {
    const cell = this.cell(index);
    await cell.locator('.cell-editor-container').first().click();
    await cell.locator('.cell-title-toolbar').getByRole('button', { name: label }).click();
  }

  async command(title: string): Promise<void> {
    await this.page.keyboard.press('F1');
    const box = this.page.locator('.quick-input-widget input').first();
    await box.fill(`>${title}`);
    await this.page.locator('.quick-input-widget .monaco-list-row').getByText(title).first().click();
  }

  /** What the output renderers draw into: VS Code nests it in two frames. */
  get outputs(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
  }

  async save(): Promise<void> {
    await this.page.keyboard.press('Control+s');
    await this.page.locator('.tab.active:not(.dirty)').waitFor();
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}
