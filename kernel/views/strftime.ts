/** strftime in the C locale and the host's time zone, with bpftrace's `%f` (microseconds). */

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

const two = (n: number, fill = '0') => String(n).padStart(2, fill);
const twelve = (date: Date) => date.getHours() % 12 || 12;
const dayOfYear = (date: Date) =>
  Math.round(
    (new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime() -
      new Date(date.getFullYear(), 0, 1).getTime()) /
      864e5,
  ) + 1;
const zone = (date: Date) => {
  const minutes = -date.getTimezoneOffset();
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${two(size % 60)}`;
};

const FIELDS: { [letter: string]: ((date: Date) => string) | string } = {
  a: date => DAYS[date.getDay()]!.slice(0, 3),
  A: date => DAYS[date.getDay()]!,
  b: date => MONTHS[date.getMonth()]!.slice(0, 3),
  B: date => MONTHS[date.getMonth()]!,
  h: '%b',
  c: '%a %b %e %H:%M:%S %Y',
  C: date => two(Math.floor(date.getFullYear() / 100)),
  d: date => two(date.getDate()),
  D: '%m/%d/%y',
  e: date => two(date.getDate(), ' '),
  f: date => String(date.getMilliseconds() * 1000).padStart(6, '0'),
  F: '%Y-%m-%d',
  H: date => two(date.getHours()),
  I: date => two(twelve(date)),
  j: date => String(dayOfYear(date)).padStart(3, '0'),
  k: date => two(date.getHours(), ' '),
  l: date => two(twelve(date), ' '),
  m: date => two(date.getMonth() + 1),
  M: date => two(date.getMinutes()),
  n: () => '\n',
  p: date => (date.getHours() < 12 ? 'AM' : 'PM'),
  r: '%I:%M:%S %p',
  R: '%H:%M',
  s: date => String(Math.floor(date.getTime() / 1000)),
  S: date => two(date.getSeconds()),
  t: () => '\t',
  T: '%H:%M:%S',
  u: date => String(date.getDay() || 7),
  w: date => String(date.getDay()),
  x: '%m/%d/%y',
  X: '%H:%M:%S',
  y: date => two(date.getFullYear() % 100),
  Y: date => String(date.getFullYear()),
  z: zone,
  Z: date =>
    /\(([^)]+)\)|([A-Z]{3,5})$/.exec(date.toLocaleTimeString('en-US', { timeZoneName: 'short' }))?.[2] ??
    zone(date),
  '%': () => '%',
};

/** Unknown letters stay as they are. */
export function strftime(format: string, date: Date): string {
  return format.replace(/%([a-zA-Z%])/g, (whole, letter: string) => {
    const field = FIELDS[letter];
    return field === undefined ? whole : typeof field === 'string' ? strftime(field, date) : field(date);
  });
}
