/** Reads numbers and texts of a file that nobody vouches for: beyond its end there is an error, never more memory. */

import { within } from './bounds.ts';

const CONTINUES = 0x80;
const BITS = 7;

export class Cursor {
  constructor(
    readonly bytes: Buffer,
    public at = 0,
  ) {}

  /** @throws RangeError at the end, as all of these */
  u8(): number {
    const value = this.bytes[this.at++];
    if (value === undefined) throw new RangeError('the debug information ends early');
    return value;
  }

  u16(): number {
    return this.bytes.readUInt16LE(this.#next(2));
  }

  u32(): number {
    return this.bytes.readUInt32LE(this.#next(4));
  }

  /** Beyond 2^53 it is not exact, and no place in a file. */
  u64(): number {
    const low = this.u32();
    return low + this.u32() * 2 ** 32;
  }

  /** @param size 1, 2, 4 or 8 bytes */
  unsigned(size: number): number {
    if (size === 8) return this.u64();
    return this.bytes.readUIntLE(this.#next(size), size);
  }

  uleb(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 2 ** BITS) {
      const byte = this.u8();
      value += (byte & (CONTINUES - 1)) * scale;
      if (byte < CONTINUES) return value;
    }
  }

  sleb(): number {
    let value = 0;
    for (let scale = 1; ; ) {
      const byte = this.u8();
      value += (byte & (CONTINUES - 1)) * scale;
      scale *= 2 ** BITS;
      if (byte < CONTINUES) return byte & 0x40 ? value - scale : value;
    }
  }

  skipLeb(): void {
    while (this.u8() >= CONTINUES);
  }

  /** Ended by NUL. */
  text(): string {
    const start = this.at;
    this.skipText();
    within('text', this.at - start);
    return this.bytes.toString('utf8', start, this.at - 1);
  }

  skipText(): void {
    const end = this.bytes.indexOf(0, this.at);
    if (end < 0) throw new RangeError('the debug information ends early');
    this.at = end + 1;
  }

  /** Length of what follows, and how many bytes its offsets have. */
  initialLength(): { length: number; offsetSize: 4 | 8 } {
    const length = this.u32();
    return length === 0xffffffff ? { length: this.u64(), offsetSize: 8 } : { length, offsetSize: 4 };
  }

  #next(size: number): number {
    const start = this.at;
    this.at += size;
    return start;
  }
}

/** The text at a place of a section of texts. */
export const textAt = (section: Buffer, offset: number): string => new Cursor(section, offset).text();
