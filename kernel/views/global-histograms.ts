/** Histograms that a program keeps in its global variables: each is seen as a map of its own. */
import type { GlobalLayout } from '../layout.ts';
import { align8 } from './batch.ts';
import type { Names } from './names.ts';
import { type ShownMap, SNAPSHOT_HEADER, shownMap } from './snapshot.ts';

/** A section is an array map of one, its key a u32. */
const KEY_BYTES = 4;
const SECTION_START = SNAPSHOT_HEADER + align8(KEY_BYTES);

export interface GlobalHistogram {
  section: string;
  map: ShownMap;
  /** The map's payload, of the section's. */
  payload(section: Uint8Array): Uint8Array;
}

export const globalHistograms = (globals: GlobalLayout[], names?: Names): GlobalHistogram[] =>
  globals.flatMap(({ name, section, offset, type, histogram }) => {
    if (!histogram) return [];
    const map = shownMap(
      {
        name,
        symbol: `${section} ${name}`,
        type: 'array',
        perCpu: false,
        keySize: KEY_BYTES,
        value: type,
        valueSize: type.size,
        maxEntries: 1,
        histogram,
        printAtEnd: true,
      },
      names,
    );
    const payload = (bytes: Uint8Array) => partOf(bytes, offset, type.size);
    return [{ section, map, payload }];
  });

function partOf(section: Uint8Array, offset: number, size: number): Uint8Array {
  const from = SECTION_START + offset;
  if (section.length < from + size) return new Uint8Array(0);
  const part = new Uint8Array(SECTION_START + align8(size));
  const view = new DataView(part.buffer);
  for (const [i, word] of [KEY_BYTES, size, 1, 1].entries()) view.setUint32(4 * i, word, true);
  part.set(section.subarray(from, from + size), SECTION_START);
  return part;
}
