import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { standIn } from '../../extension/renderer/chart/slots.ts';
import templates from '../../extension/renderer/chart/templates.built.ts';
import { type ChartForm, chartOf, chosenChart, vegaLite } from '../../kernel/notebook/charts/index.ts';
import type { BarsPanel, Bucket, HistogramPanel, Panel, SeriesPanel } from '../../kernel/protocol.ts';
import { HOSTILE } from './views-fixtures.ts';

const bucket = (lo: number | string | null, hi: number | string | null, count: number): Bucket => ({
  lo,
  hi,
  count,
});
const histogram: HistogramPanel = {
  id: 'h',
  kind: 'histogram',
  title: '@usecs',
  scale: 'log2',
  series: [
    { key: '', buckets: [bucket(null, 0, 1), bucket(0, 1, 0), bucket(1, 2, 3), bucket(1024, 2048, 50)] },
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
const many = (count: number): HistogramPanel => ({
  ...histogram,
  series: Array.from({ length: count }, (_, i) => ({ key: `k${i}`, buckets: [bucket(1, 2, 1)] })),
});
const watched: HistogramPanel = {
  ...histogram,
  history: {
    times: [1000, 2000, 3000],
    heat: {
      buckets: [
        { lo: 0, hi: 1 },
        { lo: 1, hi: 2 },
        { lo: 2, hi: 4 },
        { lo: 4, hi: 8 },
      ],
      counts: [
        [0, 5, 0, 0],
        [0, 1, 700, 0],
      ],
    },
  },
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
const series: SeriesPanel = {
  id: 's',
  kind: 'series',
  title: '@lat',
  valueName: 'avg',
  unit: 'ns',
  times: [1000, 2000, 3000, 4000],
  series: [
    { key: 'a', values: [1_500, null, 20, 30] },
    { key: 'b', values: [null, 7, null, null] },
  ],
  more: 1,
};
const lone: SeriesPanel = { ...series, series: [{ key: '', values: [1, 2, 3, 4] }], more: 0 };

const CHARTS: [name: string, panel: Panel, form: ChartForm][] = [
  ['histogram', histogram, 'chart'],
  ['histogram of nothing', { ...histogram, series: [] }, 'chart'],
  ['histograms', keyed, 'chart'],
  ['bars', bars, 'chart'],
  ['bars of nothing', { ...bars, bars: [], more: 0 }, 'chart'],
  ['lines', series, 'lines'],
  ['line', lone, 'lines'],
  ['lines of nothing', { ...series, times: [], series: [], more: 0 }, 'lines'],
  ['heatmap', watched, 'heatmap'],
  [
    'heatmap of nothing',
    { ...watched, history: { times: [], heat: { buckets: [], counts: [] } } },
    'heatmap',
  ],
];

const chart = (panel: Panel, form: ChartForm = 'chart', more = 1) => {
  const made = chartOf(panel, form, { more });
  assert.ok(made);
  return made;
};

for (const [name, panel, form] of CHARTS)
  for (const log of [false, true])
    test(`${name}, ${log ? 'logarithmic' : 'linear'}: Vega-Lite without a warning, drawn by Vega`, async () => {
      const complaints: unknown[] = [];
      const complain = (...all: unknown[]) => {
        complaints.push(all);
        return logger;
      };
      const silent = () => logger;
      const logger = { level: silent, warn: complain, info: silent, debug: silent, error: complain };
      const spec = vegaLite(chart(panel, form), { log });
      const compiled = compile(spec as unknown as TopLevelSpec, { logger: logger as never }).spec;
      assert.deepEqual(complaints, []);
      if (name.endsWith('of nothing')) return;
      const view = new View(parse(compiled), { renderer: 'none', logger: logger as never });
      const svg = await view.toSVG();
      assert.deepEqual(complaints, []);
      assert.ok(svg.includes(panel.title) && !/NaN|undefined/.test(svg), svg);
      assert.ok(!/>[\d.]+m</.test(svg), `thousandths at the axis of ${name}`);
    });

test('what was compiled beforehand has stand-ins as whole values only', () => {
  const words = ['title', 'amount', 'measured', 'scale', 'suffix', 'ink', 'text'] as const;
  for (const [kind, { linear, log }] of Object.entries(templates))
    for (const template of [linear, log]) {
      assert.ok(template.includes(`"${standIn('title')}"`), kind);
      const rest = words.reduce((text, word) => text.replaceAll(`"${standIn(word)}"`, ''), template);
      assert.doesNotMatch(rest, /«|»/, kind);
    }
});

test('buckets: by their lower bounds, apart where they do not touch, in full where short is not enough', () => {
  const { data } = chart(histogram);
  const labels = data.values.map(({ bucket, order }) => [order, bucket]);
  assert.deepEqual(labels, [
    [0, '<0'],
    [1, '0'],
    [2, '1'],
    [4, '1K'],
    [3, '⋯'],
  ]);
  assert.equal(data.values[3]!.range, '[1024, 2048)');
  const close = { ...histogram, unit: 'ns' as const };
  close.series = [{ key: '', buckets: [bucket(1_000_000, 1_000_100, 1), bucket(1_000_100, null, 2)] }];
  assert.deepEqual(
    chart(close).data.values.map(({ bucket }) => bucket),
    ['1ms', '≥1ms'],
  );
  close.series = [{ key: '', buckets: [bucket(1_000_000, 1_000_100, 1), bucket(1_000_100, 1_000_200, 2)] }];
  assert.deepEqual(
    chart(close).data.values.map(({ bucket }) => bucket),
    ['1000000', '1000100'],
  );
});

test('the largest keys first, more on request', () => {
  const few = chart(many(40));
  assert.deepEqual([few.kind, few.shown, few.of], ['histogramPairs', 6, 40]);
  assert.equal(chart(many(40), 'chart', 4).shown, 24);
  assert.equal(chart(many(40), 'chart', 16).shown, 40);
  assert.deepEqual((vegaLite(few) as { title: unknown }).title, {
    text: '@usecs (6 of 40 keys)',
    anchor: 'start',
  });
  assert.equal(chartOf(many(40), 'chart', { narrow: true })!.kind, 'histograms');
});

test('bars: exact beyond doubles, keys that look alike stay apart', () => {
  const { data, facts, of } = chart({
    ...bars,
    bars: [...bars.bars, { key: 'ls', value: -2 }],
  });
  assert.deepEqual(
    data.values.map(({ key, exact }) => [key, exact]),
    [
      ['bash', '9,007,199,254,740,993'],
      ['ls', '3'],
      ['ls (2)', '-2'],
    ],
  );
  assert.equal(of, 8);
  assert.deepEqual(facts(data.values[0]!), [
    ['key', 'bash'],
    ['count', '9,007,199,254,740,993'],
  ]);
});

test('lines: gaps stay gaps, what stands alone has a dot, all of an interval is told', () => {
  const { data, facts, shown, of, words } = chart(series, 'lines');
  assert.deepEqual([shown, of, words.suffix, words.scale], [2, 3, 's', 1e-9]);
  assert.deepEqual(
    data.values.map(({ time, value }) => [time, value]),
    [
      [1500, 1500],
      [2500, null],
      [3500, 20],
      [4500, 30],
      [1500, null],
      [2500, 7],
      [3500, null],
      [4500, null],
    ],
  );
  const [time, ...told] = facts(data.spans[0]!);
  assert.match(time![1], /:01\.000 – .*:02\.000$/);
  assert.deepEqual(told, [
    ['a', '1,500 ns (1.5µs)'],
    ['b', '–'],
  ]);
});

test('a heatmap has what came, between the least and the largest bucket that anything came to', () => {
  const { data, facts } = chart(watched, 'heatmap');
  const cells = data.values.filter(({ count }) => count !== 0);
  assert.deepEqual(
    cells.map(({ start, end, bucket, count }) => [start, end, bucket, count]),
    [
      [1000, 2000, '1', 5],
      [2000, 3000, '1', 1],
      [2000, 3000, '2', 700],
    ],
  );
  assert.deepEqual(facts(cells[2]!).slice(1), [
    ['bucket', '[2, 4)'],
    ['count', '700'],
  ]);
});

test('a long history is told in fewer, longer times', () => {
  const counts = Array.from({ length: 1000 }, () => [1]);
  const times = Array.from({ length: 1001 }, (_, i) => i * 1000);
  const long = { ...watched, history: { times, heat: { buckets: [{ lo: 0, hi: 1 }], counts } } };
  const cells = chart(long, 'heatmap').data.values.filter(({ count }) => count !== 0);
  assert.ok(cells.length <= 120, String(cells.length));
  assert.equal(
    cells.reduce((sum, { count }) => sum + Number(count), 0),
    1000,
  );
  assert.deepEqual([cells[0]!.start, cells.at(-1)!.end], [0, 1_000_000]);
  const buckets = Array.from({ length: 9000 }, (_, i) => ({ lo: i, hi: i + 1 }));
  const wide = { ...watched, history: { times, heat: { buckets, counts: counts.map(() => [1, 2]) } } };
  assert.equal(chart(wide, 'heatmap').data.values.filter(({ count }) => count !== 0).length, 2);
});

test('the chart of an output is in the form that was chosen, and none where that is a table', () => {
  assert.equal(chosenChart(watched, undefined)!.kind, 'histogram');
  assert.equal(chosenChart(watched, 'heatmap')!.kind, 'heatmap');
  assert.equal(chosenChart(watched, 'table'), undefined);
  assert.equal(chosenChart(watched, 'flame')!.kind, 'histogram');
  assert.equal(chosenChart(series, undefined)!.kind, 'lines');
  assert.equal(chosenChart({ ...bars, bars: [] }, undefined), undefined);
});

for (const [name, value] of Object.entries(HOSTILE))
  test(`hostile ${name} is text in a spec`, () => {
    const hostile = `${value}\ud800`;
    const panels: [Panel, ChartForm][] = [
      [{ ...histogram, title: hostile, series: [{ key: hostile, buckets: [bucket(1, 2, 1)] }] }, 'chart'],
      [{ ...bars, title: hostile, valueName: hostile, bars: [{ key: hostile, value: 1 }] }, 'chart'],
      [
        { ...series, title: hostile, valueName: hostile, series: [{ key: hostile, values: [1, 2, 3, 4] }] },
        'lines',
      ],
    ];
    for (const [panel, form] of panels) {
      const spec = JSON.stringify(vegaLite(chart(panel, form)));
      assert.doesNotMatch(spec, /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
      assert.ok(!/\p{Surrogate}/u.test(spec));
    }
  });
