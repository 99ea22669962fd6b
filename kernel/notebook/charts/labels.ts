/** Words on charts: short, on one line, no two alike. */
import type { Value } from '../../protocol.ts';
import { asBigInt, visibleLine } from '../labels.ts';

const LONGEST = 120;

/** One line of bounded length. */
export function shortLine(text: string): string {
  const line = visibleLine(text);
  return line.length > LONGEST ? `${[...line.slice(0, LONGEST)].slice(0, -1).join('')}…` : line;
}

/** Vega keeps what it knows of keys in objects, of which this is no ordinary member. */
const NO_MEMBER = '__proto__';

/** Vega takes keys of one name for one key, so those that look alike are numbered. */
export function apart(texts: string[]): string[] {
  const seen = new Map<string, number>();
  return texts.map(text => {
    const times = (seen.get(text) ?? 0) + 1;
    seen.set(text, times);
    if (times > 1) return `${text} (${times})`;
    return text === NO_MEMBER ? `"${text}"` : text;
  });
}

export const keyLabels = (keyed: { key: string }[]) => apart(keyed.map(({ key }) => shortLine(key)));

/** `1,234,567`, however large. */
export function exact(value: Value): string {
  const integer = asBigInt(value);
  if (integer === undefined) return shortLine(String(value));
  return String(integer).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A time of day with milliseconds, local. */
export function clock(ms: number): string {
  const date = new Date(ms);
  const digits = (value: number, length = 2) => String(value).padStart(length, '0');
  const parts = [date.getHours(), date.getMinutes(), date.getSeconds()].map(part => digits(part));
  return `${parts.join(':')}.${digits(date.getMilliseconds(), 3)}`;
}

export const span = (from: number, to: number) => `${clock(from)} – ${clock(to)}`;

/** Each tick tells as much of its time as it needs, by 24 hours. */
const CLOCK_TICKS = {
  year: '%Y',
  quarter: '%B',
  month: '%B',
  week: '%b %d',
  date: '%b %d',
  hours: '%H:%M',
  minutes: '%H:%M',
  seconds: '%H:%M:%S',
  milliseconds: ':%S.%L',
};

export const CLOCK_AXIS = { format: CLOCK_TICKS, labelOverlap: true, labelSeparation: 8, grid: false };
