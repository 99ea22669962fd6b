/** Where batches wait while their taker has enough of them. */
export class Gate {
  #closed: { opened: Promise<void>; open: () => void } | undefined;
  /** Those for whom it must not be closed. */
  #needed = 0;

  /** Undefined while it is open. */
  get opened(): Promise<void> | undefined {
    return this.#closed?.opened;
  }

  close(): void {
    if (this.#needed > 0 || this.#closed) return;
    let open = () => {};
    const opened = new Promise<void>(resolve => {
      open = resolve;
    });
    this.#closed = { opened, open };
  }

  open(): void {
    this.#closed?.open();
    this.#closed = undefined;
  }

  /** Does what needs it open, and keeps it so meanwhile. */
  async whileOpen<T>(work: () => Promise<T>): Promise<T> {
    this.#needed++;
    this.open();
    try {
      return await work();
    } finally {
      this.#needed--;
    }
  }
}
