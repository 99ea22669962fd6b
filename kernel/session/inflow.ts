/** Batches in the order in which they came, each taken in when what it needs is there. */
export class Inflow {
  /** The newest batch that is not taken in yet. */
  #last: Promise<void> | undefined;

  constructor(
    /** Starts what a batch needs, at once; undefined = nothing. Must not reject. */
    private readonly prepare: (batch: Buffer) => Promise<void> | undefined,
    /** Comes when all batches before it are taken in. Must not reject. */
    private readonly take: (batch: Buffer) => Promise<void> | undefined,
  ) {}

  push(batch: Buffer): void {
    const ready = this.prepare(batch);
    const taken = ready || this.#last ? this.#after(ready, batch) : this.take(batch);
    if (!taken) return;
    const mine = taken.then(() => {
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
    await this.take(batch);
  }
}
