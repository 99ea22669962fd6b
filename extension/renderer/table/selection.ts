/** Which rows are selected, and the cell that keys act on. Pure. */
import type { Row, RowId } from './arrangement.ts';

/** The rows as they are shown now. */
export interface ShownRows {
  readonly length: number;
  row(position: number): Row | undefined;
  positionOf(id: RowId): number;
}

/** `range`: all rows from the last one that was chosen by itself; `toggle`: the others stay as they are. */
export interface Modifiers {
  range: boolean;
  toggle: boolean;
}

export class Selection {
  readonly ids = new Set<RowId>();
  /** The cell that has the focus; its column counts those shown. */
  active: { id: RowId; column: number } | undefined;
  #anchor: RowId | undefined;

  constructor(private readonly rows: ShownRows) {}

  /** Puts the focus on a cell, and selects its row as a click or a space does. */
  choose(position: number, column: number, { range, toggle }: Modifiers): void {
    const row = this.rows.row(position);
    if (!row) return;
    this.active = { id: row.id, column };
    if (range) {
      this.#selectTo(position, toggle);
      return;
    }
    this.#anchor = row.id;
    if (toggle) {
      if (!this.ids.delete(row.id)) this.ids.add(row.id);
      return;
    }
    const was = this.ids.size === 1 && this.ids.has(row.id);
    this.ids.clear();
    if (!was) this.ids.add(row.id);
  }

  /** Puts the focus on a cell. `range`: selects what lies between. */
  move(position: number, column: number, range: boolean): void {
    const row = this.rows.row(position);
    if (!row) return;
    this.#anchor = range ? (this.#anchor ?? this.active?.id ?? row.id) : row.id;
    this.active = { id: row.id, column };
    if (range) this.#selectTo(position, false);
  }

  all(): void {
    for (let position = 0; position < this.rows.length; position++) this.ids.add(this.rows.row(position)!.id);
  }

  clear(): void {
    this.ids.clear();
    this.#anchor = undefined;
  }

  /** Rows that have gone are not selected any more. */
  retain(holds: (id: RowId) => boolean): void {
    for (const id of this.ids) if (!holds(id)) this.ids.delete(id);
  }

  /** Nothing is known of the rows there were. */
  forget(): void {
    this.clear();
    this.active = undefined;
  }

  /** The selected rows that are shown, in their order. */
  chosen(): Row[] {
    if (this.ids.size === 0) return [];
    const rows: Row[] = [];
    for (let position = 0; position < this.rows.length; position++) {
      const row = this.rows.row(position)!;
      if (this.ids.has(row.id)) rows.push(row);
    }
    return rows;
  }

  #selectTo(position: number, others: boolean): void {
    const from = this.#anchor === undefined ? -1 : this.rows.positionOf(this.#anchor);
    const start = from < 0 ? position : from;
    if (!others) this.ids.clear();
    for (let at = Math.min(start, position); at <= Math.max(start, position); at++)
      this.ids.add(this.rows.row(at)!.id);
  }
}
