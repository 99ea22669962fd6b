/** BPF C cells: their variables and parameters, and the header cells that they include. */

import type { NotebookPage } from './harness/notebook-page.ts';
import type { CellText } from './harness/notebooks.ts';
import { picture } from './harness/pictures.ts';
import { benchTest } from './harness/test.ts';

const HEADER: CellText = ['bpf-c', '//| file: limits.h\n#define FIRST_STEP 1'];

const counting = (pid: number): CellText => [
  'bpf-c',
  `#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "limits.h"

const volatile int gain = 1;
unsigned long hits;
int step = FIRST_STEP;

SEC("tp/syscalls/sys_enter_openat")
int count(void *ctx)
{
	if (bpf_get_current_pid_tgid() >> 32 == ${pid})
		hits += step * gain;
	return 0;
}
char LICENSE[] SEC("license") = "GPL";`,
];

/** Chooses in a list, or types into a box, that VS Code opens at the top. */
async function answer(notebook: NotebookPage, title: string, text: string): Promise<void> {
  const box = notebook.page.locator('.quick-input-widget', { hasText: title });
  await box.locator('input:visible').first().fill(text);
  const rows = box.locator('.monaco-list-row');
  if (await rows.first().isVisible()) await rows.filter({ hasText: text }).first().click();
  else await notebook.page.keyboard.press('Enter');
}

benchTest('a C cell: variables are watched and set, parameters given, its header edited', async bench => {
  const { pid } = bench.opener();
  const notebook = await bench.open([HEADER, counting(pid), ['bpftrace', 'begin { @x = 1; }']]);
  const stale = (index: number) =>
    notebook.cell(index).locator('.cell-statusbar-container', { hasText: 'limits.h has changed' });
  await notebook.run(2);
  await notebook.hasRun(2);
  await notebook.run(1);
  await notebook.rows('hits').waitFor();

  await notebook.cellAction(1, /^Set Variable/);
  await answer(notebook, 'Set Variable', 'step');
  await answer(notebook, 'step (int)', '1000');
  await notebook.rows('step').filter({ hasText: '1000' }).waitFor();
  await picture(notebook.page, 'variables');

  await notebook.focus(0);
  await notebook.page.keyboard.press('Control+End');
  await notebook.page.keyboard.type('0');
  await stale(1).waitFor();
  if (await stale(2).isVisible()) throw new Error('a cell that includes nothing is stale');
  await picture(notebook.page, 'stale');

  await notebook.cellAction(1, /^Set Parameters/);
  await answer(notebook, 'Set Parameters', 'gain');
  await answer(notebook, 'gain (int)', '7');
  await notebook.cell(1).locator('.view-line', { hasText: 'params: gain=7' }).waitFor();
  await answer(notebook, 'Set Parameters', 'Run the cell');
  await stale(1).waitFor({ state: 'detached' });
  await notebook.rows('step').filter({ hasText: '10' }).waitFor();

  await notebook.focus(0);
  await notebook.page.keyboard.press('Control+End');
  await notebook.page.keyboard.type('\nint 1;');
  await notebook.cellAction(1, /^Restart Cell/);
  for (const cell of [0, 1]) await notebook.cell(cell).locator('.squiggly-error').first().waitFor();
});
