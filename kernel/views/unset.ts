/** Fields of records that the program did not write. */
import { type Field, type RecordLayout, UNSET } from '../layout.ts';
import type { Reader } from './decode.ts';

/** Says of a field, or a part of one (`outer.inner`), whether the record that a reader stands at has it unwritten. */
export function unsetTest({ unset }: RecordLayout): (reader: Reader, field: Field) => boolean {
  if (!unset) return () => false;
  const names = new Set(unset);
  return ({ bytes, base }, { name, offset, type, bits }) => {
    if (bits || !names.has(name.split('.')[0]!)) return false;
    for (let at = offset; at < offset + type.size; at++)
      if (bytes[base + at] !== UNSET[at % UNSET.length]) return false;
    return true;
  };
}
