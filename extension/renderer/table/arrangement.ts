/** Rows sorted and filtered, and kept so as rows arrive, without looking at the others again. Pure. */
import type { Value } from '../../../kernel/protocol.ts';
import type { Comparison } from './compare.ts';
import type { RowTest } from './filter.ts';

/** What stays a row's own while others come and go: a record's number, or an entry's key. */
export type RowId = number | string;

export interface Row {
  readonly id: RowId;
  readonly cells: Value[];
}

export class Arrangement {
  /** All rows, as they came. */
  held: Row[] = [];
  /** Those that pass, in order. */
  shown: Row[] = [];
  readonly #test: RowTest | undefined;
  readonly #compare: Comparison<Row> | undefined;

  /** `kept`: the newest rows that are held on to. */
  constructor(
    test: RowTest | undefined,
    compare: Comparison<Value[]> | undefined,
    private readonly kept: number,
  ) {
    this.#test = test;
    this.#compare = compare && ((a, b) => compare(a.cells, b.cells));
  }

  append(rows: readonly Row[]): void {
    if (rows.length === 0) return;
    this.held = this.held.concat(rows);
    const test = this.#test;
    const passed = test ? rows.filter(({ cells }) => test(cells)) : rows;
    this.shown = this.shown.concat(passed);
    // V8 sorts by merging runs: what is sorted already costs one look, so only the new rows are sorted.
    if (this.#compare && passed.length > 0) this.shown.sort(this.#compare);
    this.#forget();
  }

  /** A quarter of slack, so that not every row that comes makes another one go. */
  #forget(): void {
    if (this.held.length <= this.kept * 1.25) return;
    const gone = new Set(this.held.splice(0, this.held.length - this.kept));
    this.shown = this.shown.filter(row => !gone.has(row));
  }
}
