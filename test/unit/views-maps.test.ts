import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Aggregation, MapLayout } from '../../kernel/layout.ts';
import { mapPanel } from '../../kernel/views/map-panel.ts';
import { cMapJson, cMapText, mapJson, mapText } from '../../kernel/views/map-print.ts';
import { shownMap } from '../../kernel/views/snapshot.ts';
import { forTerminal } from '../../kernel/views/text.ts';
import { chars, golden, i32, i64, map, ns, type Put, snapshot, struct, u32, u64 } from './views-fixtures.ts';

const wrapped = (type: Parameters<typeof map>[1]) =>
  struct([
    ['value', type],
    ['set', u64],
  ]);
const two = struct([
  ['total', i64],
  ['count', u64],
]);
const extreme = struct([
  ['value', i64],
  ['set', u64],
]);
const agg = (fn: 'count' | 'sum' | 'min' | 'max' | 'avg' | 'stats'): { aggregation: Aggregation } => ({
  aggregation: { fn },
});
const comm: [string, ReturnType<typeof chars>][] = [['comm', chars(16)]];

const hist: Aggregation = { fn: 'hist', k: 0 };
const slots = (length: number) => ({ kind: 'array', size: length * 8, element: u64, length }) as const;
/** Slots with these counts, by index. */
const counts = (length: number, at: { [index: number]: number }): Put[] =>
  Array.from({ length }, (_, i) => at[i] ?? 0);

type Row = [
  what: string,
  layout: MapLayout,
  entries: [Put[], Put[]][],
  text: string,
  json: string,
  options?: { top?: number; divide?: number },
];

const ROWS: Row[] = [
  ['scalar', map('@x', wrapped(i64)), [[[], [[5, 1]]]], '@x: 5\n', '{"type": "map", "data": {"@x": 5}}\n'],
  [
    'scalar string',
    map('@s', wrapped(chars(16))),
    [[[], [['a b \n d', 1]]]],
    '@s: a b \n d\n',
    '{"type": "map", "data": {"@s": "a b \\n d"}}\n',
  ],
  [
    'scalar pointer',
    map('@', wrapped({ kind: 'pointer', size: 8 })),
    [[[], [[0x32, 1]]]],
    '@: 0x32\n',
    '{"type": "map", "data": {"@": 50}}\n',
  ],
  [
    'two keys',
    map('@c', i64, {
      keys: [
        ['comm', chars(16)],
        ['n', i32],
      ],
    }),
    [[['bash', 2], [5]]],
    '@c[bash, 2]: 5\n',
    '{"type": "map", "data": {"@c": {"bash,2": 5}}}\n',
  ],
  [
    'integers by value',
    map('@', i64, { keys: [['k', i32]] }),
    [
      [[1], [30]],
      [[2], [-10]],
      [[3], [20]],
    ],
    '@[2]: -10\n@[3]: 20\n@[1]: 30\n',
    '{"type": "map", "data": {"@": {"2": -10, "3": 20, "1": 30}}}\n',
  ],
  [
    'strings by key',
    map('@', chars(8), { keys: [['k', i32]] }),
    [
      [[2], ['b']],
      [[-1], ['c']],
      [[1], ['a']],
    ],
    '@[-1]: c\n@[1]: a\n@[2]: b\n',
    '{"type": "map", "data": {"@": {"-1": "c", "1": "a", "2": "b"}}}\n',
  ],
  [
    'count over CPUs',
    map('@', u64, agg('count')),
    [[[], [1, 2, 0, 4]]],
    '@: 7\n',
    '{"type": "map", "data": {"@": 7}}\n',
  ],
  [
    'sum, signed',
    map('@', i64, agg('sum')),
    [[[], [-5, 2]]],
    '@: -3\n',
    '{"type": "map", "data": {"@": -3}}\n',
  ],
  [
    'min: unset CPUs do not count',
    map('@', extreme, agg('min')),
    [
      [
        [],
        [
          [0, 0],
          [7, 1],
          [3, 1],
          [0, 0],
        ],
      ],
    ],
    '@: 3\n',
    '{"type": "map", "data": {"@": 3}}\n',
  ],
  [
    'max of negatives',
    map('@', extreme, agg('max')),
    [
      [
        [],
        [
          [0, 0],
          [-7, 1],
          [-3, 1],
        ],
      ],
    ],
    '@: -3\n',
    '{"type": "map", "data": {"@": -3}}\n',
  ],
  [
    'max never set',
    map('@', extreme, agg('max')),
    [
      [
        [],
        [
          [0, 0],
          [0, 0],
        ],
      ],
    ],
    '@: 0\n',
    '{"type": "map", "data": {"@": 0}}\n',
  ],
  [
    'avg',
    map('@avg', two, agg('avg')),
    [
      [
        [],
        [
          [1, 1],
          [5, 2],
        ],
      ],
    ],
    '@avg: 2\n',
    '{"type": "stats", "data": {"@avg": 2}}\n',
  ],
  [
    'avg of negatives',
    map('@', two, agg('avg')),
    [[[], [[-40, 2]]]],
    '@: -20\n',
    '{"type": "stats", "data": {"@": -20}}\n',
  ],
  [
    'stats',
    map('@stats', two, agg('stats')),
    [[[], [[6, 3]]]],
    '@stats: { .count = 3, .average = 2, .total = 6 }\n',
    '{"type": "stats", "data": {"@stats": {"count": 3, "average": 2, "total": 6}}}\n',
  ],
  [
    'keyed avg: top and div',
    map('@', two, { ...agg('avg'), keys: [['k', chars(8)]] }),
    [
      [['a'], [[10, 1]]],
      [['d'], [[40, 1]]],
      [['b'], [[20, 1]]],
      [['c'], [[30, 1]]],
    ],
    '@[c]: 3\n@[d]: 4\n',
    '{"type": "stats", "data": {"@": {"c": 3, "d": 4}}}\n',
    { top: 2, divide: 10 },
  ],
  [
    'tuple value',
    map(
      '@',
      wrapped({
        ...struct([
          ['0', u32],
          [
            '1',
            {
              ...struct([
                ['0', i32],
                ['1', i32],
              ]),
              kind: 'tuple',
            },
          ],
        ]),
        kind: 'tuple',
      }),
    ),
    [[[], [[[1, [-20, 30]], 1]]]],
    '@: (1, (-20, 30))\n',
    '{"type": "map", "data": {"@": [1,[-20,30]]}}\n',
  ],
  [
    'tuple key loses its parentheses',
    map('@', i64, {
      keys: [
        [
          't',
          {
            ...struct([
              ['0', i32],
              ['1', i32],
            ]),
            kind: 'tuple',
          },
        ],
      ],
    }),
    [[[[1, 2]], [3]]],
    '@[1, 2]: 3\n',
    '{"type": "map", "data": {"@": {"1,2": 3}}}\n',
  ],
  ['no entries', map('@', i64, { keys: [['k', i32]] }), [], '', '{"type": "map", "data": {"@": {}}}\n'],
  [
    'empty histogram',
    map('@h', slots(65), { aggregation: hist }),
    [[[], [counts(65, {})]]],
    '@h:\n\n',
    '{"type": "hist", "data": {"@h": []}}\n',
  ],
];

for (const [what, layout, entries, text, json, options] of ROWS)
  test(`map ${what}`, () => {
    const payload = snapshot(layout, entries);
    assert.equal(mapText(shownMap(layout), payload, forTerminal, options), text);
    assert.equal(mapJson(shownMap(layout), payload, options), json);
    assert.doesNotThrow(() => JSON.parse(json));
  });

const HISTOGRAMS: [name: string, layout: MapLayout, entries: [Put[], Put[]][]][] = [
  // -1, 2, 3, 7, 20 over two CPUs
  [
    'hist',
    map('@', slots(65), { aggregation: hist }),
    [[[], [counts(65, { 0: 1, 3: 1 }), counts(65, { 3: 1, 4: 1, 6: 1 })]]],
  ],
  [
    'hist-large',
    map('@', slots(65), { aggregation: hist }),
    [[[], [counts(65, { 11: 3, 12: 100, 22: 1, 32: 7 })]]],
  ],
  [
    'hist-k2',
    map('@', slots(249), { aggregation: { fn: 'hist', k: 2 } }),
    [[[], [counts(249, { 1: 1, 8: 1, 9: 2, 10: 4, 14: 1, 50: 2 })]]],
  ],
  [
    'hist-keyed',
    map('@', u64, {
      aggregation: hist,
      keys: [
        ['k', chars(8)],
        ['bucket', u64],
      ],
    }),
    [
      [['curl', 0], [1]],
      [['curl', 1], [1]],
      [['bash', 3], [1]],
      [['curl', 10], [1]],
      [['curl', 12], [1, 1].slice(0, 1)],
    ],
  ],
  [
    'lhist',
    map('@', slots(7), { aggregation: { fn: 'lhist', min: 0, max: 10, step: 2 } }),
    [[[], [counts(7, { 0: 1, 2: 2, 4: 1, 6: 1 })]]],
  ],
  [
    'lhist-kilo',
    map('@', slots(12), { aggregation: { fn: 'lhist', min: 0, max: 10240, step: 1024 } }),
    [[[], [counts(12, { 1: 2, 5: 1, 11: 4 })]]],
  ],
  [
    'lhist-step-1',
    map('@', slots(5), { aggregation: { fn: 'lhist', min: 1, max: 4, step: 1 } }),
    [[[], [counts(5, { 1: 2, 3: 1 })]]],
  ],
  [
    'c-slots',
    map(
      'hists',
      struct([
        ['slots', { kind: 'array', size: 104, element: u32, length: 26 }],
        ['comm', chars(16)],
      ]),
      { keys: [['pid', u32]], histogram: { slots: 'slots' } },
    ),
    [
      [[7], [[counts(26, { 0: 2, 1: 1, 12: 9 }), 'bash']]],
      [[8], [[counts(26, { 3: 1 }), 'ls']]],
      [[9], [[counts(26, {}), 'idle']]],
    ],
  ],
  [
    'c-bucket',
    map('my_hist', i64, {
      type: 'percpu_hash',
      perCpu: true,
      keys: [
        [
          'key',
          struct([
            ['comm', chars(16)],
            ['pid', u64],
            ['index', u32],
          ]),
        ],
      ],
      histogram: { bucket: 'index' },
    }),
    [
      [[['bash', 1, 3]], [1, 2]],
      [[['bash', 1, 4]], [1, 0]],
      [[['ls', 2, 3]], [5, 5]],
    ],
  ],
];

for (const [name, layout, entries] of HISTOGRAMS)
  test(`histogram ${name}`, () => {
    const payload = snapshot(layout, entries);
    const panel = mapPanel(layout, payload, 100);
    assert.equal(panel.kind, 'histogram');
    golden(
      `views/${name}.txt`,
      name.startsWith('c-')
        ? `${cMapText(layout, payload)}--- json\n${cMapJson(layout, payload)}--- panel\n${JSON.stringify(panel, null, 1)}\n`
        : `${mapText(layout, payload, forTerminal)}--- json\n${mapJson(layout, payload)}--- panel\n${JSON.stringify(panel, null, 1)}\n`,
    );
  });

test('panels: bars descend, tables have key and value columns', () => {
  const count = map('@', u64, { ...agg('count'), keys: comm });
  assert.deepEqual(
    mapPanel(
      count,
      snapshot(count, [
        [['a'], [1, 1]],
        [['b'], [5, 0]],
      ]),
      10,
    ),
    {
      id: 'map:@',
      kind: 'bars',
      title: '@',
      valueName: 'count',
      bars: [
        { key: 'b', value: 5 },
        { key: 'a', value: 2 },
      ],
      more: 0,
    },
  );
  const many = snapshot(
    count,
    Array.from({ length: 150 }, (_, i): [Put[], Put[]] => [[`k${i}`], [i]]),
  );
  const bars = mapPanel(count, many, 10);
  assert.ok(bars.kind === 'bars' && bars.bars.length === 100 && bars.more === 50);

  const stats = map('@s', two, { ...agg('stats'), keys: comm });
  assert.deepEqual(mapPanel(stats, snapshot(stats, [[['a'], [[6, 3]]]]), 10), {
    id: 'map:@s',
    kind: 'table',
    title: '@s',
    of: 'map',
    keys: 1,
    first: 0,
    total: 1,
    rows: [['a', 3, 2, 6]],
    columns: [
      { name: 'comm', kind: 'string' },
      { name: 'count', kind: 'integer' },
      { name: 'average', kind: 'integer' },
      { name: 'total', kind: 'integer' },
    ],
  });

  const c = map(
    'exec_start',
    struct([
      ['at', ns],
      [
        'who',
        struct([
          ['pid', u32],
          ['comm', chars(16)],
        ]),
      ],
    ]),
    { keys: [['key', u32]] },
  );
  assert.deepEqual(
    mapPanel(
      c,
      snapshot(c, [
        [[2], [[10, [5, 'sh']]]],
        [[1], [[20, [6, 'ls']]]],
      ]),
      1,
    ),
    {
      id: 'map:exec_start',
      kind: 'table',
      title: 'exec_start',
      of: 'map',
      keys: 1,
      capacity: 4096,
      first: 0,
      total: 2,
      rows: [[1, 20, 6, 'ls']],
      columns: [
        { name: 'key', kind: 'integer' },
        { name: 'at', kind: 'duration' },
        { name: 'who.pid', kind: 'integer' },
        { name: 'who.comm', kind: 'string' },
      ],
    },
  );
});

test('BPF C maps in JSON: keys and values as objects', () => {
  const c = map(
    'm',
    struct([
      ['n', u64],
      ['comm', chars(16)],
    ]),
    {
      keys: [
        ['pid', u32],
        ['cpu', u32],
      ],
    },
  );
  assert.equal(
    cMapJson(c, snapshot(c, [[[1, 2], [[3, 'x']]]])),
    '{"type":"map","data":{"m":[{"key":{"pid":1,"cpu":2},"value":{"n":3,"comm":"x"}}]}}\n',
  );
  const scalar = map('m', struct([['n', u64]]), { keys: [['', u32]] });
  assert.equal(
    cMapJson(scalar, snapshot(scalar, [[[0], [[3]]]])),
    '{"type":"map","data":{"m":[{"key":0,"value":{"n":3}}]}}\n',
  );
});

test('a cut-off or foreign payload gives what it holds, and nothing worse', () => {
  const layout = map('@', u64, { ...agg('count'), keys: comm });
  const whole = snapshot(layout, [
    [['a'], [1]],
    [['b'], [2]],
  ]);
  for (let end = 0; end <= whole.length; end++)
    assert.doesNotThrow(() => mapText(layout, whole.subarray(0, end), forTerminal));
  assert.equal(mapText(layout, whole.subarray(0, whole.length - 1), forTerminal), '@[a]: 1\n');
  const wild = Buffer.alloc(64, 0xff);
  assert.equal(mapText(layout, wild, forTerminal), '');
});
