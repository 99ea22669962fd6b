/**
 * Unpacks what `xz` packed, as far as symbols are packed with it: LZMA2 alone, without other filters. In
 * JavaScript, because the bytes come from the programs that are traced and this runs as root.
 */

import { Lzma, Output } from './lzma.ts';

const MAGIC = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]);
const STREAM_HEADER = 12;
const LZMA2 = 0x21;
/** Bytes of the check behind a block, by its kind. */
const CHECKS = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64];
const HAS_PACKED_SIZE = 0x40;
const HAS_SIZE = 0x80;

/** @throws Error for anything else, and for more than `most` bytes */
export function unpack(bytes: Buffer, most: number): Buffer {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw new Error('not in the xz format');
  const check = CHECKS[bytes[7]! & 0xf]!;
  const output = new Output(most);
  let at = STREAM_HEADER;
  // The index behind the last block begins with 0.
  while (bytes[at] !== 0) {
    if (at >= bytes.length) throw new Error('xz data that ends early');
    const start = at + blockHeader(bytes, at);
    const end = new Lzma2(bytes, start, output).run();
    at = start + Math.ceil((end - start) / 4) * 4 + check;
  }
  return output.bytes();
}

/** The size of a block's header. Throws for filters besides LZMA2. */
function blockHeader(bytes: Buffer, at: number): number {
  const flags = bytes[at + 1]!;
  let next = at + 2;
  const number = () => {
    let value = 0;
    for (let shift = 0; shift < 63; shift += 7) {
      const byte = bytes[next++] ?? 0;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    return value;
  };
  if (flags & HAS_PACKED_SIZE) number();
  if (flags & HAS_SIZE) number();
  if ((flags & 3) !== 0 || number() !== LZMA2) throw new Error('an xz filter besides LZMA2');
  return (bytes[at]! + 1) * 4;
}

/** Chunks of LZMA, each with a header that may reset what was learnt before. */
class Lzma2 {
  #decoder: Lzma | undefined;

  constructor(
    private readonly bytes: Buffer,
    private at: number,
    private readonly output: Output,
  ) {}

  /** Where the data ends. */
  run(): number {
    for (let control = this.#next(); control !== 0; control = this.#next()) {
      if (control >= 0x80) this.#packed(control);
      else if (control <= 2) this.#plain();
      else throw new Error('not LZMA2 data');
    }
    return this.at;
  }

  #plain(): void {
    const size = this.#next16() + 1;
    for (let i = 0; i < size; i++) this.output.put(this.#next());
  }

  #packed(control: number): void {
    const size = ((control & 0x1f) << 16) + this.#next16() + 1;
    const packed = this.#next16() + 1;
    if (control >= 0xc0) this.#decoder = new Lzma(this.output, this.#next());
    if (!this.#decoder) throw new Error('LZMA2 data without properties');
    if (control >= 0xa0) this.#decoder.reset();
    if (this.at + packed > this.bytes.length) throw new Error('xz data that ends early');
    this.#decoder.run(this.bytes.subarray(this.at, this.at + packed), size);
    this.at += packed;
  }

  #next(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new Error('xz data that ends early');
    return byte;
  }

  #next16(): number {
    return this.#next() * 256 + this.#next();
  }
}
