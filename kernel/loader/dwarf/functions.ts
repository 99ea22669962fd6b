/** The functions of a unit, and the calls in them that the compiler replaced by what is called. */
import { within } from './bounds.ts';
import { AT, TAG } from './constants.ts';
import { type Range, RangeMap, rangesOf } from './ranges.ts';
import type { Entry, Unit } from './unit.ts';

/** A call that became the code of what it calls. */
export interface InlinedCall {
  ranges: Range[];
  entry: Entry;
  /** Where the call stands; 0 = not known. */
  file: number;
  line: number;
  /** 1 for those in the function itself. */
  depth: number;
}

export interface CodeFunction {
  entry: Entry;
  ranges: Range[];
}

const contains = (ranges: Range[], address: number) =>
  ranges.some(({ start, end }) => address >= start && address < end);

export class Functions {
  #made: RangeMap<CodeFunction> | undefined;
  /** Calls in the functions that were asked about. */
  readonly #calls = new Map<CodeFunction, InlinedCall[]>();

  constructor(private readonly unit: Unit) {}

  at(address: number): CodeFunction | undefined {
    this.#made ??= this.#readFunctions();
    return this.#made.find(address);
  }

  /** What of a function's inlined calls is at an address, outermost first. */
  calls(of: CodeFunction, address: number): InlinedCall[] {
    const all = this.#calls.get(of) ?? this.#readCalls(of);
    this.#calls.set(of, all);
    const here = all.filter(({ ranges }) => contains(ranges, address));
    return here.sort((a, b) => a.depth - b.depth);
  }

  #readFunctions(): RangeMap<CodeFunction> {
    const { unit } = this;
    const found: CodeFunction[] = [];
    let count = 0;
    unit.walk(unit.top, entry => {
      if (entry.abbreviation.tag !== TAG.subprogram) return HOLD_FUNCTIONS.has(entry.abbreviation.tag);
      const ranges = rangesOf(unit, unit.attributes(entry));
      if (ranges.length > 0) found.push({ entry, ranges });
      count += ranges.length;
      within('functions', count);
      return false;
    });
    return new RangeMap(found.flatMap(value => value.ranges.map(range => ({ ...range, value }))));
  }

  #readCalls({ entry: function_ }: CodeFunction): InlinedCall[] {
    const { unit } = this;
    const calls: InlinedCall[] = [];
    const number = (value: unknown) => (typeof value === 'number' ? value : 0);
    unit.walk(function_, (entry, depth) => {
      const { tag } = entry.abbreviation;
      if (tag !== TAG.inlined_subroutine) return tag === TAG.lexical_block;
      const attributes = unit.attributes(entry);
      const ranges = rangesOf(unit, attributes);
      const [file, line] = [AT.call_file, AT.call_line].map(name => number(attributes.get(name)));
      if (ranges.length > 0)
        within('functions', calls.push({ entry, ranges, file: file!, line: line!, depth }));
      return true;
    });
    return calls;
  }
}

/** What functions may stand in. */
const HOLD_FUNCTIONS = new Set<number>([TAG.namespace, TAG.class_type, TAG.structure_type, TAG.union_type]);
