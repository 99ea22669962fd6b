import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DataType } from '../../kernel/layout.ts';
import { Reader } from '../../kernel/views/decode.ts';
import { Format } from '../../kernel/views/printf.ts';
import { strftime } from '../../kernel/views/strftime.ts';
import { forTerminal } from '../../kernel/views/text.ts';
import { chars, fieldsOf, i32, i64, type Put, put, sizeOf, u8, u32, u64 } from './views-fixtures.ts';

const buffer: DataType = { kind: 'bytes', size: 6 };
const pointer: DataType = { kind: 'pointer', size: 8 };

function printed(format: string, args: [DataType, Put][]): string {
  const fields = fieldsOf(args.map(([type], i) => [`a${i}`, type]));
  const bytes = Buffer.alloc(sizeOf(fields));
  for (const [i, field] of fields.entries()) put(bytes, field.type, field.offset, args[i]![1]);
  return new Format(format).apply(new Reader(bytes), fields, forTerminal);
}

const ROWS: [format: string, args: [DataType, Put][], text: string][] = [
  ['plain\n', [], 'plain\n'],
  ['100%% %d%%', [[i32, 5]], '100% 5%'],
  ['[%d]', [[i32, -5]], '[-5]'],
  [
    '[%5d][%-5d][%05d]',
    [
      [i32, 42],
      [i32, 42],
      [i32, -42],
    ],
    '[   42][42   ][-0042]',
  ],
  [
    '[%+d][% d][%+d]',
    [
      [i32, 42],
      [i32, 42],
      [i32, -42],
    ],
    '[+42][ 42][-42]',
  ],
  [
    '[%.5d][%8.3d]',
    [
      [i32, 42],
      [i32, 7],
    ],
    '[00042][     007]',
  ],
  [
    '%u %lu',
    [
      [i32, -1],
      [i32, -1],
    ],
    '4294967295 18446744073709551615',
  ],
  [
    '%x %hx %hhx %jx',
    Array<[DataType, Put]>(4).fill([u64, 0x12345678abcdefn]),
    '78abcdef cdef ef 12345678abcdef',
  ],
  [
    '%d %ld',
    [
      [i64, 2n ** 32n + 5n],
      [i64, 2n ** 32n + 5n],
    ],
    '5 4294967301',
  ],
  ['%d', [[u64, 2n ** 64n - 1n]], '-1'],
  [
    '%lu %llu %lld',
    [
      [u64, 2n ** 64n - 1n],
      [u64, 2n ** 63n],
      [i64, -(2n ** 63n)],
    ],
    '18446744073709551615 9223372036854775808 -9223372036854775808',
  ],
  [
    '%x %X %#x %#X %o %#o',
    [
      [u32, 255],
      [u32, 255],
      [u32, 255],
      [u32, 255],
      [u32, 8],
      [u32, 8],
    ],
    'ff FF 0xff 0XFF 10 010',
  ],
  [
    '%x %lx',
    [
      [i32, -1],
      [i32, -1],
    ],
    'ffffffff ffffffffffffffff',
  ],
  [
    '%gr %gr %gr',
    [
      [u32, 0xcc0],
      [u32, 0xdc0],
      [u32, 0],
    ],
    'GFP_KERNEL GFP_KERNEL|__GFP_ZERO 0',
  ],
  [
    '%hhd %hhu %hd %hx',
    [
      [i32, 511],
      [i32, 511],
      [i32, 65535],
      [i32, -1],
    ],
    '-1 255 -1 ffff',
  ],
  [
    '[%08x][%-8x][%#010x]',
    [
      [u32, 0xbeef],
      [u32, 0xbeef],
      [u32, 0xbeef],
    ],
    '[0000beef][beef    ][0x0000beef]',
  ],
  ['%#x', [[u32, 0]], '0'],
  [
    '%ld %zd %jd %td %ld',
    [
      [i64, 1],
      [i64, 2],
      [i64, 3],
      [i64, 4],
      [u8, 5],
    ],
    '1 2 3 4 5',
  ],
  [
    '%c%c',
    [
      [u8, 72],
      [i64, 105],
    ],
    'Hi',
  ],
  [
    '%p %p',
    [
      [pointer, 0xffff_8880n],
      [pointer, 0n],
    ],
    '0xffff8880 0',
  ],
  ['[%18p]', [[u64, 0x10]], '[              0x10]'],
  [
    '%s|%10s|%-10s|%.2s|%8.3s',
    [
      [chars(8), 'ab'],
      [chars(8), 'ab'],
      [chars(8), 'ab'],
      [chars(8), 'abcd'],
      [chars(8), 'abcdef'],
    ],
    'ab|        ab|ab        |ab|     abc',
  ],
  [
    '%*d|%-*d|%*d|%.*s',
    [
      [i32, 5],
      [i32, 42],
      [i32, 5],
      [i32, 42],
      [i32, -5],
      [i32, 42],
      [i32, 2],
      [chars(8), 'abcd'],
    ],
    '   42|42   |42   |ab',
  ],
  [
    '%s %d',
    [
      [{ kind: 'bool', size: 1 }, 1],
      [{ kind: 'bool', size: 1 }, 1],
    ],
    'true 1',
  ],
  [
    '%s %d',
    [
      [{ kind: 'enum', size: 4, signed: false, values: [['TWO', 2]] }, 2],
      [{ kind: 'enum', size: 4, signed: false, values: [['TWO', 2]] }, 2],
    ],
    'TWO 2',
  ],
  ['%r', [[buffer, Buffer.from('Hel\x00\xe9o', 'latin1')]], 'Hel\\x00\\xe9o'],
  ['%rx', [[buffer, Buffer.from('Hello\0')]], '\\x48\\x65\\x6c\\x6c\\x6f\\x00'],
  ['%rh', [[buffer, Buffer.from('Hello\0')]], '48 65 6c 6c 6f 00'],
  ['%s', [[i32, 7]], '7'],
  ['value: %dms100', [[i32, 100]], 'value: 100ms100'],
  ['%d and %d', [[i32, 1]], '1 and '],
  ['%100000d', [[i32, 1]], '1'.padStart(4096)],
  ['\u001b[1m%s', [[chars(8), '\u001b[2J']], '\u001b[1m\\x1b[2J'],
];

for (const [format, args, text] of ROWS)
  test(`printf ${JSON.stringify(format)}`, () => assert.equal(printed(format, args), text));

const DATE = new Date(2026, 2, 4, 15, 6, 7, 89);
const TIMES: [format: string, text: string][] = [
  ['%H:%M:%S\n', '15:06:07\n'],
  ['%T %R %F %D', '15:06:07 15:06 2026-03-04 03/04/26'],
  ['%m/%d/%y %e %j %I %p', '03/04/26  4 063 03 PM'],
  ['%a %A %b %B %Y %C', 'Wed Wednesday Mar March 2026 20'],
  ['%c', 'Wed Mar  4 15:06:07 2026'],
  ['%S.%f %% %Q', '07.089000 % %Q'],
  ['%s', String(Math.floor(DATE.getTime() / 1000))],
];
for (const [format, text] of TIMES)
  test(`strftime ${JSON.stringify(format)}`, () => assert.equal(strftime(format, DATE), text));
