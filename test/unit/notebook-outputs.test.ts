import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  BOUNDS,
  boundSnapshot,
  outputItems,
  outputOfItems,
  RUN_MIME,
  renderPanels,
  runOfOutput,
  runOutput,
} from '../../kernel/notebook/index.ts';
import { bucketLabel, byteSize, cellText, duration, shortInteger } from '../../kernel/notebook/labels.ts';
import type {
  BarsPanel,
  Bucket,
  HistogramPanel,
  Panel,
  RunSnapshot,
  TablePanel,
  TextPanel,
} from '../../kernel/protocol.ts';
import { golden, HOSTILE } from './views-fixtures.ts';

const table: TablePanel = {
  id: 't',
  kind: 'table',
  title: 'printf',
  of: 'records',
  first: 7,
  total: 10,
  columns: [
    { name: 'pid', kind: 'integer' },
    { name: 'took', kind: 'duration' },
    { name: 'at', kind: 'address' },
    { name: 'file', kind: 'string' },
  ],
  rows: [
    [1, 1_234_567, '18446744071562067968', '/etc/passwd'],
    [22, 999, 16, 'x'.repeat(120)],
    [333, 12, null, 'żółw 🐢 漢字'],
  ],
};
const bucket = (lo: number | null, hi: number | null, count: number): Bucket => ({ lo, hi, count });
const histogram: HistogramPanel = {
  id: 'h',
  kind: 'histogram',
  title: '@usecs',
  scale: 'log2',
  series: [
    {
      key: '',
      buckets: [
        bucket(null, 0, 1),
        bucket(0, 1, 0),
        bucket(1, 2, 3),
        bucket(1024, 2048, 50),
        bucket(1048576, 2097152, 7),
      ],
    },
  ],
};
const keyed: HistogramPanel = {
  ...histogram,
  unit: 'ns',
  series: [
    { key: 'bash', buckets: [bucket(1024, 2048, 50)] },
    { key: 'ls, 7', buckets: [bucket(2048, 4096, 2), bucket(4096, 8192, 1)] },
  ],
};
const bars: BarsPanel = {
  id: 'b',
  kind: 'bars',
  title: '@',
  valueName: 'count',
  bars: [
    { key: 'bash', value: '9007199254740993' },
    { key: 'ls', value: 3 },
  ],
  more: 5,
};
const text: TextPanel = {
  id: 'x',
  kind: 'text',
  title: 'Output',
  lines: ['one', 'two'],
  first: 8,
  total: 10,
  stream: 'stdout',
};

const snapshot = (...panels: Panel[]): RunSnapshot => ({
  run: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
  cell: 'c',
  phase: 'ended',
  startedAt: 0,
  elapsedMs: 1234,
  reason: 'exit',
  totals: { events: 10, rate: 0, dropped: 2, missed: 0 },
  probes: ['tracepoint:a:b'],
  diagnostics: [],
  panels,
});

test('panels as text', () => {
  golden('notebook/panels.txt', renderPanels([table, histogram, keyed, bars, text], { width: 80 }));
  for (const width of [20, 40, 80]) {
    for (const line of renderPanels([histogram, bars], { width }).split('\n'))
      assert.ok([...line].length <= Math.max(width, 32), line);
  }
});

test('a saved run', () =>
  golden('notebook/run.json', `${JSON.stringify(runOutput(snapshot(table, keyed, text)), null, 1)}\n`));

test('custom type first, Vega-Lite only for a lone chart, text always', () => {
  assert.deepEqual(
    outputItems(runOutput(snapshot(histogram))).map(({ mime }) => mime),
    [RUN_MIME, 'application/vnd.vegalite.v5+json', 'text/html', 'text/plain'],
  );
  assert.deepEqual(
    outputItems(runOutput(snapshot(table))).map(({ mime }) => mime),
    [RUN_MIME, 'text/html', 'text/plain'],
  );
  assert.deepEqual(
    outputItems(runOutput(snapshot())).map(({ mime }) => mime),
    [RUN_MIME, 'text/html', 'text/plain'],
  );
  assert.deepEqual(runOfOutput(runOutput(snapshot(table))), { ...snapshot(table), run: '' });
  assert.equal(runOfOutput({ output_type: 'stream', text: 'x' }), undefined);
});

test('bounded: newest rows, true totals, short strings', () => {
  const rows = Array.from({ length: 5000 }, (_, i) => [i, 0, 0, 'y'.repeat(i === 4999 ? 100_000 : 1)]);
  const lines = Array.from({ length: 5000 }, (_, i) => `line ${i}`);
  const entries = { ...table, of: 'map' as const, rows, first: 0, total: 5000 };
  const bound = boundSnapshot(
    snapshot({ ...table, rows, first: 100, total: 5100 }, { ...text, lines, first: 0, total: 5000 }, entries),
    { ...BOUNDS[0]!, rows: 50 },
  );
  const [records, output, map] = bound.panels as [TablePanel, TextPanel, TablePanel];
  assert.deepEqual(
    [records.rows.length, records.first, records.total, records.rows.at(-1)![0]],
    [50, 5050, 5100, 4999],
  );
  assert.deepEqual(
    [output.lines.length, output.first, output.total, output.lines.at(-1)],
    [50, 4950, 5000, 'line 4999'],
  );
  assert.deepEqual([map.rows.length, map.first, map.total, map.rows[0]![0]], [50, 0, 5000, 0]);
  assert.ok(JSON.stringify(runOutput(snapshot({ ...table, rows }))).length < 100_000);
});

test('outputs of other tools, to items and back', () => {
  const outputs = [
    { name: 'stderr', output_type: 'stream', text: ['a\n', 'b'] },
    { name: 'stdout', output_type: 'stream', text: ['a\n'] },
    { ename: 'E', evalue: 'v', output_type: 'error', traceback: ['one', 'two'] },
    {
      data: {
        'application/json': { a: [1] },
        'image/png': 'AAAA',
        'image/svg+xml': ['<svg/>'],
        'text/plain': ['x\n', 'y'],
      },
      metadata: {},
      output_type: 'display_data',
    },
  ];
  for (const output of outputs) assert.deepEqual(outputOfItems(outputItems(output)), output);
  assert.equal(outputItems({ output_type: 'display_data' }).length, 0);
  assert.equal(outputItems({ data: { 'text/plain': 5 }, output_type: 'execute_result' })[0]?.text, '5');
});

const LABELS: [Bucket, string][] = [
  [bucket(null, 0, 0), '(..., 0)'],
  [bucket(0, 1, 0), '[0]'],
  [bucket(0, 2, 0), '[0, 2)'],
  [bucket(1024, 2048, 0), '[1K, 2K)'],
  [bucket(1536, 2048, 0), '[1536, 2K)'],
  [bucket(100, null, 0), '[100, ...)'],
  [{ lo: String(2n ** 60n), hi: String(2n ** 61n), count: 0 }, '[1E, 2E)'],
];
for (const [one, label] of LABELS) test(`bucket ${label}`, () => assert.equal(bucketLabel(one), label));

test('numbers as people read them', () => {
  assert.deepEqual([0, 999, 1000, 1_234_567, 1.5e9, 65e9, 7e11, 9e12].map(duration), [
    '0ns',
    '999ns',
    '1µs',
    '1.23ms',
    '1.5s',
    '65s',
    '11.7m',
    '2.5h',
  ]);
  assert.deepEqual([0, 1023, 1536, 2 ** 30].map(byteSize), ['0B', '1023B', '1.5KiB', '1GiB']);
  assert.deepEqual([0, 1000, 2048, -1024].map(shortInteger), ['0', '1000', '2K', '-1K']);
  assert.equal(cellText(-1, 'address'), '0xffffffffffffffff');
  assert.equal(cellText({ a: [1, 'x'] }, 'other'), '{ .a = [1, x] }');
  assert.equal(cellText('later', 'duration'), 'later');
});

for (const [name, value] of Object.entries(HOSTILE))
  test(`hostile ${name} in every saved form`, () => {
    const hostile = typeof value === 'string' ? `${value}\ud800` : String(value);
    const all = snapshot(
      { ...table, title: hostile, columns: [{ name: hostile, kind: 'string' }], rows: [[hostile]] },
      { ...histogram, title: hostile, series: [{ key: hostile, buckets: [bucket(1, 2, 1)] }] },
      { ...bars, title: hostile, valueName: hostile, bars: [{ key: hostile, value: 1 }] },
      { ...text, lines: [hostile] },
    );
    all.diagnostics = [{ phase: 'load', code: 'load-failed', severity: 'error', message: hostile }];
    const items = outputItems(runOutput(all));
    const html = items.find(item => item.mime === 'text/html')!.text;
    assert.doesNotMatch(html, /<(?!\/?(?:table|caption|thead|tbody|tr|th|td|p|em|pre)\b)/);
    assert.doesNotMatch(html, /<\w+ (?!align="right">)/);
    for (const item of items.filter(item => item.mime.startsWith('text/')))
      assert.doesNotMatch(item.text, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    assert.ok(items.every(item => !/\p{Surrogate}/u.test(item.text)));
    assert.deepEqual(JSON.parse(items[0]!.text).panels[3].lines, [hostile]);
    assert.doesNotMatch(renderPanels(all.panels), /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  });
