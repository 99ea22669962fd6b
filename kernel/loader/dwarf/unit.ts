/** A unit of debug information, most often what one source file became: its head, its entries, what their values mean. */
import { type Abbreviation, Abbreviations } from './abbreviations.ts';
import { AT, UNIT } from './constants.ts';
import { Cursor, textAt } from './cursor.ts';
import { type Encoding, readForm, skipForm, type Value } from './forms.ts';
import type { Sections } from './sections.ts';

/** One entry: what it is, and where its attributes and what follows them begin. */
export interface Entry {
  /** In the section of the units. */
  offset: number;
  abbreviation: Abbreviation;
  attributesAt: number;
  /** Of what follows: its first child, or the next entry. */
  end: number;
}

export type Attributes = ReadonlyMap<number, Value>;

export class Unit implements Encoding {
  readonly version: number;
  readonly addressSize: number;
  readonly offsetSize: 4 | 8;
  readonly end: number;
  /** Where its first entry is. */
  readonly first: number;
  readonly abbreviations: Abbreviations;
  #root: Attributes | undefined;

  /** @throws RangeError, as all of these, for what makes no sense */
  constructor(
    readonly sections: Sections,
    readonly offset: number,
    tables: Map<number, Abbreviations>,
  ) {
    const cursor = new Cursor(sections.info, offset);
    const { length, offsetSize } = cursor.initialLength();
    this.offsetSize = offsetSize;
    this.end = cursor.at + length;
    if (this.end > sections.info.length || length === 0)
      throw new RangeError('a unit ends beyond its section');
    this.version = cursor.u16();
    if (this.version < 2 || this.version > 5)
      throw new RangeError(`version ${this.version} of DWARF is not known`);
    const newer = this.version === 5;
    const type = newer ? cursor.u8() : UNIT.compile;
    // The two changed places.
    const before = newer ? cursor.u8() : 0;
    const abbreviations = cursor.unsigned(offsetSize);
    this.addressSize = newer ? before : cursor.u8();
    if (this.addressSize !== 4 && this.addressSize !== 8) throw new RangeError('addresses of an odd size');
    if (type === UNIT.skeleton || type === UNIT.split_compile) cursor.at += 8;
    else if (type === UNIT.type || type === UNIT.split_type) cursor.at += 8 + offsetSize;
    this.first = cursor.at;
    const table = tables.get(abbreviations) ?? new Abbreviations(sections.abbrev, abbreviations);
    tables.set(abbreviations, table);
    this.abbreviations = table;
  }

  /** Where the next unit begins, read from the head alone. */
  static next(info: Buffer, offset: number): number {
    const cursor = new Cursor(info, offset);
    const { length } = cursor.initialLength();
    return cursor.at + length;
  }

  /** The first entry, which holds all others. */
  get top(): Entry {
    const top = this.entry(this.first);
    if (!top) throw new RangeError('a unit without entries');
    return top;
  }

  /** Attributes of the first entry, which hold for the whole unit. */
  get root(): Attributes {
    this.#root ??= this.attributes(this.top);
    return this.#root;
  }

  /** The entry at this place; undefined where the children of one end. */
  entry(offset: number): Entry | undefined {
    const cursor = new Cursor(this.sections.info, offset);
    const code = cursor.uleb();
    if (code === 0) return undefined;
    const abbreviation = this.abbreviations.get(code);
    const attributesAt = cursor.at;
    for (const { form } of abbreviation.attributes) skipForm(cursor, form, this);
    return { offset, abbreviation, attributesAt, end: cursor.at };
  }

  attributes({ abbreviation, attributesAt }: Entry): Attributes {
    const cursor = new Cursor(this.sections.info, attributesAt);
    const found = new Map<number, Value>();
    for (const { name, form, constant } of abbreviation.attributes)
      found.set(name, readForm(cursor, form, constant, this));
    return found;
  }

  /**
   * Every entry below one, in order. `visit` answers whether those below it shall be visited, too; the unit may tell
   * how far to jump over those that are not wanted.
   */
  walk(from: Entry, visit: (entry: Entry, depth: number) => boolean): void {
    if (!from.abbreviation.hasChildren) return;
    for (let at = from.end, depth = 1; at < this.end; ) {
      const entry = this.entry(at);
      if (!entry) {
        at++;
        if (--depth === 0) return;
        continue;
      }
      at = entry.end;
      const into = visit(entry, depth);
      if (!entry.abbreviation.hasChildren) continue;
      const sibling = into ? undefined : this.#sibling(entry);
      if (sibling !== undefined) at = sibling;
      else if (into) depth++;
      else at = this.#endOf(entry);
    }
  }

  /** The entries right below one. */
  children(of: Entry): Entry[] {
    const found: Entry[] = [];
    this.walk(of, entry => {
      found.push(entry);
      return false;
    });
    return found;
  }

  text(value: Value | undefined): string | undefined {
    if (typeof value !== 'object' || value instanceof Buffer) return undefined;
    if ('text' in value) return value.text;
    if ('textAt' in value) {
      const from = value.in === 'shared' ? this.sections.shared?.str : this.sections[value.in];
      return from && textAt(from, value.textAt);
    }
    if (!('textIndex' in value)) return undefined;
    const base = this.number(AT.str_offsets_base) ?? (this.version >= 5 ? 8 : 0);
    const cursor = new Cursor(this.sections.str_offsets, base + value.textIndex * this.offsetSize);
    return textAt(this.sections.str, cursor.unsigned(this.offsetSize));
  }

  address(value: Value | undefined): number | undefined {
    if (typeof value !== 'object' || value instanceof Buffer) return undefined;
    if ('address' in value) return value.address;
    return 'addressIndex' in value ? this.addressOfIndex(value.addressIndex) : undefined;
  }

  addressOfIndex(index: number): number {
    const base = this.number(AT.addr_base) ?? this.number(AT.GNU_addr_base) ?? 8;
    return new Cursor(this.sections.addr, base + index * this.addressSize).unsigned(this.addressSize);
  }

  /** A number that the first entry tells. */
  number(name: number): number | undefined {
    const value = this.root.get(name);
    return typeof value === 'number' ? value : undefined;
  }

  #sibling(entry: Entry): number | undefined {
    if (!entry.abbreviation.attributes.some(({ name }) => name === AT.sibling)) return undefined;
    const value = this.attributes(entry).get(AT.sibling);
    const target = typeof value === 'object' && 'entry' in value ? value.entry : undefined;
    // Only forwards, or a file could keep us here for ever.
    return target !== undefined && target > entry.offset && target <= this.end ? target : undefined;
  }

  /** Behind all below an entry. */
  #endOf(entry: Entry): number {
    for (let at = entry.end, depth = 1; at < this.end; ) {
      const child = this.entry(at);
      if (!child) {
        at++;
        if (--depth === 0) return at;
        continue;
      }
      at = child.end;
      if (child.abbreviation.hasChildren) depth++;
    }
    return this.end;
  }
}
