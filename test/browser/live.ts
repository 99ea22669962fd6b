/** The notebook at work: cells that run side by side, are restarted in place, stopped, saved and reopened. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { OPENED, opensOf, openTimesOf } from './harness/cells.ts';
import type { NotebookPage } from './harness/notebook-page.ts';
import type { CellText } from './harness/notebooks.ts';
import type { Output } from './harness/output.ts';
import { picture } from './harness/pictures.ts';
import { benchTest } from './harness/test.ts';
import { until } from './harness/until.ts';

benchTest('cells run live side by side, restart in place, stop, and are saved', async bench => {
  const { pid } = bench.opener();
  const cells: CellText[] = [
    ['markdown', '## What does it open, and how long does that take?'],
    opensOf(pid),
    openTimesOf(pid),
  ];
  const notebook = await bench.open(cells, 'first-light.ebpfnb');
  const table = notebook.output('table');
  const chart = notebook.output('chart');

  await notebook.run(1);
  await table.rows(OPENED).first().waitFor();
  const early = await table.rowCount();
  await table.hasRows(early + 20);

  await notebook.run(2);
  await notebook.bars('@open_ns').first().waitFor();
  await notebook.executes(1, true);
  await table.hasRows((await table.rowCount()) + 50);
  await picture(notebook.page, 'first-light');

  const before = await table.rowCount();
  await notebook.cellAction(1, /^Restart Cell/);
  await until('the table to start afresh', async () => (await table.rowCount()) < before);
  await table.hasRows(10);
  await notebook.executes(2, true);

  await notebook.stop(1);
  await table.says('stopped');
  await rowsAreCopied(notebook, table);
  await notebook.stop(2);
  await chart.says('stopped');
  await notebook.executes(1, false);
  const [rows, bars] = [await table.rowCount(), await notebook.bars('@open_ns').count()];
  await notebook.save();
  await notebook.close();

  const written = JSON.parse(readFileSync(notebook.path, 'utf8')).cells;
  const mimes = (index: number) => Object.keys(written[index].outputs[0].data);
  for (const index of [1, 2]) assert.ok(mimes(index).includes('text/plain'), `text in ${mimes(index)}`);
  assert.ok(
    mimes(2).some(mime => mime.includes('vegalite')),
    `a chart in ${mimes(2)}`,
  );

  const saved = readFileSync(notebook.path);
  const again = await bench.openFile(notebook.path);
  await again.output('table').rows(OPENED).first().waitFor();
  await again.output('table').says('stopped');
  assert.equal(await again.output('table').rowCount(), rows);
  await again.bars('@open_ns').first().waitFor();
  assert.equal(await again.bars('@open_ns').count(), bars);
  await again.save();
  assert.deepEqual(readFileSync(notebook.path), saved);

  await again.output('chart').root.getByRole('button', { name: 'Save as SVG' }).press('Enter');
  await again.page.locator('.quick-input-widget input').waitFor();
  await again.page.keyboard.press('Enter');
  const saving = join(dirname(notebook.path), 'open_ns.svg');
  await until('the chart to be saved', () => existsSync(saving));
});

/** Keys and the clipboard pass through the workbench, which has keys of its own. */
async function rowsAreCopied({ page }: NotebookPage, { root }: Output): Promise<void> {
  await root.locator('tbody.body td').first().click();
  await page.keyboard.press('Shift+ArrowDown');
  await root.getByText('2 selected').waitFor();
  await page.keyboard.press('Control+c');
  const clipboard = () => page.evaluate<string>('navigator.clipboard.readText()');
  await until('two rows and their headings', async () => (await clipboard()).split('\r\n').length === 4);
}
