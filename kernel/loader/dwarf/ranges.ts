/** Which addresses an entry stands for. */
import { within } from './bounds.ts';
import { AT } from './constants.ts';
import { Cursor } from './cursor.ts';
import type { Attributes, Unit } from './unit.ts';

export interface Range {
  start: number;
  /** Exclusive. */
  end: number;
}

/** Of version 5, by the names of the standard. */
const RLE = {
  end_of_list: 0,
  base_addressx: 1,
  startx_endx: 2,
  startx_length: 3,
  offset_pair: 4,
  base_address: 5,
  start_end: 6,
  start_length: 7,
} as const;

/** Code that the linker threw away is said to be at 0, or at an address near the highest. */
const isReal = ({ start, end }: Range) => start > 0 && end > start && end <= Number.MAX_SAFE_INTEGER;

export function rangesOf(unit: Unit, attributes: Attributes): Range[] {
  return allRanges(unit, attributes).filter(isReal);
}

function allRanges(unit: Unit, attributes: Attributes): Range[] {
  const list = attributes.get(AT.ranges);
  if (list !== undefined) {
    if (typeof list === 'number') return unit.version >= 5 ? newer(unit, list) : older(unit, list);
    return typeof list === 'object' && 'rangesIndex' in list
      ? newer(unit, indexed(unit, list.rangesIndex))
      : [];
  }
  const start = unit.address(attributes.get(AT.low_pc));
  const high = attributes.get(AT.high_pc);
  if (start === undefined || high === undefined) return [];
  const end = typeof high === 'number' ? start + high : unit.address(high);
  return end === undefined ? [] : [{ start, end }];
}

/** Where the list of a number begins. */
function indexed(unit: Unit, index: number): number {
  const base = unit.number(AT.rnglists_base) ?? 0;
  return base + new Cursor(unit.sections.rnglists, base + index * unit.offsetSize).unsigned(unit.offsetSize);
}

const baseOf = (unit: Unit) => unit.address(unit.root.get(AT.low_pc)) ?? 0;

/** Pairs of offsets from a base, until both are 0. */
function older(unit: Unit, offset: number): Range[] {
  const size = unit.addressSize;
  const cursor = new Cursor(unit.sections.ranges, offset + (unit.number(AT.GNU_ranges_base) ?? 0));
  const ranges: Range[] = [];
  const highest = size === 8 ? 2 ** 64 : 0xffffffff;
  for (let base = baseOf(unit); ; ) {
    const [start, end] = [cursor.unsigned(size), cursor.unsigned(size)];
    if (start === 0 && end === 0) return ranges;
    if (start === highest) base = end;
    else within('ranges', ranges.push({ start: base + start, end: base + end }));
  }
}

function newer(unit: Unit, offset: number): Range[] {
  const cursor = new Cursor(unit.sections.rnglists, offset);
  const address = () => cursor.unsigned(unit.addressSize);
  const indexedAddress = () => unit.addressOfIndex(cursor.uleb());
  const ranges: Range[] = [];
  const sized = (start: number) => ranges.push({ start, end: start + cursor.uleb() });
  for (let base = baseOf(unit); ; ) {
    const kind = cursor.u8();
    within('ranges', ranges.length);
    if (kind === RLE.end_of_list) return ranges;
    if (kind === RLE.base_addressx) base = indexedAddress();
    else if (kind === RLE.base_address) base = address();
    else if (kind === RLE.startx_endx) ranges.push({ start: indexedAddress(), end: indexedAddress() });
    else if (kind === RLE.startx_length) sized(indexedAddress());
    else if (kind === RLE.offset_pair)
      ranges.push({ start: base + cursor.uleb(), end: base + cursor.uleb() });
    else if (kind === RLE.start_end) ranges.push({ start: address(), end: address() });
    else if (kind === RLE.start_length) sized(address());
    else throw new RangeError(`unknown kind of range ${kind}`);
  }
}

/** What lies where; of several at one address the one that begins last. */
export class RangeMap<Value> {
  readonly #starts: Float64Array;
  readonly #ends: Float64Array;
  readonly #values: Value[];

  constructor(entries: (Range & { value: Value })[]) {
    entries.sort((a, b) => a.start - b.start || b.end - a.end);
    this.#starts = Float64Array.from(entries, ({ start }) => start);
    this.#ends = Float64Array.from(entries, ({ end }) => end);
    this.#values = entries.map(({ value }) => value);
  }

  find(address: number): Value | undefined {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#starts[middle]! <= address) low = middle + 1;
      else high = middle;
    }
    for (let i = low - 1; i >= 0 && i > low - NESTED; i--)
      if (address < this.#ends[i]!) return this.#values[i];
    return undefined;
  }
}

/** How far behind an address a range that contains it may begin: others may lie inside it. */
const NESTED = 16;
