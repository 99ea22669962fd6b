/** Global variables: as a table, as JSON, as text at a program's end. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CellLayout, DataType, GlobalLayout } from '../../kernel/layout.ts';
import { TextStream } from '../../kernel/views/index.ts';
import { VariablesView } from '../../kernel/views/variables.ts';

const u32: DataType = { kind: 'int', size: 4, signed: false };
const ns: DataType = { kind: 'int', size: 8, signed: false, display: 'nanoseconds' };

const GLOBALS: GlobalLayout[] = [
  { name: 'limit', section: '.data', offset: 0, type: u32, parameter: false, c: 'unsigned int' },
  { name: 'chosen', section: '.rodata', offset: 0, type: u32, parameter: true, c: 'unsigned int' },
  { name: 'spent_ns', section: '.bss', offset: 0, type: ns, parameter: false, c: 'unsigned long' },
  {
    name: 'slots',
    section: '.bss',
    offset: 8,
    type: { kind: 'array', element: u32, length: 20, size: 80 },
    parameter: false,
    c: 'unsigned int[20]',
  },
];

/** A section as the loader's snapshot of it: an array of one. */
function section(bytes: Buffer): Buffer {
  const head = Buffer.alloc(24);
  for (const [i, word] of [4, bytes.length, 1, 1].entries()) head.writeUInt32LE(word, i * 4);
  return Buffer.concat([head, bytes]);
}

const data = (limit: number) => section(Buffer.from(Uint32Array.of(limit).buffer));
const bss = (spent: bigint) =>
  section(Buffer.concat([Buffer.from(BigUint64Array.of(spent).buffer), Buffer.alloc(80, 1)]));

describe('the table', () => {
  test('has a row for each that is not a parameter, in the order of the program', () => {
    const view = new VariablesView(GLOBALS, undefined);
    view.set('.data', data(7));
    view.set('.bss', bss(1_500_000n));
    assert.deepEqual(view.panel().rows, [
      ['limit', 7],
      ['spent_ns', '1.5ms'],
      ['slots', `[${Array(16).fill(0x01010101).join(', ')}, … 4 more]`],
    ]);
    assert.deepEqual(view.values()['spent_ns'], 1_500_000);
    assert.equal(view.list()[0]?.type, 'unsigned int');
  });

  test('is new only when something changed', () => {
    const view = new VariablesView(GLOBALS, undefined);
    assert.equal(view.isShown, false);
    view.set('.data', data(7));
    view.set('.data', data(7));
    assert.equal(view.version, 1);
    view.set('.data', data(8));
    assert.equal(view.version, 2);
  });

  test('leaves out what a section is too short for', () => {
    const view = new VariablesView(GLOBALS, undefined);
    view.set('.bss', section(Buffer.alloc(8)));
    assert.deepEqual(view.values(), { spent_ns: 0 });
  });
});

describe('at the end of a program', () => {
  const layout: CellLayout = { programs: [], maps: [], records: [], globals: GLOBALS, taggedRings: [] };
  const atEnd = (format: 'text' | 'json') =>
    new TextStream(layout, { format, rings: [], maps: [] }).atEnd(
      new Map([
        ['.data', data(7)],
        ['.bss', section(Buffer.from(BigUint64Array.of(2n ** 60n).buffer))],
      ]),
    );

  test('as text', () => {
    assert.equal(
      atEnd('text'),
      'Variables (2 variables)\nvariable  value\nlimit     7\nspent_ns  320256.0h\n',
    );
  });

  test('as JSON, where integers beyond doubles are strings', () => {
    assert.deepEqual(JSON.parse(atEnd('json')), {
      type: 'variables',
      data: { limit: 7, spent_ns: String(2n ** 60n) },
    });
  });
});
