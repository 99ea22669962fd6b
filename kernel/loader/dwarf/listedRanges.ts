/** The list of addresses that many compilers write, so that nobody has to look into every unit to find its code. */
import { attempt } from './attempt.ts';
import { within } from './bounds.ts';
import { Cursor } from './cursor.ts';
import { RangeMap } from './ranges.ts';

export interface ListedRanges {
  /** Which unit has the code at an address, by the unit's offset. */
  code: RangeMap<number>;
  /** Units that the list is about: what it leaves out of them has no code. */
  units: ReadonlySet<number>;
}

interface Listed {
  start: number;
  end: number;
  value: number;
}

/** As far as the list makes sense. */
export function listedRanges(section: Buffer): ListedRanges {
  const found: Listed[] = [];
  const units = new Set<number>();
  attempt(() => {
    const cursor = new Cursor(section);
    while (cursor.at < section.length) readUnit(cursor, found, units);
  });
  return { code: new RangeMap(found), units };
}

function readUnit(cursor: Cursor, found: Listed[], units: Set<number>): void {
  const begin = cursor.at;
  const { length, offsetSize } = cursor.initialLength();
  const end = cursor.at + length;
  const version = cursor.u16();
  const unit = cursor.unsigned(offsetSize);
  const [addressSize, segmentSize] = [cursor.u8(), cursor.u8()];
  if (version !== 2 || segmentSize !== 0 || (addressSize !== 4 && addressSize !== 8))
    throw new RangeError('a list of addresses of another kind');
  // Pairs begin at a multiple of their size.
  cursor.at = begin + Math.ceil((cursor.at - begin) / (2 * addressSize)) * 2 * addressSize;
  for (;;) {
    const [start, size] = [cursor.unsigned(addressSize), cursor.unsigned(addressSize)];
    if (start === 0 && size === 0) break;
    // Code that the linker threw away is said to be at 0.
    if (start > 0) within('ranges', found.push({ start, end: start + size, value: unit }));
  }
  units.add(unit);
  if (end < cursor.at) throw new RangeError('a list that is longer than it says');
  cursor.at = end;
}
