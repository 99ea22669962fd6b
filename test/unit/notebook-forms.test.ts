/** Panels as tables, and what of them is saved. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formOf, formsOf, tableForm } from '../../kernel/notebook/forms.ts';
import { BOUNDS, boundSnapshot, cellText } from '../../kernel/notebook/index.ts';
import type {
  BarsPanel,
  FlamePanel,
  HistogramPanel,
  Panel,
  RunSnapshot,
  SeriesPanel,
} from '../../kernel/protocol.ts';

const bars: BarsPanel = {
  id: 'b',
  kind: 'bars',
  title: '@',
  valueName: 'count',
  bars: [{ key: 'sh', value: 2 }],
  more: 3,
};
const histogram: HistogramPanel = {
  id: 'h',
  kind: 'histogram',
  title: '@',
  scale: 'log2',
  series: [{ key: 'sh', buckets: [{ lo: 2, hi: 4, count: 5 }] }],
};
const series: SeriesPanel = {
  id: 's',
  kind: 'series',
  title: '@',
  valueName: 'sum',
  unit: 'ns',
  times: [0, 1000],
  series: [{ key: '', values: [null, 7] }],
  more: 0,
};
const flame: FlamePanel = {
  id: 'f',
  kind: 'flame',
  title: '@',
  valueName: 'count',
  keys: [{ name: 'pid', kind: 'integer' }],
  frames: [
    { name: '7', of: 'key' },
    { name: 'main', of: 'user' },
    { name: 'read', of: 'kernel' },
    { name: '8', of: 'key' },
  ],
  stacks: [
    { frames: [3, 1], value: 5 },
    { frames: [0, 1, 2], value: 2 },
  ],
  more: 1,
};

const TABLES: [
  Exclude<Panel, { kind: 'text' }>,
  columns: string,
  keys: number,
  rows: unknown[][],
  total: number,
][] = [
  [bars, 'key count', 1, [['sh', 2]], 4],
  [histogram, 'key bucket count', 2, [['sh', '[2, 4)', 5]], 1],
  [{ ...histogram, series: [{ ...histogram.series[0]!, key: '' }] }, 'bucket count', 1, [['[2, 4)', 5]], 1],
  [
    flame,
    'pid stack count',
    2,
    [
      [8, 'main', 5],
      [7, 'read\nmain', 2],
    ],
    3,
  ],
];
for (const [panel, columns, keys, rows, total] of TABLES)
  test(`as a table: ${panel.kind} ${columns}`, () => {
    const table = tableForm(panel);
    assert.equal(table.columns.map(({ name }) => name).join(' '), columns);
    assert.deepEqual([table.keys, table.rows, table.total], [keys, rows, total]);
  });

test('as a table: intervals with a value', () => {
  const { columns, rows } = tableForm(series);
  assert.deepEqual(columns, [
    { name: 'interval', kind: 'time' },
    { name: 'sum', kind: 'duration' },
  ]);
  assert.deepEqual(rows, [['1000000000', 7]]);
  assert.match(cellText('1000000000', 'time'), /^\d\d:\d\d:01\.000000$/);
  assert.equal(cellText(0, 'time'), '0');
});

test('forms: its own, the table, the text, and its history', () => {
  const times = [1, 2, 3];
  assert.deepEqual(formsOf({ ...bars, history: { times, lines: [] } }), ['chart', 'table', 'text', 'lines']);
  assert.deepEqual(formsOf({ ...histogram, history: { times, heat: { buckets: [], counts: [] } } }), [
    'chart',
    'table',
    'text',
    'heatmap',
  ]);
  assert.deepEqual(
    formOf({ ...bars, bars: [], history: { times, lines: [] } }, undefined),
    'lines',
    'cleared',
  );
  assert.deepEqual([formOf(flame, 'lines'), formOf(flame, 'table')], ['flame', 'table']);
});

const saved = (panel: Panel, rows: number) =>
  boundSnapshot({ probes: [], panels: [panel] } as unknown as RunSnapshot, { ...BOUNDS[0]!, rows })
    .panels[0]!;

test('saved: the last lines of text', () => {
  const { text } = saved({ ...bars, text: ['@[ls]: 1', '@[sh]: 2'] }, 1) as BarsPanel;
  assert.deepEqual(text, ['@[sh]: 2']);
});
