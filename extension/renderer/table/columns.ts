/** How wide columns are. Pure. */
import { cellText, isNumeric } from '../../../kernel/notebook/labels.ts';
import type { Column, TablePanel, Value } from '../../../kernel/protocol.ts';
import { nameInGroup } from './groups.ts';

/** Bounds of a column in characters; the user may go beyond. */
const NARROWEST = 4;
const WIDEST = 48;
const WIDEST_FITTED = 400;
/** Headings are set in a bold proportional face, which can run wider than its characters, and an arrow stands behind. */
const HEADING_EXTRA = 4;
/** Rows looked at of all there are at first, and of those that came since. */
const FIRST_SAMPLE = 512;
const SAMPLE = 64;

const clamp = (length: number) => Math.min(Math.max(length, NARROWEST), WIDEST);
const headingLength = ({ name }: Column) => nameInGroup(name).length + HEADING_EXTRA;

/** Characters that each column needs. They only grow, so that columns do not jump. */
export class ColumnWidths {
  readonly characters: number[];
  /** Records before this number were looked at. */
  #next = 0;

  constructor(readonly columns: readonly Column[]) {
    this.characters = columns.map(column => clamp(headingLength(column)));
  }

  /** Looks at some of the rows that are new: the newest records, the first entries. */
  measure({ rows, first, of }: Pick<TablePanel, 'rows' | 'first' | 'of'>): void {
    const sample = this.#next === 0 ? FIRST_SAMPLE : SAMPLE;
    if (of === 'records') {
      const from = Math.max(0, this.#next - first, rows.length - sample);
      this.#look(rows, from, rows.length);
      this.#next = first + rows.length;
    } else this.#look(rows, 0, Math.min(rows.length, FIRST_SAMPLE));
  }

  #look(rows: readonly Value[][], from: number, to: number): void {
    for (let row = from; row < to; row++) {
      for (const [column, { kind }] of this.columns.entries()) {
        const length = clamp(cellText(rows[row]![column] ?? null, kind).length);
        if (length > this.characters[column]!) this.characters[column] = length;
      }
    }
  }
}

/** Characters of a column's longest cell, or of its heading. */
export function longest(rows: Iterable<{ cells: Value[] }>, column: number, about: Column): number {
  let most = headingLength(about);
  for (const { cells } of rows) most = Math.max(most, cellText(cells[column] ?? null, about.kind).length);
  return Math.min(most, WIDEST_FITTED);
}

/**
 * The column that takes what is left of the line: a stack, which is longer than any column; else the last one if it is
 * text; else the empty one behind it.
 */
export function stretching(columns: readonly Column[]): number {
  const stack = columns.findIndex(({ kind }) => kind === 'stack');
  if (stack >= 0) return stack;
  const last = columns.at(-1);
  return last && !isNumeric(last.kind) ? columns.length - 1 : columns.length;
}

export const sameColumns = (a: readonly Column[], b: readonly Column[]): boolean =>
  a.length === b.length && a.every(({ name, kind }, i) => name === b[i]!.name && kind === b[i]!.kind);
