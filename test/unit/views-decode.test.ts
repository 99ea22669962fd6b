import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DataType, Field } from '../../kernel/layout.ts';
import { Reader, readBits, toValue } from '../../kernel/views/decode.ts';
import { jsonOf } from '../../kernel/views/json.ts';
import { forTerminal, textOf } from '../../kernel/views/text.ts';
import { bytesOf, chars, HOSTILE, i32, i64, type Put, struct, u8, u16, u32, u64 } from './views-fixtures.ts';

const color: DataType = {
  kind: 'enum',
  size: 4,
  signed: false,
  values: [
    ['RED', 0],
    ['BLUE', 7],
    ['HUGE', '18446744073709551615'],
  ],
};
const tuple = (...types: DataType[]): DataType => ({
  ...struct(types.map((type, i): [string, DataType] => [String(i), type])),
  kind: 'tuple',
});

const cutAt = (bytes: number): DataType => ({
  kind: 'string',
  size: bytes + 1,
  cut: { bytes, trailer: '..' },
});

const ROWS: [what: string, type: DataType, bytes: Put, value: unknown, text: string, json: string][] = [
  ['u8', u8, 255, 255, '255', '255'],
  ['u16', u16, 65535, 65535, '65535', '65535'],
  ['i32', i32, -5, -5, '-5', '-5'],
  ['u32', u32, 0xffffffff, 4294967295, '4294967295', '4294967295'],
  ['i64 small', i64, -1n, -1, '-1', '-1'],
  ['u64 beyond 2^53', u64, 2n ** 53n + 1n, '9007199254740993', '9007199254740993', '"9007199254740993"'],
  [
    'u64 beyond 2^53 that a double holds',
    u64,
    2n ** 60n,
    String(2n ** 60n),
    String(2n ** 60n),
    String(2n ** 60n),
  ],
  ['u64 max', u64, 2n ** 64n - 1n, '18446744073709551615', '18446744073709551615', '"18446744073709551615"'],
  ['i64 min', i64, -(2n ** 63n), '-9223372036854775808', '-9223372036854775808', '-9223372036854775808'],
  [
    'u128',
    { kind: 'int', size: 16, signed: false },
    2n ** 100n,
    String(2n ** 100n),
    String(2n ** 100n),
    String(2n ** 100n),
  ],
  ['true', { kind: 'bool', size: 1 }, 1, true, 'true', 'true'],
  ['false', { kind: 'bool', size: 1 }, 0, false, 'false', 'false'],
  ['double', { kind: 'float', size: 8 }, 1.5, 1.5, '1.5', '1.5'],
  ['enum', color, 7, 'BLUE', 'BLUE', '7'],
  ['enum without a name', color, 3, 3, '3', '3'],
  ['pointer', { kind: 'pointer', size: 8 }, 0xffff0000n, 4294901760, '0xffff0000', '4294901760'],
  ['string', chars(8), 'abc', 'abc', 'abc', '"abc"'],
  ['string without NUL', chars(3), 'abc', 'abc', 'abc', '"abc"'],
  ['empty string', chars(8), '', '', '', '""'],
  ['string that was cut', cutAt(3), 'abc', 'abc..', 'abc..', '"abc.."'],
  ['string that was not', cutAt(3), 'ab', 'ab', 'ab', '"ab"'],
  [
    'bytes',
    { kind: 'bytes', size: 4 },
    Uint8Array.from([65, 0, 200, 66]),
    'A\\x00\\xc8B',
    'A\\x00\\xc8B',
    '[65,0,200,66]',
  ],
  [
    'array',
    { kind: 'array', size: 12, element: i32, length: 3 },
    [1, -2, 3],
    [1, -2, 3],
    '[1,-2,3]',
    '[1,-2,3]',
  ],
  [
    'struct',
    struct([
      ['a', i32],
      ['b', chars(4)],
    ]),
    [1, 'x'],
    { a: 1, b: 'x' },
    '{ .a = 1, .b = x }',
    '{"a": 1, "b": "x"}',
  ],
  ['empty struct', struct([]), [], {}, '{}', '{}'],
  [
    'tuple',
    tuple(i32, chars(8), tuple(u8, u8)),
    [1, '', [2, 3]],
    [1, '', [2, 3]],
    '(1, , (2, 3))',
    '[1,"",[2,3]]',
  ],
];

for (const [what, type, bytes, value, text, json] of ROWS)
  test(`decode ${what}`, () => {
    const data = bytesOf(type, bytes);
    assert.deepEqual(toValue(new Reader(data), type, 0), value);
    assert.equal(textOf(new Reader(data), type, 0, forTerminal), text);
    assert.equal(jsonOf(new Reader(data), type, 0), json);
  });

test('bitfields, signed and unsigned, across bytes', () => {
  const bytes = Buffer.from([0x1e, 0xff, 0x01, 0, 0, 0, 0, 0]);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  assert.deepEqual(
    (
      [
        [0, 1],
        [1, 1],
        [2, 2],
        [6, 6],
        [8, 9],
      ] as const
    ).map(([offset, size]) => readBits(view, 0, { offset, size }, false)),
    [0, 1, 3, 60, 511],
  );
  assert.equal(readBits(view, 0, { offset: 8, size: 9 }, true), -1);
  const fields: Field[] = [
    { name: 'x_0', offset: 0, type: u64, bits: { offset: 0, size: 1 } },
    { name: 'x_1', offset: 0, type: u64, bits: { offset: 1, size: 1 } },
    { name: 'x_2', offset: 0, type: u64, bits: { offset: 2, size: 2 } },
  ];
  assert.equal(
    textOf(new Reader(bytes), { kind: 'struct', size: 8, fields }, 0, forTerminal),
    '{ .x_0 = 0, .x_1 = 1, .x_2 = 3 }',
  );
});

test('a struct member named __proto__ is a member', () => {
  const type = struct([['__proto__', i32]]);
  const value = toValue(new Reader(bytesOf(type, [5])), type, 0);
  assert.equal(JSON.stringify(value), '{"__proto__":5}');
});

test('invalid UTF-8 is shown, valid kept', () => {
  const value = toValue(new Reader(bytesOf(chars(16), HOSTILE.invalid!)), chars(16), 0);
  assert.equal(value, 'a\\xff\\xc3(\\xed\\xa0\\x80b');
  assert.equal(toValue(new Reader(bytesOf(chars(16), HOSTILE.utf8!)), chars(16), 0), HOSTILE.utf8);
});
