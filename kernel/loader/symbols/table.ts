/** A sorted table of code symbols; names stay in the file's bytes until they are asked for. */

/** Where an address lies in a table. */
export interface Found {
  name: string;
  /** Bytes from where the symbol begins. */
  offset: number;
}

/** A symbol on its way into a table. */
export interface Entry {
  /** At most 2^53. */
  address: number;
  /** 0 = not known: it reaches to the next symbol. */
  size: number;
  /** Where the name begins in the table's bytes. */
  name: number;
  /** Of several symbols at one address the one with the highest rank is shown. */
  rank: number;
}

/** How far behind an address a symbol that contains it may begin: others may lie inside it. */
const NESTED = 16;
const MOST_NAME = 4096;

export class SymbolTable {
  readonly #addresses: Float64Array;
  readonly #sizes: Float64Array;
  readonly #names: Uint32Array;

  constructor(
    entries: Entry[],
    private readonly bytes: Buffer,
    /** The byte that ends a name. */
    private readonly terminator: number,
  ) {
    entries.sort((a, b) => a.address - b.address || b.rank - a.rank || a.name - b.name);
    const unique = entries.filter((entry, i) => i === 0 || entry.address !== entries[i - 1]!.address);
    this.#addresses = Float64Array.from(unique, entry => entry.address);
    this.#sizes = Float64Array.from(unique, entry => entry.size);
    this.#names = Uint32Array.from(unique, entry => entry.name);
  }

  get size(): number {
    return this.#addresses.length;
  }

  /** Memory it takes, in bytes. */
  get weight(): number {
    return this.size * 20 + this.bytes.length;
  }

  find(address: number): Found | undefined {
    const last = this.#last(address);
    for (let i = last; i >= 0 && i > last - NESTED; i--) {
      const size = this.#sizes[i]!;
      const offset = address - this.#addresses[i]!;
      if (offset < size || (size === 0 && i === last)) return { name: this.#name(i), offset };
    }
    return undefined;
  }

  /** The index of the last symbol that begins at or before the address; -1 = none. */
  #last(address: number): number {
    let low = 0;
    let high = this.#addresses.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#addresses[middle]! <= address) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  #name(index: number): string {
    const start = this.#names[index]!;
    const end = this.bytes.indexOf(this.terminator, start);
    return this.bytes.toString('utf8', start, Math.min(end < 0 ? this.bytes.length : end, start + MOST_NAME));
  }
}
