/** Batches in the order in which they came, each taken when what it needs is there. */
export class Inflow {
  /** The newest batch that still waits. */
  #last: Promise<void> | undefined;

  constructor(
    /** Starts what a batch needs before it is taken; undefined = nothing. Must not reject. */
    private readonly prepare: (batch: Buffer) => Promise<void> | undefined,
    private readonly take: (batch: Buffer) => void,
  ) {}

  push(batch: Buffer): void {
    const ready = this.prepare(batch);
    if (!ready && !this.#last) {
      this.take(batch);
      return;
    }
    const mine = Promise.all([this.#last, ready]).then(() => {
      if (this.#last === mine) this.#last = undefined;
      this.take(batch);
    });
    this.#last = mine;
  }

  /** Resolves when everything that was pushed so far is taken. */
  async settled(): Promise<void> {
    await this.#last;
  }
}
