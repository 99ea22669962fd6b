/** Values of attributes, in the forms that they are written in. */
import { FORM } from './constants.ts';
import type { Cursor } from './cursor.ts';

/** What a form depends on. */
export interface Encoding {
  version: number;
  addressSize: number;
  offsetSize: 4 | 8;
  /** Where its unit begins: references within it count from there. */
  offset: number;
}

export type Value =
  /** A constant or a flag, or an offset in another section. */
  | number
  /** An expression. */
  | Buffer
  | { address: number }
  /** Index into a table, whose place the unit tells. */
  | { addressIndex: number }
  | { textIndex: number }
  | { rangesIndex: number }
  /** Offset in the section of the units, this file's or the shared one's. */
  | { entry: number; shared?: true }
  | { text: string }
  /** Offset in a section of texts. */
  | { textAt: number; in: 'str' | 'line_str' | 'shared' };

type Read = (cursor: Cursor, encoding: Encoding) => Value;

const unsigned =
  (size: number): Read =>
  cursor =>
    cursor.unsigned(size);
const offset: Read = (cursor, { offsetSize }) => cursor.unsigned(offsetSize);
const within =
  (read: (cursor: Cursor) => number): Read =>
  (cursor, unit) => ({ entry: unit.offset + read(cursor) });
const bytes =
  (length: (cursor: Cursor) => number): Read =>
  cursor => {
    const size = length(cursor);
    cursor.at += size;
    return cursor.bytes.subarray(cursor.at - size, cursor.at);
  };
const textIndex =
  (read: (cursor: Cursor) => number): Read =>
  cursor => ({ textIndex: read(cursor) });
const addressIndex =
  (read: (cursor: Cursor) => number): Read =>
  cursor => ({ addressIndex: read(cursor) });
const uleb = (cursor: Cursor) => cursor.uleb();
const fixed = (size: number) => (cursor: Cursor) => cursor.unsigned(size);

const FORMS: Readonly<Record<number, Read>> = {
  [FORM.addr]: (cursor, { addressSize }) => ({ address: cursor.unsigned(addressSize) }),
  [FORM.block1]: bytes(fixed(1)),
  [FORM.block2]: bytes(fixed(2)),
  [FORM.block4]: bytes(fixed(4)),
  [FORM.block]: bytes(uleb),
  [FORM.exprloc]: bytes(uleb),
  [FORM.data1]: unsigned(1),
  [FORM.data2]: unsigned(2),
  [FORM.data4]: unsigned(4),
  [FORM.data8]: unsigned(8),
  [FORM.data16]: bytes(() => 16),
  [FORM.sdata]: cursor => cursor.sleb(),
  [FORM.udata]: uleb,
  [FORM.flag]: unsigned(1),
  [FORM.flag_present]: () => 1,
  [FORM.string]: cursor => ({ text: cursor.text() }),
  [FORM.strp]: (cursor, unit) => ({ textAt: cursor.unsigned(unit.offsetSize), in: 'str' }),
  [FORM.line_strp]: (cursor, unit) => ({ textAt: cursor.unsigned(unit.offsetSize), in: 'line_str' }),
  [FORM.strp_sup]: (cursor, unit) => ({ textAt: cursor.unsigned(unit.offsetSize), in: 'shared' }),
  [FORM.GNU_strp_alt]: (cursor, unit) => ({ textAt: cursor.unsigned(unit.offsetSize), in: 'shared' }),
  [FORM.strx]: textIndex(uleb),
  [FORM.strx1]: textIndex(fixed(1)),
  [FORM.strx2]: textIndex(fixed(2)),
  [FORM.strx3]: textIndex(fixed(3)),
  [FORM.strx4]: textIndex(fixed(4)),
  [FORM.GNU_str_index]: textIndex(uleb),
  [FORM.addrx]: addressIndex(uleb),
  [FORM.addrx1]: addressIndex(fixed(1)),
  [FORM.addrx2]: addressIndex(fixed(2)),
  [FORM.addrx3]: addressIndex(fixed(3)),
  [FORM.addrx4]: addressIndex(fixed(4)),
  [FORM.GNU_addr_index]: addressIndex(uleb),
  [FORM.sec_offset]: offset,
  [FORM.rnglistx]: cursor => ({ rangesIndex: cursor.uleb() }),
  [FORM.loclistx]: uleb,
  [FORM.ref1]: within(fixed(1)),
  [FORM.ref2]: within(fixed(2)),
  [FORM.ref4]: within(fixed(4)),
  [FORM.ref8]: within(fixed(8)),
  [FORM.ref_udata]: within(uleb),
  // Before version 3 it was as long as an address.
  [FORM.ref_addr]: (cursor, unit) => ({
    entry: cursor.unsigned(unit.version < 3 ? unit.addressSize : unit.offsetSize),
  }),
  [FORM.ref_sup4]: cursor => ({ entry: cursor.u32(), shared: true }),
  [FORM.ref_sup8]: cursor => ({ entry: cursor.u64(), shared: true }),
  [FORM.GNU_ref_alt]: (cursor, unit) => ({ entry: cursor.unsigned(unit.offsetSize), shared: true }),
  [FORM.ref_sig8]: unsigned(8),
};

/** @throws RangeError for a form that is not known, and at the end of the section */
export function readForm(cursor: Cursor, form: number, constant: number, encoding: Encoding): Value {
  if (form === FORM.implicit_const) return constant;
  if (form === FORM.indirect) return readForm(cursor, cursor.uleb(), 0, encoding);
  const read = FORMS[form];
  if (!read) throw new RangeError(`unknown form ${form}`);
  return read(cursor, encoding);
}

/** Bytes of a form that always has as many; undefined for the others. */
function fixedSize(form: number, { version, addressSize, offsetSize }: Encoding): number | undefined {
  switch (form) {
    case FORM.flag_present:
    case FORM.implicit_const:
      return 0;
    case FORM.data1:
    case FORM.flag:
    case FORM.ref1:
    case FORM.strx1:
    case FORM.addrx1:
      return 1;
    case FORM.data2:
    case FORM.ref2:
    case FORM.strx2:
    case FORM.addrx2:
      return 2;
    case FORM.strx3:
    case FORM.addrx3:
      return 3;
    case FORM.data4:
    case FORM.ref4:
    case FORM.strx4:
    case FORM.addrx4:
    case FORM.ref_sup4:
      return 4;
    case FORM.data8:
    case FORM.ref8:
    case FORM.ref_sig8:
    case FORM.ref_sup8:
      return 8;
    case FORM.data16:
      return 16;
    case FORM.addr:
      return addressSize;
    case FORM.strp:
    case FORM.line_strp:
    case FORM.strp_sup:
    case FORM.GNU_strp_alt:
    case FORM.sec_offset:
    case FORM.GNU_ref_alt:
      return offsetSize;
    case FORM.ref_addr:
      return version < 3 ? addressSize : offsetSize;
    default:
      return undefined;
  }
}

/** Goes past a value. Most of what a unit holds is not looked at, so this makes nothing. */
export function skipForm(cursor: Cursor, form: number, encoding: Encoding): void {
  const size = fixedSize(form, encoding);
  if (size !== undefined) cursor.at += size;
  else if (LEBS.has(form)) cursor.skipLeb();
  else if (form === FORM.string) cursor.skipText();
  else readForm(cursor, form, 0, encoding);
}

const LEBS = new Set<number>([
  FORM.sdata,
  FORM.udata,
  FORM.ref_udata,
  FORM.strx,
  FORM.addrx,
  FORM.rnglistx,
  FORM.loclistx,
  FORM.GNU_addr_index,
  FORM.GNU_str_index,
]);
