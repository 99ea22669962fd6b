/** The form that an output is shown in, and the view of live cells. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { FrameLocator, Locator } from 'playwright-core';
import { OPENED, opensOf, openTimesOf } from './harness/cells.ts';
import type { NotebookPage } from './harness/notebook-page.ts';
import { picture } from './harness/pictures.ts';
import { benchTest } from './harness/test.ts';
import { until } from './harness/until.ts';

/** The outputs of one of the editors that show a notebook. */
const outputsOf = ({ page }: NotebookPage, editor: number): FrameLocator =>
  page.locator('iframe.webview.ready').nth(editor).contentFrame().frameLocator('#active-frame');

const choice = (outputs: FrameLocator, view: string): Locator =>
  outputs.getByRole('group', { name: 'Show the output as' }).first().getByRole('button', { name: view });

const chosenIn = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8')).cells[0].metadata.ebpfnb;

benchTest('the form of an output is chosen once for all editors, and kept in the file', async bench => {
  const { pid } = bench.opener();
  const notebook = await bench.open([opensOf(pid)]);
  const outputs = outputsOf(notebook, 0);
  await notebook.run(0);
  await notebook.output('table').rows(OPENED).first().waitFor();
  await choice(outputs, 'Text').click();
  await outputs.locator('.panel.text .lines', { hasText: OPENED }).waitFor();
  assert.equal(await outputs.locator('.panel.table').count(), 0);

  // The second editor shows it as it was chosen in the first, and the first follows the second.
  await notebook.focus(0);
  await notebook.page.keyboard.press('Control+\\');
  const beside = outputsOf(notebook, 1);
  await beside.locator('.panel.text .lines', { hasText: OPENED }).waitFor();
  await picture(notebook.page, 'view-text');
  await choice(beside, 'Table').click();
  await outputs.locator('.panel.table').waitFor();
  await choice(outputs, 'Text').click();
  await beside.locator('.panel.text .lines').waitFor();
  await notebook.page.locator('.notebookOverlay').nth(1).locator('.view-lines').click();
  await notebook.page.keyboard.press('Control+w');

  await notebook.stop(0);
  await notebook.executes(0, false);
  await notebook.save();
  assert.deepEqual(chosenIn(notebook.path), { view: 'text' });
  await notebook.close();

  const saved = readFileSync(notebook.path);
  const again = await bench.openFile(notebook.path);
  const reopened = outputsOf(again, 0);
  await reopened.locator('.panel.text .lines', { hasText: OPENED }).waitFor();
  await again.save();
  assert.deepEqual(readFileSync(notebook.path), saved);
  await choice(reopened, 'Table').press('Enter');
  await reopened.locator('.panel.table').waitFor();
  await again.focus(0);
  await again.save();
  assert.equal(chosenIn(notebook.path), undefined);
});

benchTest('live cells, what of them is in Linux, and stopping them', async bench => {
  const { pid } = bench.opener();
  const [language, source] = openTimesOf(pid);
  const notebook = await bench.open([[language, `//| name: open times\n${source}`]]);
  const { page } = notebook;
  const sidebar = page.locator('.part.sidebar');
  const row = (name: RegExp) => sidebar.getByRole('treeitem', { name }).first();
  await notebook.run(0);
  await notebook.bars('@open_ns').first().waitFor();

  const line = notebook.cell(0).locator('.cell-statusbar-container');
  await line.getByText(/% CPU$/).waitFor();
  await line.getByText('stream').click();
  await row(/^1: open times/).waitFor();
  await row(/^tracepoint:syscalls:sys_enter_openat/).waitFor();
  await row(/^Links/).waitFor();
  const badge = page.locator('.activitybar').getByRole('tab', { name: /eBPF/ }).locator('.badge-content');
  await until('the number of live cells', async () => (await badge.innerText()) === '1');
  await picture(page, 'tracing');

  await row(/^@start/).click();
  const contents = page.locator('iframe.webview.ready').last().contentFrame().frameLocator('#active-frame');
  await contents.getByText(/hash · .* of .*, as of/).waitFor();
  await contents.getByRole('button', { name: 'Refresh' }).click();
  await picture(page, 'tracing-map');

  await row(/^1: open times/).hover();
  await row(/^1: open times/)
    .getByRole('button', { name: 'Stop Cell' })
    .click();
  await sidebar.getByText('No cell is live.').waitFor();
  await badge.waitFor({ state: 'hidden' });
  await notebook.executes(0, false);
  // Of a run that is over, too.
  const outputs = outputsOf(notebook, 0);
  await choice(outputs, 'Text').click();
  await outputs.locator('.panel.text .lines', { hasText: '@open_ns:' }).waitFor();
});
