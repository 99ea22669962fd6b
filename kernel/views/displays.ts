/** How integers are shown that say how they want to be: one row a display. */
import type { Display, Field } from '../layout.ts';
import type { CodeSymbol } from '../loader/protocol.ts';
import type { ColumnKind, Value } from '../protocol.ts';
import { type Int, intValue, shrink } from './decode.ts';
import type { Names } from './names.ts';
import { addressText } from './stacks.ts';

interface Shown {
  column: ColumnKind;
  /** What stands for the integer; without it, the integer, which its column's kind puts into words. */
  value?(int: Int, names: Names): Value;
  /** It is several numbers, each a column. */
  parts?: Field[];
}

const text = (value: (int: Int, names: Names) => Value): Shown => ({ column: 'string', value });

/** Two numbers of four bytes, in the order in which they are shown. */
function pair(...parts: [name: string, offset: number][]): Shown {
  const fields = parts.map(
    ([name, offset]): Field => ({ name, offset, type: { kind: 'int', size: 4, signed: false } }),
  );
  return {
    column: 'other',
    parts: fields,
    value: int =>
      Object.fromEntries(
        parts.map(([name, offset]) => [name, Number(BigInt.asUintN(32, BigInt(int) >> BigInt(8 * offset)))]),
      ),
  };
}

const MINOR_BITS = 20;

export const DISPLAYS: { [display in Display]: Shown } = {
  decimal: { column: 'integer' },
  hex: { column: 'address' },
  octal: { column: 'octal' },
  nanoseconds: { column: 'duration' },
  microseconds: { column: 'microseconds' },
  milliseconds: { column: 'milliseconds' },
  seconds: { column: 'seconds' },
  bytes: { column: 'bytes' },
  kibibytes: { column: 'kibibytes' },
  address: { column: 'address' },
  char: { column: 'integer' },
  ksym: text((int, names) => symbolText(BigInt.asUintN(64, BigInt(int)), names)),
  ipv4: text(int => [0, 8, 16, 24].map(bits => (Number(int) >>> bits) & 0xff).join('.')),
  port: { column: 'integer', value: int => ((Number(int) & 0xff) << 8) | (Number(int) >>> 8) },
  device: text(int => `${Number(int) >>> MINOR_BITS}:${Number(int) & ((1 << MINOR_BITS) - 1)}`),
  user: text((int, names) => names.user(Number(int)) ?? String(int)),
  cgroup: text((int, names) => names.cgroup(BigInt(int)) ?? String(int)),
  time: {
    column: 'time',
    value: (int, { bootTime }) => intValue(int === 0 ? 0 : shrink(bootTime + BigInt(int))),
  },
  'pid-tgid': pair(['pid', 4], ['tid', 0]),
  'uid-gid': pair(['uid', 0], ['gid', 4]),
};

/** `name+0x1c`, with the module if it is one's; the address where it has no name. */
export function symbolText(address: bigint, names: Names): string {
  const symbol = names.kernelSymbol(address);
  return symbol?.name === undefined ? addressText(address) : nameAndOffset(symbol);
}

const nameAndOffset = ({ name, offset, module }: CodeSymbol) =>
  `${name}${offset ? `+0x${offset.toString(16)}` : ''}${module === undefined ? '' : ` ${module}`}`;
