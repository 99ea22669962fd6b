/** The rows a table shows: the panel's own, or those it had when the user paused. Pure. */

import { cellText, isNumeric, visible } from '../../../kernel/notebook/index.ts';
import type { Column, TablePanel, Value } from '../../../kernel/protocol.ts';
import { nameInGroup } from './groups.ts';

/** Bounds of a column in characters. */
const NARROWEST = 4;
const WIDEST = 48;
/** Characters that fit into most columns. */
const FITS = 24;
/** Headings are set in a bold proportional face, which can run wider than its characters. */
const HEADING_EXTRA = 2;

export class TableModel {
  columns: Column[] = [];
  /** Characters each column needs; they only grow, so that columns do not jump. */
  widths: number[] = [];
  rows: Value[][] = [];
  /** Index of `rows[0]` counted from the start of the run. */
  first = 0;
  total = 0;
  /** Rows that came since the pause; undefined while not paused. */
  #pausedAt: number | undefined;
  #measured = 0;

  /** Takes the panel's present state. True when the columns are others than before. */
  take(panel: TablePanel): boolean {
    const changed = !sameColumns(this.columns, panel.columns);
    if (changed) {
      this.columns = panel.columns;
      this.widths = panel.columns.map(({ name }) => clamp(nameInGroup(name).length + HEADING_EXTRA));
      this.#measured = 0;
    }
    this.total = panel.total;
    if (!this.paused) {
      this.rows = panel.rows;
      this.first = panel.first;
    }
    this.#measure(panel);
    return changed;
  }

  get paused(): boolean {
    return this.#pausedAt !== undefined;
  }

  /** Rows that arrived behind the ones shown. */
  get behind(): number {
    return this.#pausedAt === undefined ? 0 : this.total - this.#pausedAt;
  }

  /** Holds on to the rows as they are. */
  pause(): void {
    this.rows = [...this.rows];
    this.#pausedAt = this.total;
  }

  /** Goes on; the next {@link take} brings what came meanwhile. */
  resume(): void {
    this.#pausedAt = undefined;
  }

  text(row: number, column: number): string {
    const value = this.rows[row]?.[column];
    return value === undefined ? '' : cellText(value, this.columns[column]!.kind);
  }

  /** What a cell tells when the mouse rests on it: text that may not fit, a stack's frames line by line; else ''. */
  title(row: number, column: number): string {
    const text = this.text(row, column);
    if (this.columns[column]!.kind === 'stack') return visible(String(this.rows[row]?.[column] ?? ''));
    return text.length > FITS ? text : '';
  }

  /** Looks at each record once; other rows are others each time. */
  #measure({ rows, first, of }: TablePanel): void {
    const from = of !== 'records' ? 0 : Math.max(0, this.#measured - first);
    for (let row = from; row < rows.length; row++) {
      for (const [column, { kind }] of this.columns.entries()) {
        const length = clamp(cellText(rows[row]![column] ?? null, kind).length);
        if (length > this.widths[column]!) this.widths[column] = length;
      }
    }
    this.#measured = first + rows.length;
  }
}

const clamp = (length: number) => Math.min(Math.max(length, NARROWEST), WIDEST);

function sameColumns(a: Column[], b: Column[]): boolean {
  return a.length === b.length && a.every(({ name, kind }, i) => name === b[i]!.name && kind === b[i]!.kind);
}

/**
 * The column that takes what is left of the line: a stack, which is longer than any column; else the last one if it is
 * text; else the empty one behind it.
 */
export function stretching(columns: Column[]): number {
  const stack = columns.findIndex(({ kind }) => kind === 'stack');
  if (stack >= 0) return stack;
  const last = columns.at(-1);
  return last && !isNumeric(last.kind) ? columns.length - 1 : columns.length;
}

/** The rows to have in the page for a scroll position: those in view and a few around them. */
export function visibleRange(
  scrollTop: number,
  viewHeight: number,
  rowHeight: number,
  rows: number,
  around = 6,
): { start: number; end: number } {
  const start = Math.max(0, Math.floor(scrollTop / rowHeight) - around);
  const end = Math.min(rows, Math.ceil((scrollTop + viewHeight) / rowHeight) + around);
  return { start: Math.min(start, end), end };
}
