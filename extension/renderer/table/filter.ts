/** Filters as users type them. Pure. */
import { cellText, isNumeric } from '../../../kernel/notebook/index.ts';
import type { Column, ColumnKind, Value } from '../../../kernel/protocol.ts';
import { conditions, looksLikeConditions } from './conditions.ts';

export type CellTest = (value: Value) => boolean;
export type RowTest = (row: Value[]) => boolean;
type TextTest = (text: string) => boolean;

/** What a text filters by, or why it cannot; neither where it is empty. */
export interface Filter<Test = CellTest> {
  test?: Test;
  problem?: string;
}

/** Shown to whoever looks for what can be typed. */
export const TEXT_HINT = 'text, /regular expression/i, =exactly, !not';
export const NUMBER_HINT = '42, >1000, <=5, !=0, 10..20, several at once';

/** A column's filter. */
export function columnFilter(text: string, { kind }: Column): Filter {
  const wanted = text.trim();
  if (wanted === '') return {};
  return isNumeric(kind) ? numberFilter(wanted, kind) : textFilter(wanted, kind);
}

/** Rows of which some column shows the text, or matches the expression. */
export function searchFilter(text: string, columns: readonly Column[]): Filter<RowTest> {
  const wanted = text.trim();
  if (wanted === '') return {};
  const { test, problem } = patternOf(wanted);
  if (!test) return { problem: problem! };
  const shows = columns.map(({ kind }) => showing(kind));
  return { test: row => shows.some((shows, column) => shows(row[column] ?? null, test)) };
}

/** Conditions on numbers, or the text of the cell. */
function numberFilter(wanted: string, kind: ColumnKind): Filter {
  const test = conditions(wanted, kind);
  if (test) return { test };
  return looksLikeConditions(wanted)
    ? { problem: `Not a condition on numbers: ${wanted}. Write ${NUMBER_HINT}` }
    : textFilter(wanted, kind);
}

/** `=` and `!=` compare the whole cell, `!` leaves out what has the text. */
function textFilter(wanted: string, kind: ColumnKind): Filter {
  const shows = showing(kind);
  const [, operator = '', rest = ''] = /^(!=|=|!|)\s*(.*)$/s.exec(wanted)!;
  if (rest === '') return {};
  const { test, problem } = operator.endsWith('=')
    ? { test: (text: string) => text === rest }
    : patternOf(rest);
  if (!test) return { problem: problem! };
  return { test: value => shows(value, test) !== operator.startsWith('!') };
}

/** Text in whichever case, or `/…/` as a regular expression. */
function patternOf(wanted: string): Filter<TextTest> {
  // Only i may follow: `/etc/passwd` is text.
  const [, source, flags] = /^\/(.+)\/(i?)$/s.exec(wanted) ?? [];
  try {
    const pattern =
      source === undefined
        ? new RegExp(wanted.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'), 'i')
        : new RegExp(source, flags);
    return { test: text => pattern.test(text) };
  } catch (error) {
    return { problem: (error as Error).message };
  }
}

const PRINTABLE = /^[\x20-\x7e]*$/;

/** Does a text that a cell shows, or its digits where it shows them in other words, pass? */
function showing(kind: ColumnKind): (value: Value, test: TextTest) => boolean {
  if (isNumeric(kind)) {
    const plain = kind === 'integer';
    return (value, test) =>
      value !== null && (test(String(value)) || (!plain && test(cellText(value, kind))));
  }
  return (value, test) => {
    if (value === null) return false;
    return test(typeof value === 'string' && PRINTABLE.test(value) ? value : cellText(value, kind));
  };
}
