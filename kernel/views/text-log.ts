/** Everything printed, in print order: raw records and finished text, read as lines when looked at. */
import { BATCH_ENTRY } from '../loader/protocol.ts';
import { align8, ENTRY_HEADER } from './batch.ts';
import type { RecordBudget } from './budget.ts';
import { RecordRing } from './ring.ts';
import { newestWithin } from './weight.ts';

/** Entry kind of text that was formatted on arrival (print-map). Never on the wire. */
const FINISHED = 255;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Gives the text of the raw entry whose header is at `header`; newlines inside strings must be escaped. */
export type EntryText = (bytes: Uint8Array, header: number, start: number, length: number) => string;

export class TextLog {
  readonly ring: RecordRing;
  /** Newlines before each record kept. */
  private readonly before: Float64Array;
  private newlines = 0;
  private ended = false;
  private readonly capacity: number;
  private readonly whole: boolean;
  private readonly text: EntryText;

  /** `whole`: every record prints whole lines, so a record kept begins a line. */
  constructor(capacity: number, whole: boolean, text: EntryText, budget?: RecordBudget) {
    this.capacity = capacity;
    this.whole = whole;
    this.text = text;
    this.ring = new RecordRing(capacity, budget);
    this.before = new Float64Array(capacity);
  }

  push(batch: Uint8Array, offsets: ArrayLike<number>, count: number, end: number, newlines: number): void {
    const from = Math.max(0, count - this.capacity);
    for (let i = from, index = this.ring.total + from; i < count; i++, index++)
      this.before[index % this.capacity] = this.newlines + newlines * i;
    this.ring.push(batch, offsets, count, end);
    this.newlines += newlines * count;
  }

  /** Text that is there already. */
  append(text: string): void {
    const payload = encoder.encode(text);
    const entry = new Uint8Array(align8(ENTRY_HEADER + payload.length));
    new DataView(entry.buffer).setUint32(0, payload.length, true);
    entry[4] = FINISHED;
    entry.set(payload, ENTRY_HEADER);
    this.push(entry, [0], 1, entry.length, text.split('\n').length - 1);
  }

  /** An unfinished last line becomes a line. */
  finish(): void {
    this.ended = true;
  }

  /** Memory that it takes. */
  get heldBytes(): number {
    return this.ring.heldBytes + this.before.byteLength;
  }

  /** Whole lines ever. */
  get total(): number {
    return this.newlines + (this.ended && this.unfinished() ? 1 : 0);
  }

  private unfinished(): string {
    return this.read(this.newlines).at(-1) ?? '';
  }

  /**
   * Lines from `from` on, at most the newest `limit`, fewer where they weigh more than `most` (see weight.ts); `first`
   * is the index of lines[0].
   */
  lines(most: number, from: number, limit: number): { lines: string[]; first: number; total: number } {
    const total = this.total;
    const oldest = Math.max(from, total - limit, this.firstLine());
    const all = oldest < total ? this.read(oldest) : [];
    const lines = newestWithin(index => all[index - oldest]!, { oldest, total, most });
    return { lines, first: total - lines.length, total };
  }

  private firstLine(): number {
    const oldest = this.ring.first;
    if (oldest === 0 || oldest >= this.ring.total) return oldest === 0 ? 0 : this.newlines;
    return this.before[oldest % this.capacity]! + (this.whole ? 0 : 1);
  }

  /** All text from the start of line `line`, split; the last piece is what follows the last newline. */
  private read(line: number): string[] {
    let low = this.ring.first;
    let high = this.ring.total;
    // The last record that begins before the line does (a line may begin inside a record).
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if (this.before[middle % this.capacity]! < line) low = middle;
      else high = middle;
    }
    if (low >= this.ring.total) return [];
    let text = '';
    for (let index = low; index < this.ring.total; index++) {
      const { bytes, header, start, length } = this.ring.locate(index);
      text +=
        bytes[header + 4] === BATCH_ENTRY.record
          ? this.text(bytes, header, start, length)
          : decoder.decode(bytes.subarray(start, start + length));
    }
    return text.split('\n').slice(line - this.before[low % this.capacity]!);
  }
}
