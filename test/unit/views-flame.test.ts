/** Maps of stacks as frames: names, whose they are, keys beside them, what they were in the run before. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DataType, MapLayout, StackMode } from '../../kernel/layout.ts';
import type { CodeSymbol } from '../../kernel/loader/protocol.ts';
import { tableForm } from '../../kernel/notebook/forms.ts';
import type { FlamePanel, Value } from '../../kernel/protocol.ts';
import { FormerFlame } from '../../kernel/views/former-flame.ts';
import { mapPanel } from '../../kernel/views/map-panel.ts';
import { type Names, NO_NAMES } from '../../kernel/views/names.ts';
import { shownMap } from '../../kernel/views/snapshot.ts';
import { chars, i64, map, ns, type Put, snapshot, struct, u32, u64 } from './views-fixtures.ts';

const LIMIT = 6;
const stack = (space: 'kernel' | 'user' | 'either', mode: StackMode = 'bpftrace') =>
  ({
    kind: 'stack',
    space,
    mode,
    limit: LIMIT,
    size: { kernel: 8, user: 16, either: 0 }[space] + 8 * LIMIT,
  }) as const;

function words(size: number, ...values: bigint[]): Buffer {
  const bytes = Buffer.alloc(size);
  for (const [i, value] of values.entries()) bytes.writeBigUInt64LE(value, 8 * i);
  return bytes;
}
const kernel = (...frames: bigint[]) => words(8 + 8 * LIMIT, BigInt(frames.length), ...frames);
const user = (...frames: bigint[]) => words(16 + 8 * LIMIT, 7n, BigInt(frames.length), ...frames);

/** Linux's own begin at K. */
const K = 0xffff_ffff_8100_0000n;
const KERNEL: { [address: string]: CodeSymbol } = {
  [String(K + 1n)]: { name: 'vfs_read', offset: 16 },
  [String(K + 2n)]: { name: 'vfs_read', offset: 32 },
  [String(K + 4n)]: { name: 'bpf_prog_295f6c46648f72e1_begin_1', offset: 3, module: '[bpf]' },
  [String(K + 3n)]: { name: 'ext4_map', offset: 1, module: '[ext4]' },
};
const USER: { [address: string]: CodeSymbol } = {
  1: { name: '_start', offset: 2, module: '/bin/shop' },
  2: { name: 'main', offset: 9, module: '/bin/shop', inlined: [{ name: 'inner' }, { name: 'outer' }] },
  3: { offset: 0x1234, module: '/lib/libshop.so', unnamed: 'stripped' },
  4: { name: '</script>\u001b[2J', offset: 0 },
};
const NAMES: Names = {
  ...NO_NAMES,
  inlines: true,
  kernelSymbol: address => KERNEL[String(address)],
  userSymbol: address => USER[String(address)],
  stack: (_, id) => (id === 5 ? words(8 * LIMIT, K + 1n) : undefined),
};

const counted = (keys: [string, DataType][], more: Partial<MapLayout> = {}) =>
  map('@', u64, { keys, aggregation: { fn: 'count' }, ...more });

function panelOf(layout: MapLayout, entries: [Put[], Put[]][]): FlamePanel {
  const panel = mapPanel(shownMap(layout, NAMES), snapshot(layout, entries), 100);
  assert.ok(panel.kind === 'flame', `it is ${panel.kind}`);
  return panel;
}

/** A line a stack: frames, outermost first, those that are not the user's marked; and its value. */
const MARKS = { kernel: '_k', user: '', inlined: '_i', key: '_key' };
const lines = ({ frames, stacks }: FlamePanel) =>
  stacks.map(({ frames: path, value, before }) =>
    [
      path.map(number => frames[number]!.name + MARKS[frames[number]!.of]).join(';'),
      value,
      ...(before === undefined ? [] : [`was ${before}`]),
    ].join(' '),
  );

const idOf = (space: 'kernel' | 'user'): DataType => ({
  kind: 'stack-id',
  size: 4,
  map: 'stacks',
  stack: stack(space),
});
const PAIR: DataType = {
  kind: 'tuple',
  size: 64 + 16,
  fields: [
    { name: 'comm', offset: 0, type: chars(16) },
    { name: 'kstack', offset: 16, type: stack('kernel') },
  ],
};

const FLAMES: [name: string, layout: MapLayout, entries: [Put[], Put[]][], expected: string[]][] = [
  [
    'functions, whatever the place in them, are one',
    counted([['kstack', stack('kernel')]]),
    [
      [[kernel(K + 3n)], [4]],
      [[kernel(K + 1n)], [2]],
      [[kernel(K + 2n)], [3]],
    ],
    ['vfs_read_k 5', 'ext4_map [ext4]_k 4'],
  ],
  [
    'programs of cells, whatever their instructions',
    counted([['kstack', stack('kernel')]]),
    [[[kernel(K + 4n)], [1]]],
    ['bpf_prog_begin_1 [bpf]_k 1'],
  ],
  [
    'user frames, what was inlined in them, then those of Linux',
    counted([
      ['kstack', stack('kernel')],
      ['ustack', stack('user')],
    ]),
    [[[kernel(K + 3n, K + 1n), user(2n, 1n)], [1]]],
    ['_start;main;outer_i;inner_i;vfs_read_k;ext4_map [ext4]_k 1'],
  ],
  [
    'keys are outermost, in their order',
    counted([
      ['ustack', stack('user')],
      ['pid', u32],
      ['comm', chars(16)],
    ]),
    [[[user(1n), 7, 'sh'], [1]]],
    ['7_key;sh_key;_start 1'],
  ],
  ['in a tuple', counted([['', PAIR]]), [[[['sh', kernel(K + 1n)]], [1]]], ['sh_key;vfs_read_k 1']],
  [
    'without a name: the place in a file, an address',
    counted([['ustack', stack('user')]]),
    [[[user(3n, 9n, 1n)], [1]]],
    ['_start;0x9;libshop.so+0x1234 1'],
  ],
  ['cut short', counted([['ustack', stack('user')]]), [[[user(2n)], [1]]], ['…;main;outer_i;inner_i 1']],
  [
    'none at all',
    counted([
      ['ustack', stack('user')],
      ['comm', chars(8)],
    ]),
    [[[user(), 'idle'], [1]]],
    ['idle_key 1'],
  ],
  [
    'addresses, as asked for',
    counted([['kstack', stack('kernel', 'raw')]]),
    [[[kernel(K + 1n)], [1]]],
    ['ffffffff81000001_k 1'],
  ],
  [
    'numbers of stacks, and of stacks that nobody knows',
    counted([
      ['user_stack_id', idOf('user')],
      ['kern_stack_id', idOf('kernel')],
    ]),
    [
      [[-14, 5], [3]],
      [[-14, 6], [1]],
    ],
    ['vfs_read_k 3', 'stack 6_k 1'],
  ],
  [
    'of a struct the only number counts, its texts are keys',
    map(
      'info',
      struct([
        ['delta', ns],
        ['comm', chars(8)],
      ]),
      {
        keys: [
          [
            'key',
            struct([
              ['tgid', u32],
              ['kern_stack_id', idOf('kernel')],
            ]),
          ],
        ],
      },
    ),
    [[[[7, 5]], [[1500, 'sh']]]],
    ['7_key;sh_key;vfs_read_k 1500'],
  ],
  [
    'exact, whatever their size',
    map('@', i64, { keys: [['kstack', stack('kernel')]], aggregation: { fn: 'sum' } }),
    [
      [[kernel(K + 1n)], [2n ** 60n]],
      [[kernel(K + 2n)], [1]],
    ],
    ['vfs_read_k 1152921504606846977'],
  ],
];

for (const [name, layout, entries, expected] of FLAMES)
  test(`flame: ${name}`, () => assert.deepEqual(lines(panelOf(layout, entries)), expected));

const byStack: [string, DataType][] = [['kstack', stack('kernel')]];
const two = struct([
  ['total', i64],
  ['count', u64],
]);
const TABLES: [name: string, layout: MapLayout, value: Put][] = [
  ['averages', map('@', two, { keys: byStack, aggregation: { fn: 'avg' } }), [6, 3]],
  ['texts', map('@', chars(8), { keys: byStack }), 'a'],
  ['times', map('m', { ...u64, display: 'time' }, { keys: byStack }), 5],
  [
    'several numbers',
    map(
      'm',
      struct([
        ['a', u64],
        ['b', u64],
      ]),
      { keys: byStack },
    ),
    [1, 2],
  ],
  ['sums below zero', map('@', i64, { keys: byStack, aggregation: { fn: 'sum' } }), -1],
];
for (const [name, layout, value] of TABLES)
  test(`no flame: ${name}`, () => {
    const panel = mapPanel(shownMap(layout, NAMES), snapshot(layout, [[[kernel(K + 1n)], [value]]]), 100);
    assert.equal(panel.kind, 'table');
  });

test('each frame once, with why it has no name', () => {
  const panel = panelOf(counted([['ustack', stack('user')]]), [
    [[user(3n, 2n, 3n)], [1]],
    [[user(2n)], [1]],
  ]);
  assert.deepEqual(
    panel.frames.map(({ name, of }) => [name, of]),
    [
      ['…', 'user'],
      ['libshop.so+0x1234', 'user'],
      ['main', 'user'],
      ['outer', 'inlined'],
      ['inner', 'inlined'],
      ['…', 'user'],
    ],
  );
  assert.match(panel.frames[1]!.note!, /no symbols/);
  assert.match(panel.frames[0]!.note!, /perhaps cut short/);
  assert.match(panel.frames[5]!.note!, /^cut short/);
});

test('as a table: typed keys, the stack innermost first, what was measured', () => {
  const layout = map('@off', ns, {
    keys: [
      ['ustack', stack('user')],
      ['pid', u32],
      ['comm', chars(8)],
    ],
    aggregation: { fn: 'sum' },
  });
  const panel = panelOf(layout, [[[user(2n), 7, 'sh'], [1500]]]);
  const table = tableForm(panel);
  assert.deepEqual(table.columns, [
    { name: 'pid', kind: 'integer' },
    { name: 'comm', kind: 'string' },
    { name: 'stack', kind: 'stack' },
    { name: 'sum', kind: 'duration' },
  ]);
  assert.deepEqual(table.rows, [
    [7, 'sh', '[inlined] inner\n[inlined] outer\nmain\n… (cut short: the caller has no frame pointer)', 1500],
  ]);
});

test('the largest are shown, the rest is counted', () => {
  const raw = counted([['kstack', stack('kernel', 'raw')]]);
  const entries = Array.from({ length: 2100 }, (_, i): [Put[], Put[]] => [[kernel(K + BigInt(i))], [i]]);
  const { stacks, more } = panelOf(raw, entries);
  assert.deepEqual([stacks.length, stacks[0]!.value, stacks.at(-1)!.value, more], [2000, 2099, 100, 100]);
});

test('hostile names are names', () => {
  const panel = panelOf(counted([['ustack', stack('user')]]), [[[user(4n, 1n)], [1]]]);
  assert.deepEqual(lines(panel), ['_start;</script>\u001b[2J 1']);
});

test('the run before: the same frames, new ones, those that are gone', () => {
  const layout = counted([
    ['kstack', stack('kernel')],
    ['pid', u32],
  ]);
  const run = (...counts: [address: bigint, value: number][]) =>
    panelOf(
      layout,
      counts.map(([address, value]): [Put[], Put[]] => [[kernel(address), 1], [value]]),
    );
  const former = run([K + 1n, 5], [K + 9n, 2]);
  const now = new FormerFlame(former).compare(run([K + 2n, 3], [K + 3n, 1]));
  assert.deepEqual(lines(now), [
    '1_key;vfs_read_k 3 was 5',
    '1_key;ext4_map [ext4]_k 1 was 0',
    '1_key;0xffffffff81000009_k 0 was 2',
  ]);
  const table = tableForm(now);
  assert.deepEqual(table.columns.at(-1), { name: 'before', kind: 'integer' });
  const values = table.rows.map((row): Value[] => row.slice(-2));
  assert.deepEqual(values, [
    [3, 5],
    [1, 0],
    [0, 2],
  ]);
  const others = { ...former, valueName: 'sum' };
  assert.deepEqual(lines(new FormerFlame(others).compare(run([K + 2n, 3]))), ['1_key;vfs_read_k 3']);
  // What was gone before that is forgotten.
  assert.deepEqual(lines(new FormerFlame(now).compare(run([K + 9n, 1]))), [
    '1_key;0xffffffff81000009_k 1 was 0',
    '1_key;vfs_read_k 0 was 3',
    '1_key;ext4_map [ext4]_k 0 was 1',
  ]);
});
