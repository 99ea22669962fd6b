/** The first tutorial as a newcomer takes it: read it, run all of it, stop what is live. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { inRoot } from '../../scripts/setup/folders.mjs';
import { writeNotebook } from './harness/notebooks.ts';
import { picture } from './harness/pictures.ts';
import { benchTest } from './harness/test.ts';

const NOTEBOOK: { cells: { id: string; outputs?: unknown[] }[] } = JSON.parse(
  readFileSync(inRoot('notebooks', '01-tracepoints.ebpfnb'), 'utf8'),
);
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
