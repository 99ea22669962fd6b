/** Outputs of live cells, whatever the window does meanwhile: saved, reloaded, split, scrolled, cut off, closed. */
import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { RUN_MIME } from '../../kernel/notebook/index.ts';
import type { RunSnapshot, TablePanel } from '../../kernel/protocol.ts';
import { opensOf } from './harness/cells.ts';
import { type CellText, notebookText, writeNotebook, writeSettings } from './harness/notebooks.ts';
import type { Output } from './harness/output.ts';
import { picture } from './harness/pictures.ts';
import { bpfObjectsOf, descendant, gone, LOADER } from './harness/processes.ts';
import { type Bench, benchTest } from './harness/test.ts';
import { until } from './harness/until.ts';

const REST_MS = 700;

/** Programs, maps and links of the cells that are live. */
async function objectsOf(bench: Bench) {
  const objects = bpfObjectsOf((await descendant(bench.server.pid, LOADER)).pid);
  assert.ok(objects.some(({ kind }) => kind === 'prog'));
  return objects;
}

/** What a notebook file holds of the run of a cell. */
function savedRun(path: string, cell: number): RunSnapshot {
  const { outputs } = JSON.parse(readFileSync(path, 'utf8')).cells[cell];
  return outputs[0].data[RUN_MIME];
}

const rowsOf = ({ panels }: RunSnapshot) => (panels[0] as TablePanel).total;

/** Waits for this many rows more than there are. */
const grows = async (output: Output, by: number) => output.hasRows((await output.rowCount()) + by);

/** Waits until nothing has changed for longer than any update takes. */
const rests = (output: Output) =>
  until('the output to rest', async () => {
    const before = await output.rowCount();
    await sleep(REST_MS);
    return (await output.rowCount()) === before;
  });

benchTest(
  'a live cell is saved as it stands, and after a reload it is stopped and shows that',
  async bench => {
    const notebook = await bench.open([opensOf(bench.opener().pid)]);
    const table = notebook.output('table');
    await notebook.run(0);
    await table.hasRows(20);
    const seen = await table.rowCount();
    const objects = await objectsOf(bench);
    await notebook.save();
    const saved = savedRun(notebook.path, 0);
    assert.equal(saved.phase, 'stream');
    assert.ok(rowsOf(saved) >= seen, `${rowsOf(saved)} rows of ${seen} that were on screen`);
    await notebook.executes(0, true);
    await grows(table, 50);
    const bytes = readFileSync(notebook.path);

    await notebook.page.reload();
    await gone(objects);
    await table.says('stopped');
    assert.equal(await table.rowCount(), rowsOf(saved));
    await notebook.executes(0, false);
    await notebook.page.locator('.tab.active:not(.dirty)').waitFor();
    await notebook.save();
    assert.deepEqual(readFileSync(notebook.path), bytes);
  },
);

benchTest('both editors of a split notebook are live; out of sight an output rests', async bench => {
  const filler: CellText[] = Array.from({ length: 6 }, (_, index) => [
    'markdown',
    `# ${index}\n${'\nline\n'.repeat(12)}`,
  ]);
  const notebook = await bench.open([opensOf(bench.opener().pid), ...filler]);
  await notebook.run(0);
  const table = notebook.output('table');
  await table.hasRows(10);

  // A notebook keeps its outputs in the page: what they say can be read, seen or not.
  await notebook.focus(0);
  await notebook.page.keyboard.press('Escape');
  await notebook.page.keyboard.press('Control+End');
  await rests(table);
  const resting = await table.rowCount();
  await notebook.page.keyboard.press('Control+Home');
  await until('the output to go on', async () => (await table.rowCount()) > resting + 20);

  await notebook.page.keyboard.press('Control+Backslash');
  for (const editor of [0, 1]) await grows(notebook.output('table', editor), 20);
  await picture(notebook.page, 'split');
});

benchTest(
  'autosave writes when a cell starts and when it ends; a closed notebook leaves nothing',
  async bench => {
    const path = writeNotebook(notebookText([opensOf(bench.opener().pid)]));
    writeSettings(path, { 'files.autoSave': 'afterDelay', 'files.autoSaveDelay': 100 });
    const notebook = await bench.openFile(path);
    const table = notebook.output('table');
    await notebook.run(0);
    await table.hasRows(20);
    await until('the start to be written', () => readFileSync(path, 'utf8').includes(RUN_MIME));
    const saved = notebook.page.locator('.tab.active:not(.dirty)');
    await saved.waitFor();
    const { mtimeMs } = statSync(path);
    await grows(table, 100);
    assert.equal(statSync(path).mtimeMs, mtimeMs);
    await notebook.stop(0);
    await until('the end to be written', () => readFileSync(path, 'utf8').includes('"phase": "ended"'));
    await saved.waitFor();

    await notebook.run(0);
    await table.says('stream');
    const objects = await objectsOf(bench);
    await saved.waitFor();
    await notebook.closeTab();
    await gone(objects);
  },
);

benchTest('the line to the server is cut and comes back: the cell goes on', async bench => {
  const path = writeNotebook(notebookText([opensOf(bench.opener().pid)]));
  const { wire, notebook } = await bench.openByWire(path);
  const table = notebook.output('table');
  await notebook.run(0);
  await table.hasRows(20);
  const objects = await objectsOf(bench);
  wire.cut();
  await rests(table);
  wire.mend();
  await grows(table, 50);
  await notebook.executes(0, true);
  assert.deepEqual(await objectsOf(bench), objects);
});
