/** Stacks as text, JSON and cells; where their addresses are found; how they count as lines. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DataType, StackMode } from '../../kernel/layout.ts';
import type { CodeSymbol } from '../../kernel/loader/protocol.ts';
import { AddressFinder } from '../../kernel/views/addresses.ts';
import { Reader, toValue } from '../../kernel/views/decode.ts';
import { jsonOf } from '../../kernel/views/json.ts';
import { mapJson, mapText } from '../../kernel/views/map-print.ts';
import { type Names, NO_NAMES } from '../../kernel/views/names.ts';
import { RunViews } from '../../kernel/views/run-views.ts';
import { shownMap } from '../../kernel/views/snapshot.ts';
import { readStack, type StackDataType } from '../../kernel/views/stacks.ts';
import { forTerminal, textOf, unchanged } from '../../kernel/views/text.ts';
import { cell, map, mapEntry, record, site, snapshot, streams, u64 } from './views-fixtures.ts';

const LIMIT = 4;
const kernel = (mode: StackMode): StackDataType => ({
  kind: 'stack',
  space: 'kernel',
  mode,
  limit: LIMIT,
  size: 8 + 8 * LIMIT,
});
const user = (mode: StackMode): StackDataType => {
  const frame = mode === 'build_id' ? 32 : 8;
  return { kind: 'stack', space: 'user', mode, limit: LIMIT, size: 16 + frame * LIMIT };
};

function words(size: number, ...values: bigint[]): Buffer {
  const bytes = Buffer.alloc(size);
  for (const [i, value] of values.entries()) bytes.writeBigUInt64LE(value, 8 * i);
  return bytes;
}
const kernelStack = (...frames: bigint[]) => words(8 + 8 * LIMIT, BigInt(frames.length), ...frames);
const userStack = (pid: number, ...frames: bigint[]) =>
  words(16 + 8 * LIMIT, BigInt(pid), BigInt(frames.length), ...frames);

const READ = 0xffffffff81000010n;
const MODULE = 0xffffffffc0000020n;
const MAIN = 0x55e0_0000_1030n;

const NAMES: Names = {
  ...NO_NAMES,
  kernelSymbol: address =>
    address === READ
      ? { name: 'vfs_read', offset: 16 }
      : address === MODULE
        ? { name: 'ext4_map', offset: 32, module: '[ext4]' }
        : undefined,
  userSymbol: (address, pid) =>
    address === MAIN && pid === 7 ? { name: 'main\u001b[2J', offset: 48, module: '/bin/shop' } : undefined,
};

const text = (type: DataType, bytes: Buffer) => textOf(new Reader(bytes, NAMES), type, 0, forTerminal);

/** mode, stack → text as bpftrace prints it */
const TEXTS: [string, DataType, Buffer, string][] = [
  [
    'bpftrace, kernel',
    kernel('bpftrace'),
    kernelStack(READ, MODULE, 0xffffffff00000000n),
    '\n        vfs_read+16\n        ext4_map+32\n        0xffffffff00000000\n',
  ],
  [
    'perf, kernel',
    kernel('perf'),
    kernelStack(READ, MODULE, 0x1n),
    '\n\tffffffff81000010 vfs_read+16\n\tffffffffc0000020 ext4_map+32\n\t1 0x1\n',
  ],
  ['raw, kernel', kernel('raw'), kernelStack(READ, 0n), '\nffffffff81000010\n0\n'],
  ['bpftrace, user', user('bpftrace'), userStack(7, MAIN, 5n), '\n        main\\x1b[2J+48\n        0x5\n'],
  ['bpftrace, of another process', user('bpftrace'), userStack(8, MAIN), '\n        0x55e000001030\n'],
  [
    'perf, user',
    user('perf'),
    userStack(7, MAIN, 5n),
    '\n\t55e000001030 main\\x1b[2J+48 (/bin/shop)\n\t5 0x5 ([unknown])\n',
  ],
  ['raw, user', user('raw'), userStack(7, MAIN), '\n55e000001030\n'],
  ['none', kernel('bpftrace'), kernelStack(), '\n'],
];

for (const [name, type, bytes, expected] of TEXTS)
  test(`text: ${name}`, () => assert.equal(text(type, bytes), expected));

test('text: build ids, and addresses where there is none', () => {
  const type = user('build_id');
  const bytes = Buffer.alloc(type.size);
  bytes.writeUInt32LE(7, 0);
  bytes.writeUInt32LE(2, 8);
  bytes.writeInt32LE(1, 16);
  bytes.fill(0xab, 20, 40);
  bytes.writeBigUInt64LE(0x5n, 40);
  bytes.writeInt32LE(2, 48);
  bytes.writeBigUInt64LE(MAIN, 72);
  assert.equal(text(type, bytes), `\n${'ab'.repeat(20)} 0x05\n55e000001030\n`);
});

test('more frames than there is room for are not read', () => {
  const bytes = kernelStack(READ, READ, READ, READ);
  bytes.writeUInt32LE(1000, 0);
  assert.equal(readStack(new Reader(bytes, NAMES), kernel('raw'), 0).length, LIMIT);
});

test('JSON has the text, a table the frames', () => {
  const reader = new Reader(kernelStack(READ, MODULE), NAMES);
  assert.equal(jsonOf(reader, kernel('bpftrace'), 0), '"\\n        vfs_read+16\\n        ext4_map+32\\n"');
  assert.equal(toValue(reader, kernel('bpftrace'), 0), 'vfs_read+16\next4_map+32 [ext4]');
});

/**
 * A process in which 1 is main, 2 where programs begin, 3 code of a file that names none, 4 of nobody knows what, 5 a function
 * that was inlined in main, and 6 what calls main.
 */
const SYMBOLS: Readonly<Record<string, CodeSymbol>> = {
  1: { name: 'main', offset: 1 },
  2: { name: '_start', offset: 2, module: '/bin/shop' },
  3: { offset: 0x1234, module: '/lib/libshop.so', unnamed: 'stripped' },
  4: { offset: 0, unnamed: 'ended' },
  6: { offset: 0x99, module: '/lib/libc.so.6', unnamed: 'stripped' },
  5: {
    name: 'main',
    offset: 9,
    module: '/bin/shop',
    source: { file: '/src/shop.c', line: 20 },
    inlined: [{ name: 'item', source: { file: '/src/shop.c', line: 3 } }],
  },
};
const NAMED: Names = { ...NO_NAMES, inlines: true, userSymbol: address => SYMBOLS[String(address)] };

const NO_POINTER = '… (cut short: the caller has no frame pointer)';

/** stack → its cell: cut short by its limit or for want of frame pointers, it ends in dots and the reason */
const CELLS: [Buffer, string][] = [
  [userStack(7, 1n, 2n), 'main+1\n_start+2'],
  [userStack(7, 1n), `main+1\n${NO_POINTER}`],
  [
    userStack(7, 3n, 1n, 2n),
    'libshop.so+0x1234 (the file has no symbols; a package with its debug symbols has)\nmain+1\n_start+2',
  ],
  [userStack(7, 1n, 9n), `main+1\n0x9\n${NO_POINTER}`],
  [
    userStack(7, 2n, 4n),
    '_start+2\n0x4 (the process had ended before anyone could look)\n… (perhaps cut short: the last code has no name that tells)',
  ],
  [
    userStack(7, 1n, 6n),
    'main+1\nlibc.so.6+0x99 (the file has no symbols; a package with its debug symbols has)',
  ],
  [userStack(7, 4n, 2n), '0x4 (the process had ended before anyone could look)\n_start+2'],
  [userStack(7, 5n, 2n), '[inlined] item@/src/shop.c:3\nmain+9@/src/shop.c:20\n_start+2'],
  [userStack(7, 1n, 1n, 1n, 2n), 'main+1\nmain+1\nmain+1\n_start+2\n… (cut short: the limit is 4 frames)'],
  [userStack(7), ''],
];

for (const [bytes, expected] of CELLS)
  test(`cell: ${expected.replaceAll('\n', ' ← ') || 'empty'}`, () =>
    assert.equal(toValue(new Reader(bytes, NAMED), user('bpftrace'), 0), expected));

test('lines and inlined functions, in text', () => {
  const bytes = userStack(7, 5n, 2n);
  const text = (mode: StackMode) => textOf(new Reader(bytes, NAMED), user(mode), 0, unchanged);
  assert.equal(
    text('bpftrace'),
    '\n        [inlined] item@/src/shop.c:3\n        main+9@/src/shop.c:20\n        _start+2\n',
  );
  assert.equal(text('perf'), '\n\t5 item (inlined)\n\t5 main+9 (/bin/shop)\n\t2 _start+2 (/bin/shop)\n');
  assert.equal(text('raw'), '\n5\n2\n');
});

test('a file alone is no name in text', () =>
  assert.equal(
    textOf(new Reader(userStack(7, 3n), NAMED), user('perf'), 0, unchanged),
    '\n\t3 0x3 ([unknown])\n',
  ));

test('frames are data first', () => {
  assert.deepEqual(readStack(new Reader(userStack(7, MAIN, 5n), NAMES), user('bpftrace'), 0), [
    { address: MAIN, symbol: NAMES.userSymbol(MAIN, 7) },
    { address: 5n },
  ]);
});

const STACKS = map('@', u64, {
  keys: [
    ['kstack', kernel('bpftrace')],
    ['count', u64],
  ],
});

test('stacks as keys', () => {
  const shown = shownMap(STACKS, NAMES);
  const payload = snapshot(STACKS, [[[kernelStack(READ, MODULE), 3], [5]]]);
  assert.equal(mapText(shown, payload, unchanged), '@[\n        vfs_read+16\n        ext4_map+32\n, 3]: 5\n');
  assert.equal(
    mapJson(shown, payload),
    '{"type": "map", "data": {"@": {"\\nvfs_read+16\\next4_map+32\\n,3": 5}}}\n',
  );
});

const PRINT = site(1, { do: 'printf', format: '%d:%s|\n' }, [
  ['n', u64],
  ['ustack', user('bpftrace')],
]);
const TUPLE = site(2, { do: 'print' }, [
  [
    '',
    {
      kind: 'tuple',
      size: 16 + kernel('raw').size,
      fields: [
        { name: '0', offset: 0, type: { kind: 'ksym', size: 8 } },
        { name: '1', offset: 8, type: kernel('raw') },
      ],
    },
  ],
]);
const LAYOUT = cell([PRINT, TUPLE], [STACKS]);

test('addresses are found in records and snapshots, raw stacks left out', () => {
  const finder = new AddressFinder(LAYOUT, streams(LAYOUT));
  assert.deepEqual([finder.some, finder.user, finder.kernel], [true, true, true]);
  const found: [bigint, number?][] = [];
  const batch = Buffer.concat([
    record(PRINT, [1, userStack(7, MAIN, 5n)]),
    record(TUPLE, [[READ, kernelStack(1n, 2n)]]),
    mapEntry(0, snapshot(STACKS, [[[kernelStack(MODULE), 3], [5]]])),
  ]);
  finder.inBatch(batch, (address, pid) => found.push(pid === undefined ? [address] : [address, pid]));
  assert.deepEqual(found, [[MAIN, 7], [5n, 7], [READ], [MODULE]]);
});

test('a cell without code addresses has none to find', () => {
  const layout = cell([site(1, { do: 'print' }, [['', kernel('raw')]])]);
  assert.equal(new AddressFinder(layout, streams(layout)).some, false);
});

test('every frame is a line of the text, however many there are', () => {
  const views = new RunViews(LAYOUT, { ...streams(LAYOUT), rows: 100, language: 'bpftrace', names: NAMES });
  views.ingest(
    Buffer.concat([
      record(PRINT, [1, userStack(7, MAIN, MAIN, 5n)]),
      record(PRINT, [2, userStack(7)]),
      record(PRINT, [3, userStack(7, MAIN)]),
    ]),
  );
  const panel = views.panels().find(({ kind }) => kind === 'text');
  assert.ok(panel?.kind === 'text');
  const main = '        main\\x1b[2J+48';
  assert.deepEqual(panel.lines, ['1:', main, main, '        0x5', '|', '2:', '|', '3:', main, '|']);
  assert.equal(panel.total, 10);
});

test('what was inlined is lines of the text, too', () => {
  const views = new RunViews(LAYOUT, { ...streams(LAYOUT), rows: 100, language: 'bpftrace', names: NAMED });
  views.ingest(
    Buffer.concat([record(PRINT, [1, userStack(7, 5n, 2n)]), record(PRINT, [2, userStack(7, 2n)])]),
  );
  const panel = views.panels().find(({ kind }) => kind === 'text');
  assert.ok(panel?.kind === 'text');
  assert.equal(panel.lines.length, 8);
  assert.equal(panel.total, 8);
});
