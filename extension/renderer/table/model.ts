/** The rows a table shows: the panel's own, those it had when the user paused, or some of them in an order. Pure. */
import type { TablePanel, Value } from '../../../kernel/protocol.ts';
import { KEPT_ROWS } from '../../run/snapshot.ts';
import { Arrangement, type Row, type RowId } from './arrangement.ts';
import type { Comparison } from './compare.ts';
import type { RowTest } from './filter.ts';

type Source = Pick<TablePanel, 'rows' | 'first' | 'total' | 'of' | 'keys'>;

const NOTHING: Source = { rows: [], first: 0, total: 0, of: 'records' };

export class TableModel {
  /** The panel as it is now. */
  #panel = NOTHING;
  /** The panel as it was when the user paused. */
  #held: Source | undefined;
  #arrangement: Arrangement | undefined;
  #test: RowTest | undefined;
  #compare: Comparison<Value[]> | undefined;
  /** Number of the next record that the arrangement has not seen. */
  #next = 0;
  /** Records between those of the arrangement are missing. */
  #gap = false;

  /** Forgets all rows. */
  clear(): void {
    this.#held = undefined;
    this.#panel = NOTHING;
    this.#arrange([]);
  }

  /** Takes the panel's present state. */
  take(panel: Source): void {
    const { rows, first, total, of, keys } = panel;
    // Its rows are changed in place as more come.
    this.#panel = { rows, first, total, of, ...(keys === undefined ? {} : { keys }) };
    if (!this.paused) this.#follow();
  }

  /** Takes all rows that the kernel keeps, in place of those that came here. True when these are among them. */
  takeAll(panel: Source): boolean {
    const { first, rows } = this.#source;
    const among = panel.first < first + rows.length;
    if (this.paused) {
      this.#held = panel;
      this.#arrange(rowsOf(panel));
    } else if (this.#arrangement) {
      this.#arrange(rowsOf(panel));
      this.#next = panel.first + panel.rows.length;
      this.#follow();
    }
    return among;
  }

  /** Shows rows that pass, in an order; all of them as they came where neither is given. */
  arrange(test: RowTest | undefined, compare: Comparison<Value[]> | undefined): void {
    this.#test = test;
    this.#compare = compare;
    this.#arrange(this.#arrangement?.held ?? rowsOf(this.#source));
  }

  /** Holds on to the rows as they are. */
  pause(): void {
    this.#held = { ...this.#panel, rows: [...this.#panel.rows] };
  }

  /** Goes on with the panel as it is now. */
  resume(): void {
    this.#held = undefined;
    this.#arrange(rowsOf(this.#panel));
  }

  get paused(): boolean {
    return this.#held !== undefined;
  }

  /** Rows that came since the pause. */
  get behind(): number {
    return this.#held ? Math.max(0, this.#panel.total - this.#held.total) : 0;
  }

  /** Not all rows, or not in the order in which they came. */
  get arranged(): boolean {
    return this.#arrangement !== undefined;
  }

  get filtered(): boolean {
    return this.#test !== undefined;
  }

  get sorted(): boolean {
    return this.#compare !== undefined;
  }

  /** Rows at hand, whether they pass or not. */
  get kept(): number {
    return this.#arrangement?.held.length ?? this.#source.rows.length;
  }

  /** Rows ever. */
  get total(): number {
    return this.#source.total;
  }

  /** Rows shown. */
  get length(): number {
    return this.#arrangement?.shown.length ?? this.#source.rows.length;
  }

  /** Number of the first row shown, by which those in view stay where they are as older ones leave. */
  get first(): number {
    return this.#arrangement || this.#source.of !== 'records' ? 0 : this.#source.first;
  }

  row(position: number): Row | undefined {
    if (this.#arrangement) return this.#arrangement.shown[position];
    const cells = this.#source.rows[position];
    return cells && { id: idOf(this.#source, position), cells };
  }

  /** Where a row is shown; -1 where it is not. */
  positionOf(id: RowId): number {
    if (this.#arrangement) return this.#arrangement.shown.findIndex(row => row.id === id);
    const { rows, first, of } = this.#source;
    if (of !== 'records') return rows.findIndex((_, position) => idOf(this.#source, position) === id);
    const position = Number(id) - first;
    return position >= 0 && position < rows.length ? position : -1;
  }

  /** Whether a row is still held, shown or not. */
  get holds(): (id: RowId) => boolean {
    const { rows, first, of } = this.#source;
    const held = this.#arrangement?.held;
    if (of !== 'records') {
      const ids = new Set((held ?? rowsOf(this.#source)).map(({ id }) => id));
      return id => ids.has(id);
    }
    const oldest = held ? (held[0]?.id ?? Infinity) : rows.length > 0 ? first : Infinity;
    return id => id >= oldest;
  }

  /** All rows shown. */
  shown(): readonly Row[] {
    return this.#arrangement?.shown ?? rowsOf(this.#source);
  }

  get #source(): Source {
    return this.#held ?? this.#panel;
  }

  #arrange(rows: readonly Row[]): void {
    if (!this.#test && !this.#compare) {
      this.#arrangement = undefined;
      return;
    }
    this.#arrangement = new Arrangement(this.#test, this.#compare, Math.max(KEPT_ROWS, rows.length));
    this.#arrangement.append(rows);
    const { first, rows: all } = this.#source;
    this.#next = first + all.length;
    this.#gap = false;
  }

  /** Brings the arrangement up to the panel. */
  #follow(): void {
    if (!this.#arrangement) return;
    const { rows, first, of } = this.#panel;
    // Of records that were left out on the way here the panel may have got more since.
    const whole = this.#gap && rows.length > this.#arrangement.held.length;
    if (of !== 'records' || whole) {
      this.#arrange(rowsOf(this.#panel));
      return;
    }
    const end = first + rows.length;
    if (end <= this.#next) return;
    this.#gap ||= first > this.#next;
    this.#arrangement.append(rowsOf(this.#panel, Math.max(0, this.#next - first)));
    this.#next = end;
  }
}

/** Rows from a position on. */
function rowsOf(source: Source, from = 0): Row[] {
  return source.rows.slice(from).map((cells, i) => ({ id: idOf(source, from + i), cells }));
}

/** Records have numbers; entries, which are replaced as a whole, have keys. */
function idOf({ rows, first, of, keys = 1 }: Source, position: number): RowId {
  return of === 'records' ? first + position : JSON.stringify(rows[position]!.slice(0, keys));
}
