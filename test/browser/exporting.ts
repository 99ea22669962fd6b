/** A notebook exported from its editor, as it is on screen. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { OPENED, opensOf } from './harness/cells.ts';
import { Exported } from './harness/exported.ts';
import { Output } from './harness/output.ts';
import { picture } from './harness/pictures.ts';
import { benchTest } from './harness/test.ts';
import { until } from './harness/until.ts';

benchTest('a live cell is exported with what it has shown so far', async bench => {
  const { pid } = bench.opener();
  const notebook = await bench.open([['markdown', '# Opened'], opensOf(pid)], 'export.ebpfnb');
  await notebook.run(1);
  await notebook.output('table').hasRows(5);
  await notebook.toolbar('More Actions...').click();
  const { page } = notebook;
  await page.getByRole('menuitem', { name: 'Export', exact: true }).click();
  // Menus take no click just after they have opened.
  const dialog = page.locator('.quick-input-widget').getByRole('textbox');
  await until('the question where to put it', async () => {
    const choice = page.getByRole('menuitem', { name: 'Export as HTML…' });
    if (await choice.isVisible()) await choice.click();
    return dialog.isVisible();
  });
  await picture(page, 'export');
  const target = notebook.path.replace(/ebpfnb$/, 'html');
  await until('the name of the file', async () => (await dialog.inputValue()) === target);
  await page.keyboard.press('Enter');
  await page.getByText('Exported to export.html.').first().waitFor();
  await until('the page', () => existsSync(target));
  await notebook.executes(1, true);

  const exported = await Exported.open(bench.browser, readFileSync(target, 'utf8'));
  await exported.page.getByRole('heading', { name: 'Opened' }).waitFor();
  const output = new Output(exported.page.getByRole('region', { name: 'eBPF run' }));
  await output.rows(OPENED).first().waitFor();
  await output.says('stopped');
  await picture(exported.page, 'exported');
  assert.deepEqual([exported.asked, exported.wrong], [[], []]);
});
