/** Charts, in a page of their own. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Locator } from 'playwright-core';
import { startingSnapshot } from '../../extension/run/snapshot.ts';
import type { Bucket, HistogramPanel, Panel, RunSnapshot, ViewName } from '../../kernel/protocol.ts';
import type { Lab, Theme } from './harness/lab.ts';
import { picture } from './harness/pictures.ts';
import { labTest } from './harness/test.ts';

const run = (panels: Panel[], view?: ViewName): RunSnapshot => ({
  ...startingSnapshot('00000000-0000-4000-8000-000000000001', 'cell', 0),
  phase: 'ended',
  reason: 'exit',
  panels,
  ...(view ? { view } : {}),
});

/** Buckets of powers of two from 2^`first`; counts rise and fall. */
const hill = (first: number, length: number, height: number): Bucket[] =>
  Array.from({ length }, (_, i) => ({
    lo: 2 ** (first + i),
    hi: 2 ** (first + i + 1),
    count: Math.round(height * Math.exp(-(((i - length / 3) / (length / 5)) ** 2))),
  }));

const latency: HistogramPanel = {
  id: 'map:@ns',
  kind: 'histogram',
  title: '@ns',
  scale: 'log2',
  unit: 'ns',
  series: [{ key: '', buckets: hill(8, 14, 120_000) }],
};

const START = Date.UTC(2026, 0, 5, 10, 0, 0);
const watched: HistogramPanel = {
  ...latency,
  id: 'map:@watched',
  title: '@watched',
  history: {
    times: Array.from({ length: 61 }, (_, i) => START + i * 1000),
    heat: {
      buckets: latency.series[0]!.buckets,
      counts: Array.from({ length: 60 }, (_, i) =>
        latency.series[0]!.buckets.map(({ count }, j) =>
          Math.round((count / 60) * (i > 30 && j > 7 ? 40 : 1) * (j === 3 ? 0 : 1)),
        ),
      ),
    },
  },
};

const byCommand: HistogramPanel = {
  ...latency,
  id: 'map:@by',
  title: '@by',
  series: ['postgres', 'nginx', 'node', '<b>bold</b>', 'sh', 'cron', 'sshd', 'systemd'].map((key, i) => ({
    key,
    buckets: hill(8 + i, 9, 90_000 / (i + 1) ** 2),
  })),
};

const counts: Panel = {
  id: 'map:@count',
  kind: 'bars',
  title: '@count',
  valueName: 'count',
  bars: ['read', 'write', 'openat', 'futex', 'close'].map((key, i) => ({
    key,
    value: i === 0 ? '9007199254740993' : Math.round(3e9 / 4 ** (i + 1)),
  })),
  more: 0,
};

const series: Panel = {
  id: 'map:@avg',
  kind: 'series',
  title: '@avg',
  valueName: 'avg',
  unit: 'ns',
  times: Array.from({ length: 60 }, (_, i) => START + i * 1000),
  series: ['disk', 'net', 'timer'].map((key, j) => ({
    key,
    values: Array.from({ length: 60 }, (_, i) =>
      j === 1 && i > 20 && i < 30 ? null : Math.round(1e6 * (j + 1) * (1.5 + Math.sin(i / (4 + j * 3)))),
    ),
  })),
  more: 0,
};

const all = (lab: Lab, view?: ViewName) => lab.show(run([latency, byCommand, counts, series], view));
const section = (lab: Lab, name: string): Locator => lab.page.locator(`section[aria-label="${name}"]`);
const marks = (at: Locator, name = 'bars'): Locator => at.locator(`[class*="${name}_marks"] path`);
const tooltip = (at: Locator) => at.locator('.chart-tooltip');

for (const theme of ['light', 'dark', 'high-contrast'] as Theme[])
  labTest(
    `charts of every kind, ${theme}`,
    async lab => {
      await lab.page.setViewportSize({ width: 1000, height: 1700 });
      await lab.show(run([latency, byCommand, counts, series, watched], 'heatmap'));
      await marks(section(lab, 'Histogram @ns')).first().waitFor();
      await section(lab, 'Heatmap @watched').locator('canvas').waitFor();
      await section(lab, 'Lines @avg').locator('[class*="lines_marks"] path').first().waitFor();
      await picture(lab.page, `charts-${theme}`);
    },
    theme,
  );

labTest('exact numbers are under the pointer, whatever they are of', async lab => {
  await lab.page.setViewportSize({ width: 1000, height: 1700 });
  await lab.show(run([latency, byCommand, counts, series, watched], 'heatmap'));
  const histogram = section(lab, 'Histogram @ns');
  await marks(histogram, 'hover').nth(13).hover();
  assert.deepEqual(await tooltip(histogram).locator('dd').allTextContents(), [
    '[2097152 ns (2.1ms), 4194304 ns (4.19ms))',
    '17',
  ]);
  await picture(lab.page, 'charts-tooltip');
  const facets = section(lab, 'Histogram @by');
  await marks(facets, 'hover').nth(27).hover();
  const [key] = await tooltip(facets).locator('dd').allTextContents();
  assert.equal(key, '<b>bold</b>');
  const bars = section(lab, 'Bars @count');
  await marks(bars, 'hover').first().hover();
  assert.deepEqual(await tooltip(bars).locator('dd').allTextContents(), ['read', '9,007,199,254,740,993']);
  const lines = section(lab, 'Lines @avg');
  await marks(lines, 'hover').nth(25).hover();
  const told = await tooltip(lines).locator('dd').allTextContents();
  assert.match(told[0]!, /:25\.000 – .*:26\.000$/);
  assert.equal(told[2], '–');
  const heat = section(lab, 'Heatmap @watched').locator('canvas');
  await heat.hover({ position: { x: 400, y: 230 } });
  const cell = await tooltip(section(lab, 'Heatmap @watched')).locator('dd').allTextContents();
  assert.equal(cell.length, 3);
  await lab.page.mouse.move(0, 0);
  assert.equal(await lab.page.locator('.chart-tooltip:popover-open').count(), 0);
});

labTest('new numbers are drawn into the same chart, new keys too', async lab => {
  await lab.show(run([latency, counts]));
  const histogram = section(lab, 'Histogram @ns');
  await marks(histogram).first().waitFor();
  const svg = await histogram.locator('svg').elementHandle();
  await lab.show(run([{ ...latency, series: [{ key: '', buckets: hill(4, 22, 5) }] }, counts]));
  await marks(histogram).nth(21).waitFor({ state: 'attached' });
  assert.equal(await svg!.evaluate(node => node.isConnected), true);

  const cleared = { ...latency, series: [] };
  await lab.show(run([cleared, counts]));
  await histogram.getByText('@ns: nothing yet').waitFor();
  await lab.show(run([latency, counts]));
  await marks(histogram).first().waitFor();
  assert.equal(await svg!.evaluate(node => node.isConnected), true);

  const told = () => tooltip(histogram).locator('dd').last().textContent();
  await lab.show(run([{ ...latency, series: [{ key: '', buckets: hill(4, 22, 5) }] }, counts]));
  await marks(histogram).nth(21).waitFor({ state: 'attached' });
  await marks(histogram, 'hover').nth(7).hover();
  assert.equal(await told(), '5');
  await lab.show(run([{ ...latency, series: [{ key: '', buckets: hill(4, 22, 7) }] }, counts]));
  await tooltip(histogram).getByText('7', { exact: true }).waitFor();
});

labTest('plots side by side share the width, however many buckets they have', async lab => {
  await lab.show(
    run([{ ...byCommand, series: byCommand.series.map(({ key }) => ({ key, buckets: hill(0, 50, 9) })) }]),
  );
  const facets = section(lab, 'Histogram @by');
  await marks(facets).first().waitFor();
  const widths = [facets, facets.locator('svg')].map(async at => (await at.boundingBox())!.width);
  const [whole, drawn] = await Promise.all(widths);
  assert.ok(drawn! <= whole! && drawn! > 0.7 * whole!, `${drawn} of ${whole}`);
});

labTest('a scale by factors of ten, more keys, another theme', async lab => {
  await all(lab);
  const bars = section(lab, 'Bars @count');
  const width = async (index: number) => (await marks(bars).nth(index).boundingBox())!.width;
  await marks(bars).first().waitFor();
  assert.ok((await width(4)) < 2);
  await bars.hover();
  const log = bars.getByRole('button', { name: 'Logarithmic scale' });
  await log.click();
  await lab.page.waitForFunction(
    () =>
      document
        .querySelectorAll('section[aria-label^="Bars"] [class*="bars_marks"] path')[4]!
        .getBoundingClientRect().width > 50,
  );
  assert.equal(await log.getAttribute('aria-pressed'), 'true');

  const facets = section(lab, 'Histogram @by');
  const plots = facets.locator('[class*="bars_marks"]');
  assert.equal(await plots.count(), 6);
  await facets.getByRole('button', { name: 'Show more keys' }).click();
  await plots.nth(7).waitFor();
  await facets.getByRole('button', { name: 'Show fewer keys' }).press('Enter');
  await facets.getByText('6 of 8 keys').waitFor();

  const ink = () => marks(section(lab, 'Histogram @ns')).first().getAttribute('fill');
  const before = await ink();
  await lab.page.evaluate(() => {
    document.documentElement.style.setProperty('--vscode-charts-blue', '#123456');
    document.body.className = 'vscode-dark';
  });
  await marks(section(lab, 'Histogram @ns')).and(lab.page.locator('[fill="#123456"]')).first().waitFor();
  assert.notEqual(await ink(), before);
});

labTest('saved as SVG, PNG and Vega-Lite', async lab => {
  await lab.show(run([latency]));
  const histogram = section(lab, 'Histogram @ns');
  await marks(histogram).first().waitFor();
  const saved = async (as: string) => {
    await histogram.hover();
    const [download] = await Promise.all([
      lab.page.waitForEvent('download'),
      histogram.getByRole('button', { name: `Save as ${as}` }).click(),
    ]);
    return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
  };
  const svg = await saved('SVG');
  assert.equal(svg.name, 'ns.svg');
  assert.match(svg.bytes.toString(), /^<svg[^>]*>.*<rect[^>]*fill="#ffffff".*@ns/s);
  const png = await saved('PNG');
  assert.equal(png.name, 'ns.png');
  assert.equal(png.bytes.subarray(1, 4).toString(), 'PNG');
  const spec = JSON.parse((await saved('Vega-Lite')).bytes.toString());
  assert.match(spec.$schema, /vega-lite\/v5/);
  assert.equal(spec.data.values.length, 14);
});

labTest('out of sight nothing is drawn', async lab => {
  await lab.page.setViewportSize({ width: 1000, height: 300 });
  const above = { ...latency, id: 'above', title: '@above' };
  await lab.show(
    run([above, above, above, latency].map((panel, i) => ({ ...panel, id: `${panel.id}${i}` }))),
  );
  await marks(section(lab, 'Histogram @above')).first().waitFor();
  const last = lab.page.locator('section.chart').last();
  assert.equal(await last.locator('svg').count(), 0);
  await last.scrollIntoViewIfNeeded();
  await marks(last).first().waitFor();
});
