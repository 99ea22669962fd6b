/** How far it is with what takes long: one line at a terminal, written over until it is done. */
import { say } from './terminal.ts';

const CLEAR_LINE = '\r\x1b[K';

export class Progress {
  #shown = false;

  constructor(private readonly quiet: boolean) {}

  /** Undefined = over. */
  show(attaching: { done: number; of: number } | undefined): void {
    if (this.quiet || !process.stderr.isTTY) return;
    if (attaching) say(`${CLEAR_LINE}attaching ${attaching.done} of ${attaching.of}`);
    else if (this.#shown) say(CLEAR_LINE);
    this.#shown = attaching !== undefined;
  }
}
