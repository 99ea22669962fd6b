/**
 * The string section of a BTF blob. Strings are read on demand; the way back, from a name to its offset, goes
 * through a hash table built at the first question (about 10 ms for a vmlinux, once). BTF writers store each
 * string once, so that one offset stands for a name everywhere.
 */
export class BtfStrings {
  #table?: Uint32Array;

  /** `base` is the offset of the first byte: strings of split BTF go on where those of its base end. */
  constructor(
    private readonly bytes: Buffer,
    readonly base: number,
  ) {}

  get end(): number {
    return this.base + this.bytes.length;
  }

  at(offset: number): string {
    const start = offset - this.base;
    return this.bytes.toString('latin1', start, this.bytes.indexOf(0, start));
  }

  /** Offset of `name`, or undefined when no string is equal to it. */
  find(name: string): number | undefined {
    this.#table ??= this.#build();
    const wanted = Buffer.from(name, 'latin1');
    const mask = this.#table.length - 1;
    for (
      let slot = hash(wanted, 0, wanted.length) & mask;
      this.#table[slot] !== 0;
      slot = (slot + 1) & mask
    ) {
      const start: number = this.#table[slot]! - 1;
      const end = start + wanted.length;
      if (this.bytes[end] === 0 && wanted.equals(this.bytes.subarray(start, end))) return start + this.base;
    }
    return undefined;
  }

  /** Open addressing; an entry is the string's start plus one, zero is free. */
  #build(): Uint32Array {
    const { bytes } = this;
    let count = 0;
    for (let i = 0; i < bytes.length; i++) if (bytes[i] === 0) count++;
    const table = new Uint32Array(2 ** Math.ceil(Math.log2(count * 2 + 2)));
    const mask = table.length - 1;
    for (let start = 0; start < bytes.length; ) {
      let value = FNV_BASIS;
      let end = start;
      for (; end < bytes.length && bytes[end] !== 0; end++) value = Math.imul(value ^ bytes[end]!, FNV_PRIME);
      let slot = (value ^ (value >>> 15)) & mask;
      while (table[slot] !== 0) slot = (slot + 1) & mask;
      table[slot] = start + 1;
      start = end + 1;
    }
    return table;
  }
}

const FNV_BASIS = 0x811c9dc5 | 0;
const FNV_PRIME = 0x01000193;

function hash(bytes: Uint8Array, start: number, end: number): number {
  let value = FNV_BASIS;
  for (let i = start; i < end; i++) value = Math.imul(value ^ bytes[i]!, FNV_PRIME);
  return value ^ (value >>> 15);
}
