import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mapPanel } from '../../kernel/views/map-panel.ts';
import { mapJson, mapText } from '../../kernel/views/map-print.ts';
import { NO_NAMES } from '../../kernel/views/names.ts';
import { shownMap } from '../../kernel/views/snapshot.ts';
import { chars, i64, map, ns, type Put, snapshot, struct, u64 } from './views-fixtures.ts';

const element = struct([
  ['epoch', u64],
  ['total', i64],
  ['count', u64],
  ['stamp', u64],
]);
const series = (keep?: 'avg' | 'max' | 'min' | 'sum') =>
  map('@s', element, {
    perCpu: true,
    aggregation: { fn: 'tseries', interval: 100_000_000, count: 4, ...(keep ? { keep } : {}) },
    keys: [
      ['comm', chars(8)],
      ['bucket', u64],
    ],
  });
/** epoch, total, count, stamp */
const NONE: Put = [0, 0, 0, 0];

/** A value of 5 in each of these intervals. */
const intervals = (epochs: Record<string, number[]>) =>
  Object.entries(epochs).flatMap(([key, numbers]) =>
    numbers.map((epoch): [Put[], Put[]] => [
      [key, epoch % 4],
      [[epoch, 5, 1, 1], NONE],
    ]),
  );

/** What one CPU and the other hold of the same interval, and what is shown. */
const MERGES: [keep: 'avg' | 'max' | 'min' | 'sum' | undefined, value: number][] = [
  [undefined, 9],
  ['sum', 13],
  ['avg', 4],
  ['min', 4],
  ['max', 9],
];
for (const [keep, value] of MERGES)
  test(`two CPUs' ${keep ?? 'last'}`, () => {
    const one = series(keep);
    const payload = snapshot(one, [
      [
        ['a', 1],
        [
          [5, 4, 1, 10],
          [5, 9, 2, 20],
        ],
      ],
    ]);
    assert.deepEqual(
      JSON.parse(mapJson(one, payload)).data['@s'].a.map((point: { value: number }) => point.value),
      [value],
    );
  });

test('the newest intervals, in order of time; older ones and empty ones are left out', () => {
  const one = series();
  const entries: [Put[], Put[]][] = [
    [
      ['b', 1],
      [[9, 1, 1, 1], NONE],
    ],
    [
      ['a', 0],
      [
        [8, -4, 1, 1],
        [4, 100, 1, 1],
      ],
    ],
    [
      ['a', 1],
      [[9, 0, 1, 1], NONE],
    ],
    [
      ['a', 2],
      [[10, 4, 1, 1], NONE],
    ],
    [
      ['a', 3],
      [[3, 77, 1, 1], NONE],
    ],
  ];
  const payload = snapshot(one, entries);
  const { data } = JSON.parse(mapJson(one, payload));
  assert.deepEqual(Object.keys(data['@s']), ['a', 'b']);
  assert.deepEqual(
    data['@s'].a.map((point: { value: number }) => point.value),
    [-4, 0, 4],
  );
  assert.match(data['@s'].a[0].interval_start, /^19(69|70)-\d\d-\d\d \d\d:\d\d:00\.800000000$/);

  const lines = mapText(one, payload, text => text)
    .split('\n')
    .slice(0, 8);
  const frame = '_'.repeat(51);
  const row = (second: string, plot: string, value: number) => [second, plot, value].join(' ');
  assert.deepEqual(
    lines.map(line => line.replace(/^\d\d:\d\d:/, '')),
    [
      '@s[a]:',
      `${' '.repeat(13)}-4${' '.repeat(50)}4`,
      `hh:mm:ss.ms  |${frame}|`,
      row('00.800', `*${' '.repeat(25)}.${' '.repeat(25)}|`, -4),
      row('00.900', `|${' '.repeat(25)}*${' '.repeat(25)}|`, 0),
      row('01.000', `|${' '.repeat(25)}.${' '.repeat(25)}*`, 4),
      `${' '.repeat(13)}v${frame}v`,
      `${' '.repeat(13)}-4${' '.repeat(50)}4`,
    ],
  );
});

/** Keys with the intervals (of 100 ms) that have a value → how the panel has them. */
const PANELS: [name: string, epochs: Record<string, number[]>, times: number[], values: object][] = [
  [
    'gaps are null, all are as long as the newest',
    { a: [8, 10], b: [9] },
    [800, 900, 1000],
    { a: [5, null, 5], b: [null, 5, null] },
  ],
  ['what is older than the window is left out', { a: [3, 10] }, [1000], { a: [5] }],
  ['nothing yet', {}, [], {}],
];
for (const [name, epochs, times, values] of PANELS)
  test(`panels: ${name}`, () => {
    const one = series('max');
    const panel = mapPanel(one, snapshot(one, intervals(epochs)), 100);
    assert.ok(panel.kind === 'series');
    assert.deepEqual(panel.times, times);
    assert.deepEqual(Object.fromEntries(panel.series.map(({ key, values }) => [key, values])), values);
    assert.deepEqual([panel.valueName, panel.more], ['max', 0]);
  });

test('panels: without a key, in the unit of what was measured, on the clock of the wall', () => {
  const timed = element.fields.map(field => (field.name === 'total' ? { ...field, type: ns } : field));
  const one = shownMap(
    {
      ...series('sum'),
      key: [{ name: 'bucket', offset: 0, type: u64 }],
      keySize: 8,
      value: { ...element, fields: timed },
    },
    { ...NO_NAMES, bootTime: 1_700_000_000_000_000_000n },
  );
  const panel = mapPanel(one, snapshot(one, [[[1], [[9, 7, 1, 1], NONE]]]), 100);
  assert.ok(panel.kind === 'series');
  assert.deepEqual(
    [panel.times, panel.unit, panel.series],
    [[1_700_000_000_900], 'ns', [{ key: '', values: [7] }]],
  );
});

test('panels: the first keys, and how many more', () => {
  const one = series();
  const keys = Array.from({ length: 60 }, (_, i): [string, number[]] => [`k${i + 10}`, [9]]);
  const panel = mapPanel(one, snapshot(one, intervals(Object.fromEntries(keys))), 100);
  assert.ok(panel.kind === 'series');
  assert.deepEqual([panel.series.length, panel.series[0]!.key, panel.more], [50, 'k10', 10]);
});

/** Keys with the intervals (of 100 ms) that have a value; then time and mark of each row of the plots. */
const PLOTS: [name: string, epochs: Record<string, number[]>, rows: string[]][] = [
  ['a gap is a row', { a: [8, 10] }, ['00.800 *', '00.900 -', '01.000 *']],
  ['drawn up to the newest of all', { a: [9], b: [10] }, ['00.900 *', '01.000 -', '01.000000000 *']],
  ['one interval is shown to the nanosecond', { a: [7] }, ['00.700000000 *']],
];
for (const [name, epochs, rows] of PLOTS)
  test(`plots: ${name}`, () => {
    const one = series();
    const lines = mapText(one, snapshot(one, intervals(epochs)), text => text).split('\n');
    const shown = lines
      .filter(line => /^\d\d:\d\d:\d\d/.test(line))
      .map(line => `${line.slice(6).split(' ')[0]} ${line.includes('*') ? '*' : line.at(-1)}`);
    assert.deepEqual(shown, rows);
  });

test('zeroed: no data', () => {
  const one = series();
  const payload = snapshot(one, [
    [
      ['a', 1],
      [NONE, NONE],
    ],
  ]);
  assert.equal(
    mapText(one, payload, text => text),
    '@s[a]:\n<no data>\n\n',
  );
  assert.deepEqual(JSON.parse(mapJson(one, payload)).data['@s'], { a: [] });
});
