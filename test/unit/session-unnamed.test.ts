/** Places in stacks without a name are told with the reason, each file and reason once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CodeSymbol } from '../../kernel/loader/protocol.ts';
import { UnnamedCode } from '../../kernel/session/unnamedCode.ts';

const SYMBOLS: CodeSymbol[] = [
  { name: 'main', offset: 0, module: '/bin/shop' },
  { offset: 1, module: '/lib/libshop.so', unnamed: 'stripped' },
  { offset: 2, module: '/lib/libshop.so', unnamed: 'stripped' },
  { offset: 3, module: '/usr/lib/libc.so.6', unnamed: 'stripped' },
  { offset: 0, unnamed: 'unmapped' },
  { offset: 0, unnamed: 'compiled' },
];

test('once a file and reason; what every program has only when all is wanted', () => {
  const code = new UnnamedCode();
  for (const symbol of SYMBOLS) code.note(symbol);
  const told = (all: boolean) =>
    code.diagnostics(all).map(({ severity, message }) => `${severity}: ${message}`);
  const usual = [
    'hint: 2 places in stacks without a name: /lib/libshop.so has no symbols',
    'hint: 1 place in stacks without a name: they were made at run time',
  ];
  assert.deepEqual(told(false), usual);
  assert.deepEqual(told(true), [
    usual[0],
    'hint: 1 place in stacks without a name: /usr/lib/libc.so.6 has no symbols',
    usual[1],
  ]);
});

test('the most frequent first, and of many files a few by name', () => {
  const code = new UnnamedCode();
  for (let i = 0; i < 1000; i++) code.note({ offset: 0, module: `/lib/${i}.so`, unnamed: 'removed' });
  code.note({ offset: 0, module: '/lib/7.so', unnamed: 'removed' });
  assert.deepEqual(
    code.diagnostics(true).map(({ message }) => message),
    [
      '2 places in stacks without a name: /lib/7.so was removed or replaced while it ran',
      '1 place in stacks without a name: /lib/0.so was removed or replaced while it ran',
      '998 places in stacks without a name: 998 other files were removed or replaced while they ran',
    ],
  );
});
