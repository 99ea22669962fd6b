/** Where batches wait while their taker has enough of them. */
export class Gate {
  #closed: { opened: Promise<void>; open: () => void } | undefined;

  /** Undefined while it is open. */
  get opened(): Promise<void> | undefined {
    return this.#closed?.opened;
  }

  close(): void {
    if (this.#closed) return;
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
}
