/** The tutorials as a newcomer takes them: one is run from top to bottom, another is read as it was saved. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { inRoot } from '../../scripts/setup/folders.mjs';
import { writeNotebook } from './harness/notebooks.ts';
import { picture } from './harness/pictures.ts';
import { benchTest } from './harness/test.ts';

interface Saved {
  cells: { id: string; outputs?: unknown[] }[];
}
const saved = (name: string): Saved => JSON.parse(readFileSync(inRoot('notebooks', name), 'utf8'));

const NOTEBOOK = saved('01-tracepoints.ebpfnb');
const CELLS = NOTEBOOK.cells;
// The outputs it was saved with must not pass for new ones.
for (const cell of CELLS) if (cell.outputs) cell.outputs = [];
const TUTORIAL = JSON.stringify(NOTEBOOK);
const cell = (id: string) => CELLS.findIndex(cell => cell.id === id);

/** All of it at once, as only what is in view is in the page. */
const TALL = { width: 1280, height: 8000 };
const SCREEN = { width: 1280, height: 1000 };

benchTest(
  'the first tutorial runs from top to bottom, and its live cell until it is stopped',
  async bench => {
    const notebook = await bench.openFile(writeNotebook(TUTORIAL, '01-tracepoints.ebpfnb'));
    await picture(notebook.page, 'tutorial-opened');
    await notebook.page.setViewportSize(TALL);
    await notebook.toolbar('Run All').click();
    await notebook.executes(cell('live-opens'), true);
    await notebook.hasRun(cell('workload-demo'));
    await notebook.hasRun(cell('latency-read'));
    await notebook.executes(cell('live-opens'), true);
    await notebook.bars('@read_ns').first().waitFor();
    await notebook.toolbar('Stop All').click();
    await notebook.executes(cell('live-opens'), false);
    assert.equal(await notebook.problems(/./).count(), 0);
    await notebook.focus(cell('latency-read'));
    await notebook.page.setViewportSize(SCREEN);
    // Leaves the editor and goes one cell on and back, which brings the cell into view.
    for (const key of ['Escape', 'ArrowDown', 'ArrowUp']) await notebook.page.keyboard.press(key);
    await notebook.cell(cell('latency-read')).locator('.view-lines').waitFor();
    await picture(notebook.page, 'tutorial');
  },
);

benchTest('a tutorial is read without being run: it was saved with its outputs', async bench => {
  const { cells, ...rest } = saved('04-uprobes.ebpfnb');
  const some = cells.filter(({ id }) => ['leak', 'leak-find'].includes(id));
  const text = JSON.stringify({ ...rest, cells: some });
  const notebook = await bench.openFile(writeNotebook(text, '04-uprobes.ebpfnb'));
  await notebook.page.setViewportSize(SCREEN);
  await notebook.rows('label').waitFor();
  await picture(notebook.page, 'uprobes');
});
