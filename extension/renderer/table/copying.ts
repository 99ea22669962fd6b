/** Rows as text for other programs: CSV, TSV, JSON. Values are exact, not rounded as they are shown. Pure. */
import { cellText, visible } from '../../../kernel/notebook/index.ts';
import type { Column, ColumnKind, Value } from '../../../kernel/protocol.ts';

export type CopyFormat = 'CSV' | 'TSV' | 'JSON';

/** Kinds that are shown exactly, in other digits than decimal ones. */
const SHOWN_EXACTLY: ReadonlySet<ColumnKind> = new Set(['address', 'octal']);

/** A cell by itself: integers as digits, text with its control characters made visible. */
export function exactText(value: Value, kind: ColumnKind): string {
  if (value === null) return '';
  if (SHOWN_EXACTLY.has(kind)) return cellText(value, kind);
  if (typeof value === 'string') return visible(value);
  return typeof value === 'object' ? visible(JSON.stringify(value)) : String(value);
}

/** A spreadsheet takes these for the beginning of a formula. */
const FORMULA = /^[=+\-@\t\r]/;
const NUMBER = /^[+-]?\d+(?:\.\d+)?$/;

/**
 * RFC 4180, with a tab as separator too. Names of processes and strings of theirs are anybody's: text that a
 * spreadsheet would run as a formula gets an apostrophe in front, which makes it text there.
 */
function field(text: string, separator: string): string {
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return safe.includes(separator) || /["\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function separated(columns: readonly Column[], rows: readonly Value[][], separator: string): string {
  const line = (fields: string[]) => fields.map(text => field(text, separator)).join(separator);
  const heading = line(columns.map(({ name }) => visible(name)));
  const lines = rows.map(row => line(columns.map(({ kind }, i) => exactText(row[i] ?? null, kind))));
  return `${[heading, ...lines].join('\r\n')}\r\n`;
}

/** An object a row. Integers beyond 2^53 stay the decimal strings that they are. */
function json(columns: readonly Column[], rows: readonly Value[][]): string {
  const objects = rows.map(row =>
    JSON.stringify(Object.fromEntries(columns.map(({ name }, i) => [name, row[i] ?? null]))),
  );
  return objects.length === 0 ? '[]\n' : `[\n${objects.map(text => `  ${text}`).join(',\n')}\n]\n`;
}

export const COPY_FORMATS: {
  [format in CopyFormat]: (columns: readonly Column[], rows: readonly Value[][]) => string;
} = {
  CSV: (columns, rows) => separated(columns, rows, ','),
  TSV: (columns, rows) => separated(columns, rows, '\t'),
  JSON: json,
};
