/** How regularly the page that outputs are drawn in gets its frames. */
import type { Frame } from 'playwright-core';
import type { NotebookPage } from '../../browser/harness/notebook-page.ts';

const WATCH = `() => {
  const times = (window.frameTimes = []);
  let last = performance.now();
  const next = () => {
    const now = performance.now();
    times.push(now - last);
    last = now;
    requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
}`;

export class FrameTimes {
  private constructor(private readonly frame: Frame) {}

  /** Starts to measure in a notebook that shows an output. */
  static async of({ page }: NotebookPage): Promise<FrameTimes> {
    for (const frame of page.frames()) {
      if ((await frame.locator('.run').count()) === 0) continue;
      await frame.evaluate(`(${WATCH})()`);
      return new FrameTimes(frame);
    }
    throw new Error('no output is on screen');
  }

  /** ms between one frame and the next, of all so far. */
  times(): Promise<number[]> {
    return this.frame.evaluate('frameTimes');
  }
}
