/** The text form of maps is what the terminal shows of them, to the letter, and only for who looks at text. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MapLayout } from '../../kernel/layout.ts';
import { RunViews, TextStream } from '../../kernel/views/index.ts';
import { forTerminal } from '../../kernel/views/text.ts';
import {
  cell,
  chars,
  HOSTILE,
  i64,
  map,
  mapEntry,
  ns,
  type Put,
  record,
  site,
  snapshot,
  streams,
  struct,
  u32,
  u64,
} from './views-fixtures.ts';

const print = site(1, { do: 'print-map', map: 'map_x' }, [
  ['top', i64],
  ['div', i64],
]);
const raw = { kind: 'stack', space: 'kernel', mode: 'raw', limit: 3, size: 32 } as const;
const stack = Buffer.alloc(32);
stack.writeBigUInt64LE(2n, 0);
stack.writeBigUInt64LE(0xffffffff81000010n, 8);
stack.writeBigUInt64LE(0xffffffff81000020n, 16);

const count = { aggregation: { fn: 'count' } } as const;
const element = struct([
  ['epoch', u64],
  ['total', i64],
  ['count', u64],
  ['stamp', u64],
]);

const MAPS: [name: string, layout: MapLayout, entries: [Put[], Put[]][]][] = [
  ['a count', map('@x', u64, count), [[[], [3, 4]]]],
  [
    'counts by key, ascending',
    map('@x', u64, { ...count, keys: [['comm', chars(16)]] }),
    [
      [['sh'], [5]],
      [['ls'], [2]],
    ],
  ],
  [
    'a histogram',
    map('@x', { kind: 'array', size: 520, element: u64, length: 65 }, { aggregation: { fn: 'hist', k: 0 } }),
    [[[], [Array.from({ length: 65 }, (_, i) => (i === 3 || i === 6 ? i : 0))]]],
  ],
  [
    'a series',
    map('@x', element, {
      aggregation: { fn: 'tseries', interval: 1_000_000_000, count: 3 },
      keys: [['bucket', u64]],
    }),
    [
      [[0], [[9, 5, 1, 1]]],
      [[2], [[11, 7, 1, 1]]],
    ],
  ],
  ['stacks', map('@x', u64, { ...count, keys: [['kstack', raw]] }), [[[stack], [5]]]],
  ...Object.entries(HOSTILE).map(([name, text]): (typeof MAPS)[number] => [
    `hostile ${name}`,
    map('@x', u64, { ...count, keys: [['str', chars(48)]] }),
    [[[text], [1]]],
  ]),
  [
    'a map of BPF C',
    map(
      'x',
      struct([
        ['delta', ns],
        ['comm', chars(8)],
      ]),
      { symbol: 'map_x', keys: [['pid', u32]] },
    ),
    [
      [[7], [[1500, 'sh']]],
      [[8], [[99, 'ls']]],
    ],
  ],
];

for (const [name, layout, entries] of MAPS)
  test(`text: ${name}`, () => {
    const all = cell([print], [layout]);
    const payload = snapshot(layout, entries);
    const stream = new TextStream(all, { ...streams(all), format: 'text', safe: forTerminal });
    const printed = stream.write(Buffer.concat([record(print, [0, 0]), mapEntry(0, payload)]));

    const views = new RunViews(all, { ...streams(all), rows: 100, language: 'bpftrace' });
    const cursor = views.cursor();
    views.maps.set('map_x', payload, 'look');
    const [without] = views.delta(cursor);
    assert.ok(without?.change === 'replace' && without.panel.kind !== 'text');
    assert.equal(without.panel.text, undefined);
    const [asked, ...others] = views.delta(cursor, { text: true });
    assert.ok(asked?.change === 'replace' && asked.panel.kind !== 'text');
    assert.equal(asked.panel.text!.map(line => `${line}\n`).join(''), printed);
    assert.deepEqual(others, []);
    assert.deepEqual(views.delta(cursor, { text: true }), [], 'it is sent once');
    assert.deepEqual(views.panels({ text: true }), [asked.panel]);
  });

test('of very many entries the largest', () => {
  const layout = map('@x', u64, { ...count, keys: [['k', u64]] });
  const all = cell([], [layout]);
  const views = new RunViews(all, { ...streams(all), rows: 2, language: 'bpftrace' });
  views.maps.set(
    'map_x',
    snapshot(
      layout,
      [1, 2, 3].map((n): [Put[], Put[]] => [[n], [n]]),
    ),
    'look',
  );
  const [panel] = views.panels({ text: true });
  assert.ok(panel?.kind === 'bars');
  assert.deepEqual(panel.text, ['@x[2]: 2', '@x[3]: 3']);
});
