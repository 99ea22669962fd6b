/** The newest records of a stream as raw bytes: bounded, copied in runs, decoded only when looked at. */
import { align8, ENTRY_HEADER } from './batch.ts';
import { RecordBudget } from './budget.ts';

const MIN_BYTES = 16 * 1024;
const MIN_INDEX = 1024;
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

  /** `capacity`: records kept, fewer where the budget has no room for as many. */
  constructor(
    capacity: number,
    private readonly budget: RecordBudget = new RecordBudget(),
  ) {
    this.capacity = Math.max(1, Math.min(Math.floor(capacity), MAX_ROWS));
    this.at = new Float64Array(Math.min(MIN_INDEX, this.capacity));
    budget.add(this);
  }

  /** Memory that it takes, used or not. */
  get heldBytes(): number {
    return this.bytes.byteLength + this.at.byteLength;
  }

  /** Keeps the newest that fit into half the memory. */
  halve(): void {
    if (this.bytes.length > MIN_BYTES) this.resize(this.bytes.length / 2, this.oldest);
  }

  /** Nothing comes any more: takes no more memory than what it keeps. */
  trim(): void {
    this.resize(align8(Math.max(1, this.keptBytes(this.oldest))), this.oldest);
  }

  /** Others may have its memory; it is of no use then. */
  release(): void {
    this.budget.remove(this);
  }

  /** Index of the oldest record kept. */
  get first(): number {
    return this.oldest;
  }

  /** Appends `count` entries that lie one behind the other in `batch`; `offsets` are their headers. */
  push(batch: Uint8Array, offsets: ArrayLike<number>, count: number, end: number): void {
    let from = Math.max(0, count - this.capacity);
    this.reserve(end - offsets[from]!, count - from);
    // One run beyond the bound: keep what fits of its newest.
    while (from < count && end - offsets[from]! > this.bytes.length) from++;
    if (from > 0) {
      this.total += from;
      this.oldest = this.total;
    }
    if (from < count) this.write(batch, offsets, from, count, end);
  }

  private write(batch: Uint8Array, offsets: ArrayLike<number>, from: number, to: number, end: number): void {
    const start = offsets[from]!;
    const place = this.claim(end - start);
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

  /** Bytes from a record on to the end. */
  private keptBytes(from: number): number {
    return from < this.total ? this.head - this.position(from) : 0;
  }

  /** Doubles until what must be kept fits besides a run (twice, since it may have to skip the rest), or nobody gives more. */
  private reserve(length: number, records: number): void {
    const keepFrom = Math.max(this.oldest, this.total + records - this.capacity);
    const needed = this.keptBytes(Math.min(keepFrom, this.total)) + 2 * length;
    let size = this.bytes.length;
    while (size < needed && this.budget.grants(this, size * 2 + this.at.byteLength)) size *= 2;
    if (size > this.bytes.length) this.resize(size, Math.min(keepFrom, this.total));
  }

  /** Moves what is kept into so many bytes: the records from `first` on, without those that find no room. */
  private resize(size: number, first: number): void {
    while (first < this.total && this.keptBytes(first) > size) first++;
    const { bytes, total } = this;
    const slots = Math.max(MIN_INDEX, 2 ** Math.ceil(Math.log2(total - first)));
    const moved = new Uint8Array(size);
    const at = new Float64Array(Math.min(this.capacity, slots));
    let head = 0;
    for (let index = first; index < total; ) {
      const start = this.position(index) % bytes.length;
      let end = start;
      // Records that lie side by side go in one piece.
      for (; index < total && this.position(index) % bytes.length === end; index++) {
        at[index % at.length] = head + end - start;
        end += ENTRY_HEADER + align8(this.locate(index).length);
      }
      moved.set(bytes.subarray(start, end), head);
      head += end - start;
    }
    this.bytes = moved;
    this.at = at;
    this.head = head;
    this.oldest = first;
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
