/** How much memory the records of all runs may take together: who has most gives way to who has less. */

/** Keeps the newest of something in memory. */
export interface Holder {
  /** Memory that it takes now. */
  readonly heldBytes: number;
  /** Keeps what fits into half of it. */
  halve(): void;
}

/** Of all runs of a kernel: with what else the process holds it stays below 250 MB. */
export const PROCESS_BYTES = 48 * 1024 * 1024;
/** So much everyone may have, however many there are. */
const ALWAYS = 64 * 1024;

/** Who gives way must have so many times what the other one gets: or they would take it from each other in turns. */
const FAR_MORE = 1.5;

export class RecordBudget {
  readonly #holders = new Set<Holder>();

  constructor(readonly bytes: number = PROCESS_BYTES) {}

  add(holder: Holder): void {
    this.#holders.add(holder);
  }

  remove(holder: Holder): void {
    this.#holders.delete(holder);
  }

  /** May a holder grow to so many bytes? Larger ones are made smaller for it. */
  grants(asker: Holder, bytes: number): boolean {
    if (bytes <= ALWAYS) return true;
    const more = bytes - asker.heldBytes;
    while (this.#held() + more > this.bytes) {
      const largest = this.#largest(asker);
      if (!largest || largest.heldBytes < bytes * FAR_MORE) return false;
      const before = largest.heldBytes;
      largest.halve();
      if (largest.heldBytes === before) return false;
    }
    return true;
  }

  #held(): number {
    let sum = 0;
    for (const { heldBytes } of this.#holders) sum += heldBytes;
    return sum;
  }

  #largest(besides: Holder): Holder | undefined {
    let largest: Holder | undefined;
    for (const holder of this.#holders)
      if (holder !== besides && holder.heldBytes > (largest?.heldBytes ?? 0)) largest = holder;
    return largest;
  }
}
