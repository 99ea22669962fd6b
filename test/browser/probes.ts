/** The view of probes: searching, reading and inserting them. */
import type { Locator } from 'playwright-core';
import type { NotebookPage } from './harness/notebook-page.ts';
import { picture } from './harness/pictures.ts';
import { benchTest } from './harness/test.ts';
import { until } from './harness/until.ts';

const OPENAT = 'sys_enter_openat';

const row = ({ page }: NotebookPage, label: string | RegExp): Locator =>
  page.locator('.part.sidebar .monaco-list-row', { hasText: label }).first();

async function openView({ page }: NotebookPage): Promise<void> {
  await page.locator('.activitybar').getByRole('tab', { name: 'eBPF' }).click();
  await page
    .locator('.part.sidebar')
    .getByRole('treeitem', { name: /Tracepoints/ })
    .waitFor();
}

async function search({ page }: NotebookPage, text: string): Promise<void> {
  // One of two views in the side bar: its buttons show under the mouse.
  await page.locator('.part.sidebar .pane-header', { hasText: 'Probes' }).hover();
  await page.locator('.part.sidebar').getByRole('toolbar').getByLabel('Search Probes').first().click();
  const box = page.locator('.quick-input-widget input');
  await box.fill(text);
  await box.press('Enter');
}

/** The lines of a cell on screen. */
async function textOf(notebook: NotebookPage, index: number): Promise<string> {
  const texts = await notebook.cell(index).locator('.view-lines .view-line').allInnerTexts();
  return texts.map(text => text.replaceAll('\u00a0', ' ').trimEnd()).join('\n');
}

benchTest('a probe is searched, explained and put into a cell', async bench => {
  const notebook = await bench.open([['bpftrace', 'begin { }']]);
  await notebook.focus(0);
  await openView(notebook);
  await picture(notebook.page, 'probes');
  await search(notebook, 'enter_openat');
  const found = row(notebook, new RegExp(`^${OPENAT}$`));
  await found.waitFor();
  await found.click();
  await until('the cell', async () =>
    (await textOf(notebook, 0)).startsWith(`begin { }\n\ntracepoint:syscalls:${OPENAT}\n{\n  printf(`),
  );
  await picture(notebook.page, 'probe-inserted');
  // Hovers wait too long in tests: a key shows that of the chosen row.
  await notebook.page.keyboard.press('Control+k');
  await notebook.page.keyboard.press('Control+i');
  await notebook.page.locator('.monaco-hover', { hasText: 'const char * filename' }).first().waitFor();
  await picture(notebook.page, 'probe-explained');
});

benchTest('the functions of a program', async bench => {
  const notebook = await bench.open([['shellscript', 'true']]);
  await notebook.focus(0);
  await openView(notebook);
  await search(notebook, 'malloc_us');
  await row(notebook, /^malloc_usable_size/).click();
  // A cell that is no program keeps what it has.
  await until('a cell', async () => (await textOf(notebook, 1)).startsWith('uprobe:libc:malloc_usable_size'));
  await picture(notebook.page, 'probes-of-library');
});
