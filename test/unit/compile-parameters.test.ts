import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeParameters } from '../../kernel/compile/parameters.ts';
import { CellError } from '../../kernel/errors.ts';
import type { DataType, Display, GlobalLayout } from '../../kernel/layout.ts';

const int = (size: number, signed: boolean): DataType => ({ kind: 'int', size, signed });
const shown = (size: number, display: Display): DataType => ({ kind: 'int', size, signed: false, display });
const color: DataType = {
  kind: 'enum',
  size: 4,
  signed: true,
  values: [
    ['RED', -1],
    ['BLUE', 5],
  ],
};
const string: DataType = { kind: 'string', size: 4 };

/** type, text → bytes in hex, or what the message ends with */
const CASES: [type: DataType, text: string, expected: string | RegExp][] = [
  [int(8, false), '1000000', '40420f0000000000'],
  [int(8, false), '1_000_000', '40420f0000000000'],
  [int(8, false), '18446744073709551615', 'ffffffffffffffff'],
  [int(8, false), '18446744073709551616', /expected a number from 0 to 18446744073709551615$/],
  [int(8, false), '-1', /expected a number from 0 to/],
  [int(8, true), '-9223372036854775808', '0000000000000080'],
  [int(4, true), '-1', 'ffffffff'],
  [int(4, false), ' 0xdeadBEEF ', 'efbeadde'],
  [int(2, false), '65536', /expected a number from 0 to 65535$/],
  [int(1, true), '127', '7f'],
  [int(1, true), '128', /expected a number from -128 to 127$/],
  [int(4, true), '1ms', /expected a whole number$/],
  [int(4, true), '', /expected a whole number$/],
  [int(4, true), '1.5', /expected a whole number$/],
  [{ kind: 'int', size: 1, signed: true, display: 'char' }, 'A', '41'],
  [shown(8, 'nanoseconds'), '1.5ms', '60e3160000000000'],
  [shown(8, 'nanoseconds'), '1500000', '60e3160000000000'],
  [shown(4, 'microseconds'), '2s', '80841e00'],
  [shown(4, 'microseconds'), '1ns', /expected a whole number$/],
  [shown(4, 'milliseconds'), '2 h', '00dd6d00'],
  [shown(4, 'bytes'), '4K', '00100000'],
  [shown(4, 'bytes'), '1.5MiB', '00001800'],
  [shown(4, 'kibibytes'), '1M', '00040000'],
  [shown(4, 'ipv4'), '10.0.0.1', '0a000001'],
  [shown(4, 'ipv4'), '10.0.0.256', /expected a whole number$/],
  [shown(2, 'port'), '8080', '1f90'],
  [shown(4, 'device'), '8:1', '01008000'],
  [{ kind: 'bool', size: 1 }, 'true', '01'],
  [{ kind: 'bool', size: 1 }, '0', '00'],
  [{ kind: 'bool', size: 1 }, '2', /expected true or false$/],
  [color, 'BLUE', '05000000'],
  [color, '-1', 'ffffffff'],
  [color, 'GREEN', /expected one of RED, BLUE$/],
  [string, 'abc', '61626300'],
  [string, '', '00000000'],
  [string, 'abcd', /expected at most 3 bytes$/],
  [string, 'äb', 'c3a46200'],
  [{ kind: 'float', size: 8 }, '1', /a float cannot be given as text$/],
];

for (const [type, text, expected] of CASES) {
  test(`${type.kind} ${type.size} "${text}"`, () => {
    const globals: GlobalLayout[] = [{ name: 'p', section: '.rodata', offset: 16, type, parameter: true }];
    if (typeof expected === 'string') {
      const [value] = encodeParameters(globals, { p: text });
      assert.deepEqual(
        { ...value, bytes: Buffer.from(value!.bytes).toString('hex') },
        { section: '.rodata', offset: 16, bytes: expected },
      );
    } else {
      assert.throws(() => encodeParameters(globals, { p: text }), { message: expected });
    }
  });
}

test('unknown names are told together with the known ones, all problems at once', () => {
  const globals: GlobalLayout[] = [
    { name: 'min_ns', section: '.rodata', offset: 0, type: int(8, false), parameter: true },
    { name: 'target', section: '.rodata', offset: 8, type: int(4, true), parameter: true },
    { name: 'hits', section: '.bss', offset: 0, type: int(4, true), parameter: false },
  ];
  try {
    encodeParameters(globals, { hits: '1', mim_ns: '1', target: 'x' });
    assert.fail('did not throw');
  } catch (error) {
    assert.ok(error instanceof CellError);
    assert.deepEqual(
      error.diagnostics.map(({ code, message, remedy }) => [code, message, remedy]),
      [
        ['unknown-parameter', 'there is no parameter hits', 'Known parameters: min_ns, target.'],
        ['unknown-parameter', 'there is no parameter mim_ns', 'Known parameters: min_ns, target.'],
        ['bad-parameter', 'parameter target cannot be "x": expected a whole number', undefined],
      ],
    );
  }
});
