/** Integers as they are shown, read back: `10.0.0.1`, `8:1`, `1.5ms`. One row a display that is no plain number. */
import type { Display } from '../layout.ts';

const NS: Record<string, number> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, m: 6e10, min: 6e10, h: 36e11 };
const BYTES: Record<string, number> = { B: 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/** A number with a unit, in units of `unit`; undefined where it would not be whole. */
const measured =
  (units: Record<string, number>, unit: number) =>
  (text: string): bigint | undefined => {
    const [, digits, name] = /^(\d+(?:\.\d+)?)\s*([a-zµ]+?)(?:i?B)?$/i.exec(text) ?? [];
    const scale = units[name ?? ''] ?? units[name?.toUpperCase() ?? ''];
    const value = scale === undefined ? Number.NaN : (Number(digits) * scale) / unit;
    return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  };

const WRITTEN: { [display in Display]?: (text: string) => bigint | undefined } = {
  nanoseconds: measured(NS, NS['ns']!),
  microseconds: measured(NS, NS['us']!),
  milliseconds: measured(NS, NS['ms']!),
  seconds: measured(NS, NS['s']!),
  bytes: measured(BYTES, BYTES['B']!),
  kibibytes: measured(BYTES, BYTES['K']!),
  ipv4: text => {
    const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
    if (!parts || parts.some(part => part > 255)) return undefined;
    return parts.reduce((sum, part, i) => sum + (BigInt(part) << BigInt(8 * i)), 0n);
  },
  port: text => {
    const port = /^\d{1,5}$/.test(text) ? Number(text) : 65_536;
    return port > 65_535 ? undefined : BigInt(((port & 0xff) << 8) | (port >> 8));
  },
  device: text => {
    const [, major, minor] = /^(\d{1,4}):(\d{1,7})$/.exec(text) ?? [];
    return major === undefined ? undefined : (BigInt(major) << 20n) | BigInt(minor!);
  },
};

/** The integer that is shown like this; undefined where it is not written in the way of its display. */
export const readBack = (text: string, display: Display | undefined): bigint | undefined =>
  display && WRITTEN[display]?.(text.trim());
