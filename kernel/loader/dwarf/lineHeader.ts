/** The head of a line table: its parameters, and the names of the files that its rows count. */
import { within } from './bounds.ts';
import type { Cursor } from './cursor.ts';
import { readForm } from './forms.ts';
import type { Unit } from './unit.ts';

/** Kinds of attributes of a file, by the names of the standard. */
const LNCT = { path: 1, directory_index: 2 } as const;

export interface FileName {
  name: string;
  folder: number;
}

export interface LineHeader {
  version: number;
  programAt: number;
  end: number;
  minimumLength: number;
  defaultStatement: boolean;
  lineBase: number;
  lineRange: number;
  opcodeBase: number;
  /** How many numbers stand behind each standard operation. */
  lengths: number[];
  folders: string[];
  files: FileName[];
}

/** Leaves the cursor anywhere: the program begins at `programAt`. @throws RangeError for what makes no sense */
export function readLineHeader(cursor: Cursor, unit: Unit): LineHeader {
  const { length, offsetSize } = cursor.initialLength();
  const end = cursor.at + length;
  const version = cursor.u16();
  if (version < 2 || version > 5 || end > cursor.bytes.length)
    throw new RangeError(`version ${version} of line tables is not known`);
  if (version >= 5) cursor.at += 2;
  const headerLength = cursor.unsigned(offsetSize);
  const programAt = cursor.at + headerLength;
  const minimumLength = cursor.u8();
  // Operations of an instruction: more than one only where several run at once.
  if (version >= 4) cursor.at += 1;
  const defaultStatement = cursor.u8() !== 0;
  const lineBase = (cursor.u8() << 24) >> 24;
  const lineRange = cursor.u8() || 1;
  const opcodeBase = cursor.u8();
  const lengths = Array.from({ length: Math.max(opcodeBase - 1, 0) }, () => cursor.u8());
  const names = version >= 5 ? newerNames(cursor, unit, offsetSize) : olderNames(cursor);
  return {
    ...{ version, programAt, end, minimumLength, defaultStatement, lineBase, lineRange, opcodeBase, lengths },
    ...names,
  };
}

type Names = Pick<LineHeader, 'folders' | 'files'>;

/** Numbers of files begin with 1, folder 0 is where the compiler ran. */
function olderNames(cursor: Cursor): Names {
  const folders = [''];
  for (let name = cursor.text(); name !== ''; name = cursor.text()) within('files', folders.push(name));
  const files: FileName[] = [{ name: '', folder: 0 }];
  for (let name = cursor.text(); name !== ''; name = cursor.text()) {
    within('files', files.push({ name, folder: cursor.uleb() }));
    cursor.skipLeb();
    cursor.skipLeb();
  }
  return { folders, files };
}

function newerNames(cursor: Cursor, unit: Unit, offsetSize: 4 | 8): Names {
  const encoding = { version: 5, addressSize: unit.addressSize, offsetSize, offset: 0 };
  const read = (): FileName[] => {
    const formats = Array.from({ length: cursor.u8() }, () => ({ kind: cursor.uleb(), form: cursor.uleb() }));
    const count = cursor.uleb();
    const found: FileName[] = [];
    for (let i = 0; i < count; i++) {
      const entry: FileName = { name: '', folder: 0 };
      const before = cursor.at;
      for (const { kind, form } of formats) {
        const value = readForm(cursor, form, 0, encoding);
        if (kind === LNCT.path) entry.name = unit.text(value) ?? '';
        if (kind === LNCT.directory_index && typeof value === 'number') entry.folder = value;
      }
      if (cursor.at === before) throw new RangeError('names of files that take no room');
      within('files', found.push(entry));
    }
    return found;
  };
  const folders = read().map(({ name }) => name);
  return { folders, files: read() };
}
