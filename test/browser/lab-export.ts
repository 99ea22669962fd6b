/** An exported page at work: as the reader's system is set, on paper, and far out of view. */
import assert from 'node:assert/strict';
import { startingSnapshot } from '../../extension/run/snapshot.ts';
import { exportNotebook } from '../../kernel/export/index.ts';
import { emptyNotebook, newCell, runOutput } from '../../kernel/notebook/index.ts';
import type { Panel } from '../../kernel/protocol.ts';
import { Exported } from './harness/exported.ts';
import { Output } from './harness/output.ts';
import { picture } from './harness/pictures.ts';
import { labTest } from './harness/test.ts';
import { until } from './harness/until.ts';

const table: Panel = {
  id: 'opens',
  kind: 'table',
  title: 'opens',
  columns: [
    { name: 'pid', kind: 'integer' },
    { name: 'file', kind: 'string' },
  ],
  rows: Array.from({ length: 100 }, (_, index) => [index, `/etc/${index % 2 ? 'hosts' : 'passwd'}`]),
  first: 0,
  total: 100,
  of: 'records',
};
const histogram: Panel = {
  id: 'map:@ns',
  kind: 'histogram',
  title: '@ns',
  scale: 'log2',
  series: [{ key: '', buckets: [3, 9, 27, 9].map((count, i) => ({ lo: 2 ** i, hi: 2 ** (i + 1), count })) }],
  text: ['@ns:', '[1]  3 |@@@@@@|'],
};
const words = `# How long?

Some *words*, \`code\`, a [link](https://example.org), and

| what | how long |
|---|---:|
| open | 3 µs |
`;
const program = `//| workload: ls -l /
tracepoint:syscalls:sys_enter_openat /pid == cpid/ {
  @ns = hist(nsecs); // a comment
}`;

const cell = (panel: Panel) => ({
  ...newCell('code', 'bpftrace', program),
  outputs: [
    runOutput({
      ...startingSnapshot('00000000-0000-4000-8000-000000000000', 'cell', Date.UTC(2026, 0, 2, 3, 4)),
      phase: 'ended',
      reason: 'workload',
      totals: { events: 100, rate: 0, dropped: 0, missed: 0 },
      panels: [panel],
    }),
  ],
});
const page = exportNotebook(
  {
    ...emptyNotebook(),
    // The last chart is pages below what is in view.
    cells: [
      newCell('markdown', 'markdown', words),
      cell(histogram),
      ...Array.from({ length: 8 }, () => cell(table)),
      cell(histogram),
    ],
  },
  'html',
  { name: 'investigation' },
);

const THEMES = {
  light: { theme: 'vscode-light' },
  dark: { theme: 'vscode-dark', dark: true },
  'high-contrast': { theme: 'vscode-high-contrast', dark: true, contrast: true },
};

for (const [name, { theme, ...options }] of Object.entries(THEMES))
  labTest(`an exported page, ${name}`, async lab => {
    const exported = await Exported.open(lab.browser, page, options);
    const charts = exported.page.locator('.chart svg');
    await charts.nth(1).waitFor();
    assert.equal(await exported.page.locator('body').getAttribute('class'), theme);
    assert.equal(await exported.page.title(), 'How long?');
    await exported.page.getByText('investigation · run 2026-01-02 03:04 UTC').waitFor();
    await picture(exported.page, `exported-${name}`);
    assert.deepEqual([exported.asked, exported.wrong], [[], []]);
  });

labTest('an exported page: forms are switched, tables are filtered', async lab => {
  const exported = await Exported.open(lab.browser, page);
  const [first, second] = [0, 1].map(at => exported.page.getByRole('region', { name: 'eBPF run' }).nth(at));
  await first!.getByRole('button', { name: 'Text', exact: true }).click();
  await first!.getByText('[1]  3 |@@@@@@|').waitFor();
  await first!.getByRole('button', { name: 'Chart', exact: true }).click();
  await first!.locator('.chart svg').waitFor();
  const output = new Output(second!);
  await output.rows('/etc/passwd').first().waitFor();
  await second!.getByPlaceholder('Filter rows').fill('hosts');
  await output.rows('/etc/passwd').first().waitFor({ state: 'detached' });
  await output.rows('/etc/hosts').first().waitFor();
  assert.deepEqual([exported.asked, exported.wrong], [[], []]);
});

labTest('an exported page: charts are saved', async lab => {
  const exported = await Exported.open(lab.browser, page);
  const chart = exported.page.locator('.chart').first();
  await chart.locator('svg').first().waitFor();
  for (const as of ['SVG', 'PNG']) {
    await chart.hover();
    const [download] = await Promise.all([
      exported.page.waitForEvent('download'),
      chart.getByRole('button', { name: `Save as ${as}` }).click(),
    ]);
    assert.equal(download.suggestedFilename(), `ns.${as.toLowerCase()}`);
  }
  assert.deepEqual([exported.asked, exported.wrong], [[], []]);
});

labTest('an exported page on paper: all is drawn, in dark ink', async lab => {
  const exported = await Exported.open(lab.browser, page, { dark: true });
  await exported.page.locator('.chart svg').nth(1).waitFor();
  await exported.page.emulateMedia({ media: 'print' });
  const ink = (place: string) =>
    exported.page
      .locator(place)
      .last()
      .evaluate(node =>
        getComputedStyle(node).getPropertyValue(node instanceof SVGElement ? 'fill' : 'color'),
      );
  for (const place of ['.chart svg text', '.nb-markdown p', '.panel.table td'])
    await until(`dark ink of ${place}`, async () => (await ink(place)) === 'rgb(59, 59, 59)');
});
