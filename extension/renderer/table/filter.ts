/** Filters as users type them. Pure. */
import { cellText, isNumeric } from '../../../kernel/notebook/index.ts';
import type { Column, ColumnKind, Value } from '../../../kernel/protocol.ts';
import { compareNumbers, numberOf } from './compare.ts';

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

const NANOSECONDS = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, m: 6e10, h: 36e11 };
const BYTES = { b: 1, k: 2 ** 10, kib: 2 ** 10, m: 2 ** 20, mib: 2 ** 20, g: 2 ** 30, gib: 2 ** 30 };

/** Units that may follow a number, and the one that the column counts in. */
const UNITS: { [kind in ColumnKind]?: { units: { [unit: string]: number }; own: number } } = {
  duration: { units: NANOSECONDS, own: 1 },
  microseconds: { units: NANOSECONDS, own: 1e3 },
  milliseconds: { units: NANOSECONDS, own: 1e6 },
  seconds: { units: NANOSECONDS, own: 1e9 },
  bytes: { units: BYTES, own: 1 },
  kibibytes: { units: BYTES, own: 2 ** 10 },
};

type Number_ = number | bigint;

const OPERATORS: { [operator: string]: (order: number) => boolean } = {
  '>=': order => order >= 0,
  '<=': order => order <= 0,
  '!=': order => order !== 0,
  '==': order => order === 0,
  '>': order => order > 0,
  '<': order => order < 0,
  '=': order => order === 0,
};
const OPERATOR = new RegExp(`^(${Object.keys(OPERATORS).join('|')})\\s*`);

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

/** All conditions, separated by spaces or commas, or the text of the cell. */
function numberFilter(wanted: string, kind: ColumnKind): Filter {
  const terms = wanted.replace(/([<>=])\s+/g, '$1').split(/[\s,]+/);
  const tests = terms.filter(Boolean).map(term => condition(term, kind));
  if (!tests.includes(undefined)) {
    return {
      test: value => {
        const number = numberOf(value, kind);
        return number !== undefined && tests.every(test => test!(number));
      },
    };
  }
  if (!OPERATOR.test(wanted) && !wanted.includes('..')) return textFilter(wanted, kind);
  return { problem: `Not a condition on numbers: ${wanted}. Write ${NUMBER_HINT}` };
}

function condition(term: string, kind: ColumnKind): ((number: Number_) => boolean) | undefined {
  const range = /^(.*?)\.\.(.*)$/.exec(term);
  if (range) {
    const [low, high] = [range[1]!, range[2]!].map(text => (text === '' ? null : literal(text, kind)));
    if (low === undefined || high === undefined || (low === null && high === null)) return undefined;
    return number =>
      (low === null || compareNumbers(number, low!) >= 0) &&
      (high === null || compareNumbers(number, high!) <= 0);
  }
  const operator = OPERATOR.exec(term)?.[1];
  const wanted = literal(term.slice(operator?.length ?? 0), kind);
  if (wanted === undefined) return undefined;
  const holds = OPERATORS[operator ?? '=']!;
  return number => holds(compareNumbers(number, wanted));
}

/** A number as typed, in what the column counts in: `1.5ms`, `0xff`, `4k`. */
function literal(text: string, kind: ColumnKind): Number_ | undefined {
  if (/^0x[\da-f]+$/i.test(text) || /^-?\d+$/.test(text)) return BigInt(text);
  const match = /^(-?\d+(?:\.\d+)?)([a-zµ]*)$/i.exec(text);
  if (!match) return undefined;
  const [, digits, unit] = match;
  if (unit === '') return Number(digits);
  const { units, own } = UNITS[kind] ?? {};
  const scale = units?.[unit!.toLowerCase()];
  return scale === undefined ? undefined : (Number(digits) * scale) / own!;
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
