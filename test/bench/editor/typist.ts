/** Types into a cell, and measures in the page how long each key takes until what it did is on screen. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import type { NotebookPage } from '../../browser/harness/notebook-page.ts';

/** Typed as a comment and taken back again, for as long as it lasts. */
const TEXT = 'where does the time go';
const KEYS = [
  ...[...TEXT].map(letter => (letter === ' ' ? 'Space' : letter)),
  ...[...TEXT].fill('Backspace'),
];
/** ms between keys, as of somebody who types fast. */
const GAP_MS = 120;

/**
 * From the browser's own time of the key until the frame that shows the change is painted: the editor draws in an
 * animation frame, so the next task comes behind the paint of that frame.
 */
const WATCH = `() => {
  const times = (window.keyTimes = []);
  const lines = document.activeElement.closest('.monaco-editor').querySelector('.view-lines');
  let from;
  document.addEventListener('keydown', event => { from = event.timeStamp; }, true);
  new MutationObserver(() => {
    if (from === undefined) return;
    const pressed = from;
    from = undefined;
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => times.push(performance.now() - pressed);
    port2.postMessage(0);
  }).observe(lines, { childList: true, subtree: true, characterData: true });
}`;

export class Typist {
  #typed = 0;

  private constructor(private readonly page: Page) {}

  /** Sits down at a cell, behind what it says. */
  static async at(notebook: NotebookPage, cell: number): Promise<Typist> {
    const { page } = notebook;
    await notebook.focus(cell);
    await page.keyboard.press('Control+End');
    await page.keyboard.press('Enter');
    await page.keyboard.type('// ');
    await page.evaluate(`(${WATCH})()`);
    return new Typist(page);
  }

  /** Types until `until`, a time of performance.now(); each key waits for what the one before did. */
  async type(until: number): Promise<void> {
    while (performance.now() < until) {
      await this.page.keyboard.press(KEYS[this.#typed++ % KEYS.length]!);
      await this.page.waitForFunction(`keyTimes.length >= ${this.#typed}`);
      await sleep(GAP_MS);
    }
  }

  /** ms of each key so far. */
  times(): Promise<number[]> {
    return this.page.evaluate('keyTimes');
  }
}
