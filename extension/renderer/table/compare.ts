/** Values in order: numbers by what they are, exactly; text by its characters; what was not written last. Pure. */
import { cellText, isNumeric } from '../../../kernel/notebook/labels.ts';
import type { Column, ColumnKind, Value } from '../../../kernel/protocol.ts';

export interface Sort {
  /** Index into the columns. */
  column: number;
  descending: boolean;
}

/** Below 0: the first comes first. */
export type Comparison<T> = (a: T, b: T) => number;

const DIGITS = /^-?\d+$/;

/** By its first character: in a numeric column, text that begins so is an integer. */
const beginsAsInteger = (text: string) => {
  const code = text.charCodeAt(0);
  return code === 0x2d || (code >= 0x30 && code <= 0x39);
};

/** A cell's number, exactly; undefined where it holds none. */
export function numberOf(value: Value, kind: ColumnKind): number | bigint | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  // Integers that a double cannot hold.
  return typeof value === 'string' && isNumeric(kind) && DIGITS.test(value) ? BigInt(value) : undefined;
}

/** Exact between doubles and integers of any size. */
export const compareNumbers: Comparison<number | bigint> = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

const compareTexts: Comparison<string> = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** Decimal integers without making numbers of them, which takes most of the time that sorting does. */
const compareDigits: Comparison<string> = (a, b) => {
  const negative = a.startsWith('-');
  if (negative !== b.startsWith('-')) return negative ? -1 : 1;
  const size = a.length - b.length || compareTexts(a, b);
  return negative ? -size : size;
};

/** Of two cells of a column, neither null: numbers come before text. */
function comparisonOf(kind: ColumnKind): Comparison<Value> {
  const numeric = isNumeric(kind);
  return (a, b) => {
    if (typeof a === 'number' && typeof b === 'number') return a - b;
    if (typeof a === 'string' && typeof b === 'string') {
      const digits = numeric && beginsAsInteger(a) && beginsAsInteger(b);
      return digits ? compareDigits(a, b) : compareTexts(a, b);
    }
    const [x, y] = [numberOf(a, kind), numberOf(b, kind)];
    if (x !== undefined && y !== undefined) return compareNumbers(x, y);
    if (x !== undefined || y !== undefined) return x === undefined ? 1 : -1;
    return compareTexts(cellText(a, kind), cellText(b, kind));
  };
}

/** Rows by the first sort that tells them apart; undefined where there is none. */
export function rowComparison(
  sorts: readonly Sort[],
  columns: readonly Column[],
): Comparison<Value[]> | undefined {
  if (sorts.length === 0) return undefined;
  const keys = sorts.map(({ column, descending }) => ({
    column,
    sign: descending ? -1 : 1,
    compare: comparisonOf(columns[column]!.kind),
  }));
  return (one, other) => {
    for (const { column, sign, compare } of keys) {
      const [a, b] = [one[column] ?? null, other[column] ?? null];
      if (a === null && b === null) continue;
      // Last, whichever way the others go.
      if (a === null || b === null) return a === null ? 1 : -1;
      const order = compare(a, b);
      if (order !== 0) return sign * order;
    }
    return 0;
  };
}

/**
 * What a click on a heading makes of the sorts: ascending, then descending, then none. `beside`: as a further key
 * behind those that are there.
 */
export function sortsAfterClick(sorts: readonly Sort[], column: number, beside: boolean): Sort[] {
  const known = sorts.find(sort => sort.column === column);
  const next = !known
    ? [{ column, descending: false }]
    : known.descending
      ? []
      : [{ column, descending: true }];
  if (!beside) return next;
  return known ? sorts.flatMap(sort => (sort === known ? next : [sort])) : [...sorts, ...next];
}
