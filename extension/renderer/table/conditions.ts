/** Conditions on numbers as users type them: `>1000`, `!=0`, `10..20`, `>=1.5ms`, `<18:30`. Pure. */
import { cellText } from '../../../kernel/notebook/labels.ts';
import type { ColumnKind, Value } from '../../../kernel/protocol.ts';
import { compareNumbers, numberOf } from './compare.ts';

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

/** What an order must be: below 0 is smaller. */
const OPERATORS: { [operator: string]: (order: number) => boolean } = {
  '>=': order => order >= 0,
  '<=': order => order <= 0,
  '!=': order => order !== 0,
  '==': order => order === 0,
  '>': order => order > 0,
  '<': order => order < 0,
  '=': order => order === 0,
};
const OPERATOR = new RegExp(`^(${Object.keys(OPERATORS).join('|')})`);
const ALL = () => true;
const CLOCK = /^\d\d:\d\d(:\d\d(\.\d*)?)?$/;

type Test = (value: Value) => boolean;

/** How a cell stands to what was typed; undefined where it holds no number. */
type Order = (value: Value) => number | undefined;

/** Somebody who types this means a condition. */
export const looksLikeConditions = (text: string) => OPERATOR.test(text) || text.includes('..');

/** All conditions of a text, separated by spaces or commas; undefined where some part is none. */
export function conditions(text: string, kind: ColumnKind): Test | undefined {
  const terms = text
    .replace(/([<>=])\s+/g, '$1')
    .split(/[\s,]+/)
    .filter(Boolean);
  const tests = terms.map(term => condition(term, kind));
  return tests.includes(undefined) ? undefined : value => tests.every(test => test!(value));
}

function condition(term: string, kind: ColumnKind): Test | undefined {
  const range = /^(.*?)\.\.(.*)$/.exec(term);
  const [operator = '='] = OPERATOR.exec(term) ?? [];
  if (!range) return compared(term.replace(OPERATOR, ''), operator, kind);
  const [low, high] = [range[1]!, range[2]!];
  // Either side may be open.
  const from = low === '' ? ALL : compared(low, '>=', kind);
  const to = high === '' ? ALL : compared(high, '<=', kind);
  if (from === to) return undefined;
  return from && to && (value => from(value) && to(value));
}

function compared(text: string, operator: string, kind: ColumnKind): Test | undefined {
  const order = orderOf(text, kind);
  const holds = OPERATORS[operator]!;
  return (
    order &&
    (value => {
      const found = order(value);
      return found !== undefined && holds(found);
    })
  );
}

function orderOf(text: string, kind: ColumnKind): Order | undefined {
  // A time of day counts as far as it was typed: all of a minute is that minute.
  if (kind === 'time' && CLOCK.test(text))
    return value => (value === null ? undefined : compareShown(cellText(value, kind), text));
  const wanted = numberIn(text, kind);
  if (wanted === undefined) return undefined;
  return value => {
    const number = numberOf(value, kind);
    return number === undefined ? undefined : compareNumbers(number, wanted);
  };
}

const compareShown = (shown: string, wanted: string) => {
  const start = shown.slice(0, wanted.length);
  return start < wanted ? -1 : start > wanted ? 1 : 0;
};

/** A number as typed, in what the column counts in: `1.5ms`, `0xff`, `4k`. */
function numberIn(text: string, kind: ColumnKind): number | bigint | undefined {
  if (/^0x[\da-f]+$/i.test(text) || /^-?\d+$/.test(text)) return BigInt(text);
  const [, digits, unit = ''] = /^(-?\d+(?:\.\d+)?)([a-zµ]*)$/i.exec(text) ?? [];
  if (digits === undefined) return undefined;
  if (unit === '') return Number(digits);
  const { units, own } = UNITS[kind] ?? {};
  const scale = units?.[unit.toLowerCase()];
  return scale === undefined ? undefined : (Number(digits) * scale) / own!;
}
