/** One terminal for output that scrolls, and for what stays below it: a prompt, or what runs show live. */
import type { Escape } from '../views/index.ts';
import { Output, say } from './terminal.ts';

/** Stands below the output and moves down with it. */
export interface Below {
  erase(): void;
  draw(): void;
}

export class Screen {
  readonly #output: Output;
  #below: Below | undefined;
  /** The output ended inside of a line: nothing is drawn below until that has ended. */
  #open = false;

  constructor(output = new Output()) {
    this.#output = output;
  }

  /** Nobody reads any more. */
  set onClosed(closed: Output['onClosed']) {
    this.#output.onClosed = closed;
  }

  get safe(): Escape {
    return this.#output.safe;
  }

  write(text: string): void {
    if (text === '') return;
    this.#erase();
    this.#output.write(text);
    this.#open = !text.endsWith('\n');
    this.#draw();
  }

  /** Beside the output, on standard error; a line of its own. */
  say(text: string): void {
    this.endLine();
    this.tell(text);
  }

  /** Beside the output, wherever that is: both may go to different places. */
  tell(text: string): void {
    this.#erase();
    say(text);
    this.#draw();
  }

  /** A program need not end its last line. */
  endLine(): void {
    if (this.#open) this.write('\n');
  }

  show(below: Below): void {
    this.#erase();
    this.#below = below;
    this.#draw();
  }

  hide(): void {
    this.#erase();
    this.#below = undefined;
  }

  flush(): void {
    this.#output.flush();
  }

  close(): void {
    this.hide();
    this.#output.close();
  }

  #erase(): void {
    if (!this.#open) this.#below?.erase();
  }

  #draw(): void {
    if (!this.#open) this.#below?.draw();
  }
}
