/** Which line of which file each address of a unit comes from: its line table, run as the small program that it is. */
import { within } from './bounds.ts';
import { AT } from './constants.ts';
import { Cursor } from './cursor.ts';
import { type LineHeader, readLineHeader } from './lineHeader.ts';
import type { Unit } from './unit.ts';

/** Standard operations and extended ones, by the names of the standard. */
const LNS = {
  copy: 1,
  advance_pc: 2,
  advance_line: 3,
  set_file: 4,
  set_column: 5,
  negate_stmt: 6,
  const_add_pc: 8,
  fixed_advance_pc: 9,
} as const;
const LNE = { end_sequence: 1, set_address: 2 } as const;

export interface LineRow {
  address: number;
  file: number;
  line: number;
  column: number;
  /** Where a statement begins. */
  statement: boolean;
  /** The first address behind a piece of code. */
  end: boolean;
}

/** The rows, field by field: there may be millions. */
interface Columns {
  addresses: Float64Array;
  files: Uint32Array;
  lines: Uint32Array;
  columns: Uint16Array;
  flags: Uint8Array;
}

/** A row takes 19 bytes, and is made of two or three. */
export const ROW_BYTES = 8;
const STATEMENT = 1;
const END = 2;

export class LineTable {
  readonly #header: LineHeader;
  readonly #unit: Unit;
  readonly #cursor: Cursor;
  /** Made when it is first asked for: names of files are all that many want. */
  #made: Columns | undefined;

  /** Undefined when the unit has none. @throws RangeError for what makes no sense */
  static of(unit: Unit): LineTable | undefined {
    const offset = unit.number(AT.stmt_list);
    return offset === undefined || unit.sections.line.length === 0 ? undefined : new LineTable(unit, offset);
  }

  private constructor(unit: Unit, offset: number) {
    this.#unit = unit;
    this.#cursor = new Cursor(unit.sections.line, offset);
    this.#header = readLineHeader(this.#cursor, unit);
  }

  /** Memory it may take, in bytes. */
  get weight(): number {
    return (this.#header.end - this.#header.programAt) * ROW_BYTES;
  }

  get #rows(): Columns {
    this.#made ??= run(this.#cursor, this.#header, this.#unit.addressSize);
    return this.#made;
  }

  /** In the order of their addresses. */
  *rows(): Generator<LineRow> {
    for (let i = 0; i < this.#rows.addresses.length; i++) yield this.#row(i);
  }

  /** The row that an address belongs to; undefined where no line is known. */
  find(address: number): LineRow | undefined {
    const { addresses } = this.#rows;
    let low = 0;
    let high = addresses.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (addresses[middle]! <= address) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return undefined;
    const row = this.#row(low - 1);
    return !row.end && row.line > 0 ? row : undefined;
  }

  /** Numbers of the files whose paths are wanted. */
  filesNamed(isWanted: (path: string) => boolean): number[] {
    return [...this.#header.files.keys()].filter(file => isWanted(this.path(file) ?? ''));
  }

  /** The path of a file by its number, relative where nobody told where it is; undefined when there is no such file. */
  path(file: number): string | undefined {
    const found = this.#header.files[file];
    if (!found) return undefined;
    const folder = this.#header.folders[found.folder] ?? '';
    const root = this.#unit.text(this.#unit.root.get(AT.comp_dir)) ?? '';
    return join(join(root, folder), found.name);
  }

  #row(i: number): LineRow {
    const { addresses, files, lines, columns, flags: all } = this.#rows;
    const flags = all[i]!;
    return {
      address: addresses[i]!,
      file: files[i]!,
      line: lines[i]!,
      column: columns[i]!,
      statement: (flags & STATEMENT) !== 0,
      end: (flags & END) !== 0,
    };
  }
}

const join = (folder: string, path: string) =>
  path.startsWith('/') || folder === '' ? path : path === '' ? folder : `${folder}/${path}`;

/** Runs the program; pieces of code come in any order, within them addresses only grow. */
function run(cursor: Cursor, header: LineHeader, addressSize: number): Columns {
  cursor.at = header.programAt;
  const rows = new RowWriter();
  const initial = () => ({ address: 0, file: 1, line: 1, column: 0, statement: header.defaultStatement });
  let now = initial();
  const special = (operation: number) => {
    const adjusted = operation - header.opcodeBase;
    now.address += Math.floor(adjusted / header.lineRange) * header.minimumLength;
    return header.lineBase + (adjusted % header.lineRange);
  };
  const extended = () => {
    const length = cursor.uleb();
    const next = cursor.at + length;
    const operation = cursor.u8();
    if (operation === LNE.set_address) now.address = cursor.unsigned(addressSize);
    else if (operation === LNE.end_sequence) {
      rows.add(now, true);
      now = initial();
    }
    cursor.at = next;
  };
  const standard: Readonly<Record<number, () => void>> = {
    [LNS.copy]: () => rows.add(now, false),
    [LNS.advance_pc]: () => {
      now.address += cursor.uleb() * header.minimumLength;
    },
    [LNS.advance_line]: () => {
      now.line += cursor.sleb();
    },
    [LNS.set_file]: () => {
      now.file = cursor.uleb();
    },
    [LNS.set_column]: () => {
      now.column = cursor.uleb();
    },
    [LNS.negate_stmt]: () => {
      now.statement = !now.statement;
    },
    [LNS.const_add_pc]: () => void special(255),
    [LNS.fixed_advance_pc]: () => {
      now.address += cursor.u16();
    },
  };
  while (cursor.at < header.end) {
    const operation = cursor.u8();
    if (operation === 0) extended();
    else if (operation >= header.opcodeBase) {
      now.line += special(operation);
      rows.add(now, false);
    } else if (standard[operation]) standard[operation]();
    else for (let i = 0; i < (header.lengths[operation - 1] ?? 0); i++) cursor.skipLeb();
  }
  return rows.sorted();
}

class RowWriter {
  readonly #addresses: number[] = [];
  readonly #files: number[] = [];
  readonly #lines: number[] = [];
  readonly #columns: number[] = [];
  readonly #flags: number[] = [];
  /** First row of each piece that ended, and the one behind its last. */
  readonly #pieces: [first: number, behind: number][] = [];
  #first = 0;

  add({ address, file, line, column, statement }: Omit<LineRow, 'end'>, end: boolean): void {
    within('rows', this.#addresses.push(address));
    this.#files.push(file);
    this.#lines.push(line);
    this.#columns.push(Math.min(column, 0xffff));
    this.#flags.push((statement ? STATEMENT : 0) + (end ? END : 0));
    if (!end) return;
    // Code that the linker threw away is said to be at 0.
    if (this.#addresses[this.#first]! > 0) this.#pieces.push([this.#first, this.#addresses.length]);
    this.#first = this.#addresses.length;
  }

  sorted(): Columns {
    const addresses = this.#addresses;
    this.#pieces.sort(([a], [b]) => addresses[a]! - addresses[b]!);
    const length = this.#pieces.reduce((sum, [first, behind]) => sum + behind - first, 0);
    const arranged = <Column extends Float64Array | Uint32Array | Uint16Array | Uint8Array>(
      column: Column,
      from: number[],
    ): Column => {
      let to = 0;
      for (const [first, behind] of this.#pieces)
        for (let i = first; i < behind; i++) column[to++] = from[i]!;
      return column;
    };
    return {
      addresses: arranged(new Float64Array(length), addresses),
      files: arranged(new Uint32Array(length), this.#files),
      lines: arranged(new Uint32Array(length), this.#lines),
      columns: arranged(new Uint16Array(length), this.#columns),
      flags: arranged(new Uint8Array(length), this.#flags),
    };
  }
}
