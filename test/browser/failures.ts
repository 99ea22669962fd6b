/** What goes wrong, and what the notebook then says: processes that die, files and programs that are not right. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { inRoot } from '../../scripts/setup/folders.mjs';
import { OPENED, opensOf, openTimesOf } from './harness/cells.ts';
import { writeNotebook } from './harness/notebooks.ts';
import { picture } from './harness/pictures.ts';
import { bpfObjectsOf, descendant, EXTENSION_HOST, gone, KERNEL, LOADER } from './harness/processes.ts';
import { type Bench, benchTest } from './harness/test.ts';
import { until } from './harness/until.ts';

const NO_NULL_CHECK = inRoot('test/host/fixtures/verifier/null-check.bpf.c');

/** Two live cells, and the BPF objects behind them. */
async function live(bench: Bench) {
  const { pid } = bench.opener();
  const notebook = await bench.open([opensOf(pid), openTimesOf(pid)]);
  await notebook.run(0);
  await notebook.output('table').rows(OPENED).first().waitFor();
  await notebook.run(1);
  await notebook.bars('@open_ns').first().waitFor();
  const objects = bpfObjectsOf((await descendant(bench.server.pid, LOADER)).pid);
  assert.ok(objects.some(object => object.kind === 'prog'));
  return { notebook, objects };
}

const VICTIMS = [
  { name: 'kernel', command: KERNEL, says: /kernel ended unexpectedly/ },
  { name: 'loader', command: LOADER, says: /loader ended unexpectedly/ },
];

for (const { name, command, says } of VICTIMS) {
  benchTest(
    `the ${name} is killed: nothing is left, the notebook says so and offers Restart`,
    async bench => {
      const { notebook, objects } = await live(bench);
      process.kill((await descendant(bench.server.pid, command)).pid, 'SIGKILL');
      await gone(objects);
      const problems = notebook.problems(says);
      await problems.nth(1).waitFor();
      await picture(notebook.page, `${name}-killed`);
      for (const left of [1, 0]) {
        await problems.first().getByRole('button', { name: 'Restart' }).click();
        await until(`${left} problems`, async () => (await problems.count()) === left);
      }
      await notebook.bars('@open_ns').first().waitFor();
      await notebook.scrollToTop();
      await notebook.output('table').hasRows(5);
    },
  );
}

benchTest('the extension host is killed: nothing is left', async bench => {
  const { notebook, objects } = await live(bench);
  process.kill((await descendant(bench.server.pid, EXTENSION_HOST)).pid, 'SIGKILL');
  await gone(objects);
  await notebook.executes(0, false);
});

benchTest('the window is closed: nothing is left', async bench => {
  const { notebook, objects } = await live(bench);
  await notebook.close();
  await gone(objects);
});

benchTest('a malformed notebook refuses to open, and stays as it is', async bench => {
  const text = '{ "cells": [ { "cell_type": "code", "source": ';
  const path = writeNotebook(text, 'broken.ebpfnb');
  const page = await bench.openWindow(path);
  await page.locator('.notifications-toasts', { hasText: /This file is not a notebook: line 1/ }).waitFor();
  await page.locator('.monaco-editor-pane-placeholder').waitFor();
  await picture(page, 'malformed');
  assert.equal(readFileSync(path, 'utf8'), text);
});

benchTest('a syntax error shows on its line', async bench => {
  const notebook = await bench.open([['bpftrace', 'BEGIN\n{\n  printf("half\n}']]);
  await notebook.run(0);
  await notebook
    .output('problem')
    .problem(/line 3/)
    .waitFor();
  await notebook.cell(0).locator('.squiggly-error').first().waitFor();
  await notebook.executes(0, false);
  await picture(notebook.page, 'syntax-error');
});

benchTest('a program that the verifier refuses is explained at its line', async bench => {
  const notebook = await bench.open([['bpf-c', readFileSync(NO_NULL_CHECK, 'utf8')]]);
  await notebook.run(0);
  const problem = notebook.problems(/may be NULL here, and is used without a check/);
  for (const part of [/load, line 19/, /R0: a pointer to a value/, /line 17: here/, /if \(!value\) return 0/])
    await problem.filter({ hasText: part }).waitFor();
  await problem.getByText('Show verifier log').click();
  await problem.getByText('R0 invalid mem access').last().waitFor();
  await picture(notebook.page, 'verifier-log');
  await notebook.cell(0).locator('.squiggly-error').first().waitFor();
  await problem.getByText('Show verifier log').click();
  await notebook.focus(0);
  await picture(notebook.page, 'verifier');
});
