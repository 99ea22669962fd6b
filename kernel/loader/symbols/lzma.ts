/** LZMA: what range coding made of literals, matches and repeats. Bounded by what it may put out. */

/** What was unpacked so far: also the dictionary that later parts refer to. */
export class Output {
  #bytes = Buffer.alloc(1 << 16);
  length = 0;

  constructor(private readonly most: number) {}

  put(byte: number): void {
    if (this.length === this.#bytes.length) this.#grow();
    this.#bytes[this.length++] = byte;
  }

  /** A byte that was put `distance` + 1 bytes ago. */
  back(distance: number): number {
    if (distance >= this.length) throw new Error('xz data that refers to nothing');
    return this.#bytes[this.length - distance - 1]!;
  }

  bytes(): Buffer {
    return this.#bytes.subarray(0, this.length);
  }

  #grow(): void {
    if (this.length >= this.most) throw new Error('xz data that is too large');
    const larger = Buffer.alloc(Math.min(this.most, this.#bytes.length * 2));
    this.#bytes.copy(larger);
    this.#bytes = larger;
  }
}

const PROBABILITY_BITS = 11;
const EVEN = 1 << (PROBABILITY_BITS - 1);
const ADAPTATION = 5;
const TOP = 2 ** 24;
const STATES = 12;
/** States below it follow a literal. */
const AFTER_LITERAL = 7;
const POSITIONS = 16;
const LITERAL = 0x300;
const LENGTH_STATES = 4;
const SHORTEST = 2;
const ALIGN_BITS = 4;
const FIRST_DIRECT_SLOT = 14;

const probabilities = (count: number) => new Uint16Array(count).fill(EVEN);

/** Where the probabilities of a length stand among those of its kind. */
const LENGTH = {
  choice: 0,
  low: 2,
  middle: 2 + 8 * POSITIONS,
  high: 2 + 16 * POSITIONS,
  all: 258 + 16 * POSITIONS,
};

export class Lzma {
  readonly #literalContext: number;
  readonly #literalPosition: number;
  readonly #position: number;
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  #range = 0;
  #code = 0;
  #state = 0;
  #distances = [0, 0, 0, 0];
  #isMatch = probabilities(0);
  #isRepeat = probabilities(0);
  #isRepeatBefore = probabilities(0);
  #isLong = probabilities(0);
  #literals = probabilities(0);
  #lengths = probabilities(0);
  #repeatLengths = probabilities(0);
  #slots = probabilities(0);
  #special = probabilities(0);
  #align = probabilities(0);

  constructor(
    private readonly output: Output,
    properties: number,
  ) {
    if (properties >= 9 * 5 * 5) throw new Error('wrong LZMA properties');
    this.#literalContext = properties % 9;
    this.#literalPosition = Math.trunc(properties / 9) % 5;
    this.#position = Math.trunc(properties / 45);
    this.reset();
  }

  /** Forgets what was learnt. */
  reset(): void {
    this.#state = 0;
    this.#distances = [0, 0, 0, 0];
    this.#isMatch = probabilities(STATES * POSITIONS);
    this.#isRepeat = probabilities(STATES);
    this.#isRepeatBefore = probabilities(STATES * 3);
    this.#isLong = probabilities(STATES * POSITIONS);
    this.#literals = probabilities(LITERAL << (this.#literalContext + this.#literalPosition));
    this.#lengths = probabilities(LENGTH.all);
    this.#repeatLengths = probabilities(LENGTH.all);
    this.#slots = probabilities(LENGTH_STATES * 64);
    this.#special = probabilities(128);
    this.#align = probabilities(1 << ALIGN_BITS);
  }

  /** Unpacks a chunk to `size` bytes. */
  run(bytes: Buffer, size: number): void {
    this.#bytes = bytes;
    this.#at = 1;
    this.#range = 0xffffffff;
    this.#code = 0;
    for (let i = 0; i < 4; i++) this.#code = (this.#code * 256 + this.#next()) >>> 0;
    const end = this.output.length + size;
    while (this.output.length < end) {
      const position = this.output.length & ((1 << this.#position) - 1);
      if (!this.#bit(this.#isMatch, this.#state * POSITIONS + position)) this.#literal();
      else this.#match(position, end);
    }
  }

  #literal(): void {
    const { length } = this.output;
    const before = length > 0 ? this.output.back(0) : 0;
    const place = length & ((1 << this.#literalPosition) - 1);
    const context = (place << this.#literalContext) + (before >> (8 - this.#literalContext));
    const from = LITERAL * context;
    let symbol = 1;
    if (this.#state >= AFTER_LITERAL) {
      let matched = this.output.back(this.#distances[0]!);
      do {
        const bit = (matched >> 7) & 1;
        matched <<= 1;
        const got = this.#bit(this.#literals, from + ((1 + bit) << 8) + symbol);
        symbol = (symbol << 1) | got;
        if (got !== bit) break;
      } while (symbol < 0x100);
    }
    while (symbol < 0x100) symbol = (symbol << 1) | this.#bit(this.#literals, from + symbol);
    this.output.put(symbol & 0xff);
    this.#state = this.#state < 4 ? 0 : this.#state < 10 ? this.#state - 3 : this.#state - 6;
  }

  #match(position: number, end: number): void {
    const fresh = this.#state < AFTER_LITERAL;
    let length: number;
    if (this.#bit(this.#isRepeat, this.#state)) {
      if (this.#repeat(position)) {
        this.output.put(this.output.back(this.#distances[0]!));
        this.#state = fresh ? 9 : 11;
        return;
      }
      length = this.#length(this.#repeatLengths, position);
      this.#state = fresh ? 8 : 11;
    } else {
      length = this.#length(this.#lengths, position);
      this.#distances = [this.#distance(length), ...this.#distances.slice(0, 3)];
      this.#state = fresh ? 7 : 10;
    }
    if (this.output.length + length > end) throw new Error('LZMA data beyond its size');
    for (let i = 0; i < length; i++) this.output.put(this.output.back(this.#distances[0]!));
  }

  /** One of the last four distances becomes the newest; true = for a single byte. */
  #repeat(position: number): boolean {
    const from = this.#state * 3;
    let index = 0;
    if (!this.#bit(this.#isRepeatBefore, from))
      return !this.#bit(this.#isLong, this.#state * POSITIONS + position);
    if (!this.#bit(this.#isRepeatBefore, from + 1)) index = 1;
    else index = this.#bit(this.#isRepeatBefore, from + 2) ? 3 : 2;
    const [again] = this.#distances.splice(index, 1);
    this.#distances.unshift(again!);
    return false;
  }

  #length(table: Uint16Array, position: number): number {
    if (!this.#bit(table, LENGTH.choice)) return SHORTEST + this.#tree(table, LENGTH.low + position * 8, 3);
    if (!this.#bit(table, LENGTH.choice + 1))
      return SHORTEST + 8 + this.#tree(table, LENGTH.middle + position * 8, 3);
    return SHORTEST + 16 + this.#tree(table, LENGTH.high, 8);
  }

  #distance(length: number): number {
    const state = Math.min(length - SHORTEST, LENGTH_STATES - 1);
    const slot = this.#tree(this.#slots, state * 64, 6);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const base = (2 | (slot & 1)) * 2 ** bits;
    if (slot < FIRST_DIRECT_SLOT) return base + this.#reverseTree(this.#special, base - slot, bits);
    return base + this.#direct(bits - ALIGN_BITS) * 16 + this.#reverseTree(this.#align, 0, ALIGN_BITS);
  }

  #tree(table: Uint16Array, from: number, bits: number): number {
    let symbol = 1;
    for (let i = 0; i < bits; i++) symbol = (symbol << 1) | this.#bit(table, from + symbol);
    return symbol - (1 << bits);
  }

  #reverseTree(table: Uint16Array, from: number, bits: number): number {
    let symbol = 1;
    let value = 0;
    for (let i = 0; i < bits; i++) {
      const bit = this.#bit(table, from + symbol);
      symbol = (symbol << 1) | bit;
      value |= bit << i;
    }
    return value;
  }

  /** Bits that are as often 0 as 1. */
  #direct(bits: number): number {
    let value = 0;
    for (let i = 0; i < bits; i++) {
      this.#range >>>= 1;
      const bit = this.#code >= this.#range ? 1 : 0;
      if (bit) this.#code -= this.#range;
      value = value * 2 + bit;
      this.#normalize();
    }
    return value;
  }

  #bit(table: Uint16Array, index: number): 0 | 1 {
    const probability = table[index]!;
    const bound = (this.#range >>> PROBABILITY_BITS) * probability;
    let bit: 0 | 1 = 0;
    if (this.#code < bound) {
      this.#range = bound;
      table[index] = probability + (((1 << PROBABILITY_BITS) - probability) >> ADAPTATION);
    } else {
      this.#range -= bound;
      this.#code -= bound;
      table[index] = probability - (probability >> ADAPTATION);
      bit = 1;
    }
    this.#normalize();
    return bit;
  }

  #normalize(): void {
    if (this.#range >= TOP) return;
    this.#range = (this.#range * 256) >>> 0;
    this.#code = ((this.#code * 256) >>> 0) + this.#next();
  }

  #next(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new Error('xz data that ends early');
    return byte;
  }
}
