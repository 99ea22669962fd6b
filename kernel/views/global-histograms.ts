/** Histograms that a program keeps in its global variables: each is seen as a map of its own. */
import type { Field, GlobalLayout } from '../layout.ts';
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
    const each = histogram.each && type.kind === 'array';
    const [value, count] = each ? [type.element, type.length] : [type, 1];
    const map = shownMap(
      {
        name,
        symbol: `${section} ${name}`,
        type: 'array',
        perCpu: false,
        ...(each ? { key: [INDEX] } : {}),
        keySize: KEY_BYTES,
        value,
        valueSize: value.size,
        maxEntries: count,
        histogram: { slots: histogram.slots },
        printAtEnd: true,
      },
      names,
    );
    const payload = (bytes: Uint8Array) => partOf(bytes, offset, value.size, count);
    return [{ section, map, payload }];
  });

const INDEX: Field = { name: 'index', offset: 0, type: { kind: 'int', size: KEY_BYTES, signed: false } };

/** `count` values of a section as the entries of an array. */
function partOf(section: Uint8Array, offset: number, size: number, count: number): Uint8Array {
  const from = SECTION_START + offset;
  if (section.length < from + size * count) return new Uint8Array(0);
  const stride = align8(KEY_BYTES) + align8(size);
  const part = new Uint8Array(SNAPSHOT_HEADER + stride * count);
  const view = new DataView(part.buffer);
  for (const [i, word] of [KEY_BYTES, size, 1, count].entries()) view.setUint32(4 * i, word, true);
  for (let i = 0; i < count; i++) {
    const at = SNAPSHOT_HEADER + i * stride;
    view.setUint32(at, i, true);
    part.set(section.subarray(from + i * size, from + (i + 1) * size), at + align8(KEY_BYTES));
  }
  return part;
}
