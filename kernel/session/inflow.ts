/** Batches in the order in which they came, each taken in when what it needs is there. */

/** Bytes that may wait before those who send are asked to stop; they may go on when half of it is left. */
const MOST_WAITING = 1024 * 1024;

export interface Taker {
  /** Starts what a batch needs, at once; undefined = nothing. Must not reject. */
  prepare(batch: Buffer): Promise<void> | undefined;
  /** Comes when all batches before it are taken in. Must not reject. */
  take(batch: Buffer): Promise<void> | undefined;
  /** More wait than shall (true), or no longer. */
  hold(on: boolean): void;
}

export class Inflow {
  /** The newest batch that is not taken in yet. */
  #last: Promise<void> | undefined;
  /** Bytes of the batches that are not. */
  #waiting = 0;
  #held = false;

  constructor(private readonly taker: Taker) {}

  push(batch: Buffer): void {
    const ready = this.taker.prepare(batch);
    const taken = ready || this.#last ? this.#after(ready, batch) : this.taker.take(batch);
    if (!taken) return;
    this.#count(batch.length);
    const mine = taken.then(() => {
      this.#count(-batch.length);
      if (this.#last === mine) this.#last = undefined;
    });
    this.#last = mine;
  }

  /** Resolves when everything that was pushed so far is taken in. */
  async settled(): Promise<void> {
    await this.#last;
  }

  async #after(ready: Promise<void> | undefined, batch: Buffer): Promise<void> {
    await Promise.all([this.#last, ready]);
    await this.taker.take(batch);
  }

  #count(bytes: number): void {
    this.#waiting += bytes;
    const held = this.#waiting > (this.#held ? MOST_WAITING / 2 : MOST_WAITING);
    if (held !== this.#held) this.taker.hold(held);
    this.#held = held;
  }
}
