/**
 * What the debug information of a file tells about its code. The file belongs to whoever is traced: what makes no
 * sense in it is left out, and no harm is done.
 */
import { BoundedCache } from '../symbols/boundedCache.ts';
import type { Abbreviations } from './abbreviations.ts';
import { attempt } from './attempt.ts';
import { MOST } from './bounds.ts';
import { AT } from './constants.ts';
import { type CodeFunction, Functions } from './functions.ts';
import { LineTable, ROW_BYTES } from './lines.ts';
import { type ListedRanges, listedRanges } from './listedRanges.ts';
import { RangeMap, rangesOf } from './ranges.ts';
import { type Sections, sectionBytes } from './sections.ts';
import { type Attributes, type Entry, Unit } from './unit.ts';

/** A line of a source file. */
export interface SourcePlace {
  file: string;
  line: number;
}

/** A function whose code is at an address. `name` is the linker's, where it has one of its own. */
export interface LocatedFunction {
  name: string;
  place?: SourcePlace;
}

export interface Located {
  /** What was inlined there, innermost first. */
  inlined: LocatedFunction[];
  /** The function that has the code, and the bytes from where it begins; undefined where only lines are known. */
  function?: { name: string; offset: number };
  /** Where in that function it is. */
  place?: SourcePlace;
}

/** What was worked out of a unit. */
interface Opened {
  functions: Functions;
  lines: LineTable | undefined;
  weight: number;
}

/** Worked-out units are forgotten beyond this many bytes; those of most files never take as many. */
const MOST_OPENED = 96 << 20;
/** What functions and inlined calls take of memory, for a byte of the entries that tell of them. */
const OPENED_BYTES = 4;
/** A unit's head, its first entry and its share of the abbreviations. */
const UNIT_BYTES = 1024;
/** Entries refer to others, which could go in circles. */
const MOST_REFERENCES = 8;

export class DebugInfo {
  /** Memory it may take, in bytes. */
  readonly weight: number;
  /** Offsets of all units, in their order. */
  readonly #offsets: number[];
  readonly #units = new Map<number, Unit>();
  readonly #tables = new Map<number, Abbreviations>();
  readonly #opened: BoundedCache<number, Opened>;
  /** Which unit has the code at an address: by their list, and of those that it leaves out. */
  #listed: ListedRanges | undefined;
  #unlisted: RangeMap<number> | undefined;

  constructor(
    private readonly sections: Sections,
    /** What several files have in common. */
    readonly shared?: DebugInfo,
  ) {
    this.#offsets = unitOffsets(sections.info);
    const bytes = sectionBytes(sections);
    const opened = Math.min(
      sections.info.length * OPENED_BYTES + sections.line.length * ROW_BYTES,
      MOST_OPENED,
    );
    this.#opened = new BoundedCache(opened);
    this.weight = bytes + opened + this.#offsets.length * UNIT_BYTES;
  }

  /** What is at an address, as the linker gave it; undefined where nothing is known. */
  locate(address: number): Located | undefined {
    const unit = this.unitAt(address);
    return unit && attempt(() => this.#locateIn(unit, address));
  }

  unitAt(address: number): Unit | undefined {
    this.#listed ??= listedRanges(this.sections.aranges);
    let offset = this.#listed.code.find(address);
    if (offset === undefined) {
      this.#unlisted ??= this.#indexUnlisted(this.#listed.units);
      offset = this.#unlisted.find(address);
    }
    return offset === undefined ? undefined : this.#unit(offset);
  }

  /** All that can be read. */
  *units(): Generator<Unit> {
    for (const offset of this.#offsets) {
      const unit = this.#unit(offset);
      if (unit) yield unit;
    }
  }

  opened(unit: Unit): Opened {
    return this.#opened.get(unit.offset, () => {
      const lines = attempt(() => LineTable.of(unit));
      const weight = (lines?.weight ?? 0) + (unit.end - unit.offset) * OPENED_BYTES;
      return { functions: new Functions(unit), lines, weight };
    });
  }

  /** What tells the copies of a line's code apart: the function, or the inlined call, that an address belongs to. */
  pieceAt(unit: Unit, address: number): number {
    const { functions } = this.opened(unit);
    const function_ = functions.at(address);
    if (!function_) return 0;
    return (functions.calls(function_, address).at(-1) ?? function_).entry.offset;
  }

  /** An attribute of an entry, or of the one that it is an instance or the definition of. */
  attribute(
    unit: Unit,
    entry: Entry,
    names: readonly number[],
  ): { unit: Unit; value: NonNullable<ReturnType<Attributes['get']>> } | undefined {
    let at: Place | undefined = { info: this, unit, entry };
    for (let i = 0; at && i < MOST_REFERENCES; i++) {
      const attributes: Attributes = at.unit.attributes(at.entry);
      for (const name of names) {
        const value = attributes.get(name);
        if (value !== undefined) return { unit: at.unit, value };
      }
      at = at.info.follow(attributes.get(AT.abstract_origin) ?? attributes.get(AT.specification));
    }
    return undefined;
  }

  /** The entry that a value refers to. */
  follow(value: ReturnType<Attributes['get']>): Place | undefined {
    if (typeof value !== 'object' || !('entry' in value)) return undefined;
    if (value.shared) return this.shared?.follow({ entry: value.entry });
    const unit = this.#unitWith(value.entry);
    const entry = unit?.entry(value.entry);
    return unit && entry && { info: this, unit, entry };
  }

  nameOf(unit: Unit, entry: Entry): string | undefined {
    const found = this.attribute(unit, entry, [AT.linkage_name, AT.MIPS_linkage_name]);
    const name = found ?? this.attribute(unit, entry, [AT.name]);
    return name?.unit.text(name.value);
  }

  #locateIn(unit: Unit, address: number): Located {
    const { functions, lines } = this.opened(unit);
    const row = lines?.find(address);
    const placeOf = (file: number, line: number): SourcePlace | undefined => {
      const path = line > 0 ? lines?.path(file) : undefined;
      return path === undefined ? undefined : { file: path, line };
    };
    let place = row && placeOf(row.file, row.line);
    const function_ = functions.at(address);
    const inlined: LocatedFunction[] = [];
    // Innermost first: each one's place is told by what is called there.
    for (const call of function_ ? functions.calls(function_, address).reverse() : []) {
      const name = this.nameOf(unit, call.entry);
      if (name !== undefined) inlined.push({ name, ...(place ? { place } : {}) });
      place = placeOf(call.file, call.line);
    }
    return { inlined, ...this.#named(unit, function_, address), ...(place ? { place } : {}) };
  }

  #named(unit: Unit, function_: CodeFunction | undefined, address: number): Pick<Located, 'function'> {
    const name = function_ && this.nameOf(unit, function_.entry);
    const range = function_?.ranges.find(({ start, end }) => address >= start && address < end);
    return name !== undefined && range ? { function: { name, offset: address - range.start } } : {};
  }

  #indexUnlisted(listed: ReadonlySet<number>): RangeMap<number> {
    const found = this.#offsets.flatMap(offset => {
      const unit = listed.has(offset) ? undefined : this.#unit(offset);
      const ranges = unit && attempt(() => rangesOf(unit, unit.root));
      return ranges?.map(range => ({ ...range, value: offset })) ?? [];
    });
    return new RangeMap(found);
  }

  #unit(offset: number): Unit | undefined {
    const known = this.#units.get(offset);
    const unit = known ?? attempt(() => new Unit(this.sections, offset, this.#tables));
    if (unit && !known) this.#units.set(offset, unit);
    return unit;
  }

  #unitWith(offset: number): Unit | undefined {
    let low = 0;
    let high = this.#offsets.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#offsets[middle]! <= offset) low = middle + 1;
      else high = middle;
    }
    const unit = low > 0 ? this.#unit(this.#offsets[low - 1]!) : undefined;
    return unit && offset < unit.end ? unit : undefined;
  }
}

/** An entry in its unit and file. */
export interface Place {
  info: DebugInfo;
  unit: Unit;
  entry: Entry;
}

/** Up to the first that makes no sense: where the next begins is not known then. */
function unitOffsets(info: Buffer): number[] {
  const offsets: number[] = [];
  for (let at = 0; at < info.length; ) {
    const next = attempt(() => Unit.next(info, at));
    if (next === undefined || next <= at) break;
    if (offsets.push(at) >= MOST.units) break;
    at = next;
  }
  return offsets;
}
