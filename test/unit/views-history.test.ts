/** How maps went over time: looks and prints, what was cleared, what does not fit. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Aggregation, MapLayout } from '../../kernel/layout.ts';
import type { History, Panel } from '../../kernel/protocol.ts';
import { RunViews } from '../../kernel/views/index.ts';
import { Timeline } from '../../kernel/views/timeline.ts';
import {
  cell,
  chars,
  i64,
  map,
  mapEntry,
  type Put,
  record,
  site,
  snapshot,
  streams,
  struct,
  u64,
} from './views-fixtures.ts';

const START = 1_700_000_000_000;
const print = site(1, { do: 'print-map', map: 'map_x' }, [
  ['top', i64],
  ['div', i64],
]);
const clear = site(2, { do: 'clear', map: 'map_x' });
const zero = site(3, { do: 'zero', map: 'map_x' });

type Entries = [Put[], Put[]][];

/** A run with one map; what happens to it, `at` so many seconds after the start. */
class Watched {
  #now = START;
  readonly views: RunViews;

  constructor(readonly layout: MapLayout) {
    const all = cell([print, clear, zero], [layout]);
    const now = () => new Date(this.#now);
    this.views = new RunViews(all, { ...streams(all), rows: 100, language: 'bpftrace', now });
  }

  at(seconds: number): this {
    this.#now = START + seconds * 1000;
    return this;
  }
  looks(...entries: Entries): this {
    this.views.maps.set('map_x', snapshot(this.layout, entries), 'look');
    return this;
  }
  prints(...entries: Entries): this {
    this.views.ingest(Buffer.concat([record(print, [0, 0]), mapEntry(0, snapshot(this.layout, entries))]));
    return this;
  }
  clears(): this {
    this.views.ingest(record(clear, []));
    return this;
  }
  zeroes(): this {
    this.views.ingest(record(zero, []));
    return this;
  }
  ends(...entries: Entries): this {
    this.views.ingest(mapEntry(0, snapshot(this.layout, entries)));
    this.views.finish();
    return this;
  }

  get panel(): Exclude<Panel, { kind: 'text' }> | undefined {
    return this.views.panels().find((one): one is Exclude<Panel, { kind: 'text' }> => one.kind !== 'text');
  }
  get history(): History | undefined {
    return this.panel?.history;
  }
  /** Seconds since the start. */
  get times(): number[] | undefined {
    return this.history?.times.map(time => (time - START) / 1000);
  }
  get lines(): { [key: string]: unknown } {
    return Object.fromEntries((this.history?.lines ?? []).map(({ key, values }) => [key, values]));
  }
}

const agg = (fn: 'count' | 'sum' | 'min' | 'max' | 'avg' | 'stats'): { aggregation: Aggregation } => ({
  aggregation: { fn },
});
const COUNT = map('@x', u64, agg('count'));
const BY_COMM = map('@x', u64, { ...agg('count'), keys: [['comm', chars(8)]] });
const wrapped = struct([
  ['value', i64],
  ['set', u64],
]);
const two = struct([
  ['total', i64],
  ['count', u64],
]);
const one = (value: Put): Entries[number] => [[], [value]];

const RUNS: [name: string, run: () => Watched, times: number[], lines: { [key: string]: unknown }][] = [
  [
    'a count, looked at: what came in between',
    () => new Watched(COUNT).at(1).looks(one(5)).at(2).looks(one(9)),
    [0, 1, 2],
    { '': [5, 4] },
  ],
  [
    'looks are steps once a second',
    () =>
      new Watched(COUNT)
        .at(0.5)
        .looks(one(1))
        .at(1)
        .looks(one(5))
        .at(1.5)
        .looks(one(7))
        .at(2.2)
        .looks(one(9)),
    [0, 1, 2.2],
    { '': [5, 4] },
  ],
  [
    'the end is a step, whenever it comes',
    () => new Watched(COUNT).at(1).looks(one(5)).at(1.25).ends(one(6)),
    [0, 1, 1.25],
    { '': [5, 1] },
  ],
  [
    'keys that are new, and those that stand still',
    () =>
      new Watched(BY_COMM)
        .at(1)
        .looks([['a'], [5]])
        .at(2)
        .looks([['a'], [5]], [['b'], [9]]),
    [0, 1, 2],
    { b: [0, 9], a: [5, 0] },
  ],
  [
    'a key that was deleted begins anew',
    () =>
      new Watched(BY_COMM)
        .at(1)
        .looks([['a'], [5]])
        .at(2)
        .looks([['a'], [3]]),
    [0, 1, 2],
    { a: [5, 3] },
  ],
  [
    'printed and cleared: what is printed is what came',
    () => new Watched(COUNT).at(1).prints(one(5)).clears().at(2).prints(one(7)).clears(),
    [0, 1, 2],
    { '': [5, 7] },
  ],
  [
    'printed and zeroed',
    () => new Watched(COUNT).at(1).prints(one(5)).zeroes().at(2).prints(one(2)).zeroes(),
    [0, 1, 2],
    { '': [5, 2] },
  ],
  [
    'printed and not cleared',
    () => new Watched(COUNT).at(1).prints(one(5)).at(2).prints(one(7)).at(3).prints(one(7)),
    [0, 1, 2, 3],
    { '': [5, 2, 0] },
  ],
  [
    'of what is printed only prints count',
    () =>
      new Watched(COUNT)
        .at(1)
        .looks(one(3))
        .at(1.5)
        .prints(one(5))
        .at(2.6)
        .looks(one(6))
        .at(3)
        .prints(one(7))
        .at(3.5)
        .ends(one(9)),
    [0, 1.5, 3],
    { '': [5, 2] },
  ],
  [
    'printed at its end only, it was looked at',
    () => new Watched(COUNT).at(1).looks(one(5)).at(2).looks(one(6)).prints(one(6)),
    [0, 1, 2],
    { '': [5, 1] },
  ],
  [
    'sums may fall',
    () => new Watched(map('@x', i64, agg('sum'))).at(1).looks(one(5)).at(2).looks(one(-1)),
    [0, 1, 2],
    { '': [5, -6] },
  ],
  [
    'averages are of what came in between',
    () =>
      new Watched(map('@x', two, agg('avg')))
        .at(1)
        .looks(one([10, 2]))
        .at(2)
        .looks(one([40, 3]))
        .at(3)
        .looks(one([41, 4])),
    [0, 1, 2, 3],
    { '': [5, 30, 1] },
  ],
  [
    'where nothing came there is no average',
    () =>
      new Watched(map('@x', two, agg('stats')))
        .at(1)
        .looks(one([10, 2]))
        .at(2)
        .looks(one([10, 2])),
    [0, 1, 2],
    { '': [5, null] },
  ],
  [
    'a number stands where it is',
    () =>
      new Watched(map('@x', wrapped))
        .at(1)
        .looks(one([5, 1]))
        .at(2)
        .looks(one([5, 1]))
        .at(3)
        .looks(one([3, 1])),
    [0, 1, 2, 3],
    { '': [5, 5, 3] },
  ],
  [
    'before it was assigned it is unknown',
    () =>
      new Watched(map('@x', wrapped))
        .at(1)
        .looks(one([0, 0]))
        .at(2)
        .looks(one([3, 1])),
    [0, 1, 2],
    { '': [null, 3] },
  ],
  [
    'numbers by key, where they are printed',
    () =>
      new Watched(map('@x', i64, { keys: [['k', u64]] }))
        .at(1)
        .prints([[7], [1]])
        .at(2)
        .prints([[7], [2]], [[8], [1]]),
    [0, 1, 2],
    { 7: [1, 2], 8: [null, 1] },
  ],
  [
    "another cell's map was not empty at the start",
    () => new Watched({ ...COUNT, borrowed: true }).at(1).prints(one(500)).at(2).prints(one(504)),
    [0, 1, 2],
    { '': [null, 4] },
  ],
  [
    'two prints at once are one step',
    () => new Watched(COUNT).at(1).prints(one(5)).at(2).prints(one(6)).prints(one(8)),
    [0, 1, 2],
    { '': [5, 3] },
  ],
  [
    'beyond 2^53',
    () =>
      new Watched(map('@x', i64, agg('sum')))
        .at(1)
        .prints(one(1))
        .at(2)
        .prints(one(2n ** 60n)),
    [0, 1, 2],
    { '': [1, String(2n ** 60n - 1n)] },
  ],
];

for (const [name, run, times, lines] of RUNS)
  test(`lines: ${name}`, () => {
    const watched = run();
    assert.deepEqual(watched.times, times);
    assert.deepEqual(watched.lines, lines);
  });

test('time is measured from when all is attached', () => {
  const watched = new Watched(COUNT).at(5);
  watched.views.maps.begin();
  assert.deepEqual(watched.at(6).looks(one(1)).at(7).looks(one(2)).times, [5, 6, 7]);
});

test('one step alone is no history; nor has a map of notes one', () => {
  assert.equal(new Watched(COUNT).at(1).looks(one(5)).history, undefined);
  const notes = new Watched(map('@x', i64, { keys: [['tid', u64]] }));
  assert.equal(
    notes
      .at(1)
      .looks([[7], [1]])
      .at(2)
      .looks([[7], [2]]).history,
    undefined,
  );
});

test('a map that is empty at its end stays, for how it went', () => {
  const watched = new Watched(BY_COMM)
    .at(1)
    .prints([['a'], [5]])
    .clears()
    .at(2)
    .prints([['a'], [7]])
    .clears()
    .ends();
  assert.deepEqual(watched.lines, { a: [5, 7] });
  assert.ok(watched.panel?.kind === 'bars' && watched.panel.bars.length === 0);
});

const counts = (at: { [bucket: number]: number }): Put[] => Array.from({ length: 65 }, (_, i) => at[i] ?? 0);
const hist: Aggregation = { fn: 'hist', k: 0 };
const HIST = map('@x', { kind: 'array', size: 520, element: u64, length: 65 }, { aggregation: hist });

const HEATS: [name: string, run: () => Watched, buckets: [number, number][], counts: number[][]][] = [
  [
    'looked at: what came to each bucket',
    () =>
      new Watched(HIST)
        .at(1)
        .looks(one(counts({ 3: 1 })))
        .at(2)
        .looks(one(counts({ 3: 1, 5: 2 }))),
    [
      [2, 4],
      [4, 8],
      [8, 16],
    ],
    [
      [1, 0, 0],
      [0, 0, 2],
    ],
  ],
  [
    'printed and cleared',
    () =>
      new Watched(HIST)
        .at(1)
        .prints(one(counts({ 3: 4 })))
        .clears()
        .at(2)
        .prints(one(counts({ 3: 5 }))),
    [[2, 4]],
    [[4], [5]],
  ],
  [
    'all keys together; one that was deleted begins anew',
    () =>
      new Watched(
        map('@x', u64, {
          aggregation: hist,
          keys: [
            ['k', chars(8)],
            ['bucket', u64],
          ],
        }),
      )
        .at(1)
        .looks([['a', 3], [4]], [['b', 3], [1]])
        .at(2)
        .looks([['a', 3], [1]], [['b', 3], [2]]),
    [[2, 4]],
    [[5], [2]],
  ],
];
for (const [name, run, buckets, expected] of HEATS)
  test(`heat: ${name}`, () => {
    const { heat } = run().history!;
    assert.deepEqual(
      heat!.buckets.map(({ lo, hi }) => [lo, hi]),
      buckets,
    );
    assert.deepEqual(heat!.counts, expected);
  });

test('heat: many buckets become fewer, and nothing is lost', () => {
  const wide = map(
    '@x',
    { kind: 'array', size: 8 * 1002, element: u64, length: 1002 },
    { aggregation: { fn: 'lhist', min: 0, max: 1000, step: 1 } },
  );
  const all = Array.from({ length: 1002 }, () => 1);
  const { heat } = new Watched(wide)
    .at(1)
    .looks(one(all))
    .at(2)
    .looks(one(all.map(() => 3))).history!;
  assert.ok(heat!.buckets.length <= 100);
  assert.deepEqual(
    heat!.counts.map(step => step.reduce((sum, count) => sum + count)),
    [1002, 2004],
  );
  assert.deepEqual(heat!.buckets[0], { lo: null, hi: 10 });
  assert.deepEqual(heat!.buckets[1], { lo: 10, hi: 21 });
});

test('what stands still is told once, and is there when it goes on', () => {
  const watched = new Watched(COUNT);
  const cursor = watched.views.cursor();
  const changed = () => watched.views.delta(cursor).length > 0;
  const told = [1, 2, 3, 4, 5].map(second => {
    watched.at(second).looks(one(second < 5 ? 7 : 9));
    return changed();
  });
  assert.deepEqual(told, [true, true, false, false, true]);
  assert.deepEqual(watched.lines, { '': [7, 0, 0, 0, 2] });
});

test('a long run stays whole, in coarser steps', () => {
  const watched = new Watched(COUNT);
  for (let second = 1; second <= 1000; second++) watched.at(second).looks(one(2 * second));
  const { times, lines } = watched;
  assert.ok(times!.length <= 121 && times!.length > 60);
  assert.deepEqual([times![0], times![1], times!.at(-1)], [0, 16, 1000]);
  const values = lines[''] as number[];
  assert.deepEqual([values[0], values.reduce((sum, value) => sum + value)], [32, 2000]);
});

test('the largest keys are lines', () => {
  const entries = (times: number) =>
    Array.from({ length: 300 }, (_, i): [Put[], Put[]] => [[`k${i}`], [times * i]]);
  const watched = new Watched(BY_COMM)
    .at(1)
    .looks(...entries(1))
    .at(2)
    .looks(...entries(3));
  const { lines } = watched.history!;
  assert.deepEqual([lines!.length, lines![0]], [20, { key: 'k299', values: [299, 598] }]);
});

test('steps of a timeline: times ascend, whatever the clock does', () => {
  const timeline = new Timeline<number>(10, (a, b) => a + b);
  for (const end of [20, 15, 30]) timeline.push(end, 1);
  assert.deepEqual(
    [timeline.times, timeline.steps],
    [
      [10, 20, 30],
      [2, 1],
    ],
  );
});
