/** The newest records of a stream as raw bytes: bounded, copied in runs, decoded only when looked at. */
import { ENTRY_HEADER } from './batch.ts';

/** Bytes one ring may hold; beyond, it keeps fewer records than asked for. */
const MAX_BYTES = 64 * 1024 * 1024;
const MIN_BYTES = 16 * 1024;
export const MAX_ROWS = 1_000_000;

/**
 * Positions count bytes since the start and never wrap; a position's place in `bytes` is its remainder by the
 * capacity. Entries (header and payload) are stored as they come, never across the end.
 */
export class RecordRing {
  /** Records ever. */
  total = 0;
  private readonly capacity: number;
  private bytes = new Uint8Array(MIN_BYTES);
  private head = 0;
  private oldest = 0;
  private at: Float64Array;

  /** `capacity`: records kept. */
  constructor(capacity: number) {
    this.capacity = Math.max(1, Math.min(Math.floor(capacity), MAX_ROWS));
    this.at = new Float64Array(Math.min(1024, this.capacity));
  }

  /** Index of the oldest record kept. */
  get first(): number {
    return this.oldest;
  }

  /** Memory that it takes, used or not. */
  get heldBytes(): number {
    return this.bytes.byteLength + this.at.byteLength;
  }

  /** Appends `count` entries that lie one behind the other in `batch`; `offsets` are their headers. */
  push(batch: Uint8Array, offsets: ArrayLike<number>, count: number, end: number): void {
    let from = Math.max(0, count - this.capacity);
    // One run beyond the bound: keep what fits of its newest.
    while (from < count && end - offsets[from]! > MAX_BYTES) from++;
    if (from > 0) {
      this.total += from;
      this.oldest = this.total;
    }
    if (from < count) this.write(batch, offsets, from, count, end);
  }

  private write(batch: Uint8Array, offsets: ArrayLike<number>, from: number, to: number, end: number): void {
    const start = offsets[from]!;
    const length = end - start;
    const keepFrom = Math.max(this.oldest, this.total + (to - from) - this.capacity);
    const needed = keepFrom < this.total ? this.head - this.position(keepFrom) + length : length;
    this.reserve(needed, length, keepFrom);
    const place = this.claim(length);
    this.bytes.set(batch.subarray(start, end), place % this.bytes.length);
    this.growIndex(to - from);
    for (let i = from; i < to; i++) this.at[this.total++ % this.at.length] = place + offsets[i]! - start;
    this.oldest = Math.max(this.oldest, this.total - this.capacity);
    const alive = this.head - this.bytes.length;
    while (this.oldest < this.total && this.position(this.oldest) < alive) this.oldest++;
  }

  /** Where record `index` lies now; good until the next push. */
  locate(index: number): { bytes: Uint8Array; header: number; start: number; length: number } {
    const header = this.position(index) % this.bytes.length;
    const b = this.bytes;
    const length =
      (b[header]! | (b[header + 1]! << 8) | (b[header + 2]! << 16) | (b[header + 3]! << 24)) >>> 0;
    return { bytes: b, header, start: header + ENTRY_HEADER, length };
  }

  private position(index: number): number {
    return this.at[index % this.at.length]!;
  }

  /** `length` bytes in one piece; skips to the start when they would cross the end. */
  private claim(length: number): number {
    const size = this.bytes.length;
    if ((this.head % size) + length > size) this.head += size - (this.head % size);
    const place = this.head;
    this.head += length;
    return place;
  }

  /** Doubles until what must be kept fits (twice the run, since a run may have to skip the rest). */
  private reserve(needed: number, length: number, keepFrom: number): void {
    let size = this.bytes.length;
    while (size < needed + length && size < MAX_BYTES) size *= 2;
    if (size === this.bytes.length) return;
    const kept: Uint8Array[] = [];
    const first = Math.min(Math.max(keepFrom, this.oldest), this.total);
    for (let i = first; i < this.total; i++) {
      const { bytes, header, length: payload } = this.locate(i);
      kept.push(bytes.subarray(header, header + ENTRY_HEADER + ((payload + 7) & ~7)));
    }
    this.bytes = new Uint8Array(size);
    this.head = 0;
    this.oldest = first;
    kept.forEach((entry, i) => {
      const place = this.claim(entry.length);
      this.bytes.set(entry, place % size);
      this.at[(first + i) % this.at.length] = place;
    });
  }

  /** The index starts small and grows to `capacity` entries. */
  private growIndex(more: number): void {
    const wanted = Math.min(this.capacity, this.total - this.oldest + more);
    if (wanted <= this.at.length) return;
    let size = this.at.length;
    while (size < wanted) size *= 2;
    const grown = new Float64Array(Math.min(size, this.capacity));
    for (let i = this.oldest; i < this.total; i++) grown[i % grown.length] = this.position(i);
    this.at = grown;
  }
}
