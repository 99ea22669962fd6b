/** The notebook of a user who is not root: asked whether the loader may be, and for a password where sudo wants one. */
import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import { OPENED, opensOf } from './harness/cells.ts';
import { notebookText, writeNotebook } from './harness/notebooks.ts';
import { picture } from './harness/pictures.ts';
import { descendant, KERNEL, LOADER } from './harness/processes.ts';
import { type Bench, benchTest } from './harness/test.ts';
import type { User } from './harness/users.ts';

/** A notebook of the user's own with one cell, run and allowed to start the loader. */
async function runAs(user: User, bench: Bench) {
  const path = writeNotebook(notebookText([opensOf(bench.opener().pid)]));
  user.own(dirname(path));
  const notebook = await bench.openFile(path);
  await notebook.run(0);
  await notebook.answer('Start as Root').waitFor();
  await picture(notebook.page, 'consent');
  await notebook.answer('Start as Root').click();
  return notebook;
}

async function assertOneIsRoot(user: User, bench: Bench) {
  assert.equal((await descendant(bench.server.pid, KERNEL)).uid, user.uid);
  assert.equal((await descendant(bench.server.pid, LOADER)).uid, 0);
}

benchTest(
  'a user with a sudo rule is asked once, and only the loader is root',
  async (bench, user) => {
    const notebook = await runAs(user!, bench);
    await notebook.output('table').rows(OPENED).first().waitFor();
    await assertOneIsRoot(user!, bench);
    await notebook.stop(0);
    await notebook.output('table').says('stopped');
    await notebook.run(0);
    await notebook.executes(0, true);
    await notebook.output('table').says('stream');
    await notebook.stop(0);
    await notebook.executes(0, false);
  },
  { name: 'ebpfnb-rule' },
);

benchTest(
  'a user whom sudo asks for a password gives it in a box',
  async (bench, user) => {
    const notebook = await runAs(user!, bench);
    const box = notebook.page.locator('.quick-input-widget input[type=password]');
    await box.waitFor();
    await picture(notebook.page, 'password');
    await box.fill(user!.password!);
    await box.press('Enter');
    await notebook.output('table').rows(OPENED).first().waitFor();
    await assertOneIsRoot(user!, bench);
    await notebook.stop(0);
    await notebook.output('table').says('stopped');
  },
  { name: 'ebpfnb-password', password: 'an ebb of packets' },
);

benchTest(
  'a user who says no is told what is missing',
  async (bench, user) => {
    const path = writeNotebook(notebookText([opensOf(bench.opener().pid)]));
    user!.own(dirname(path));
    const notebook = await bench.openFile(path);
    await notebook.run(0);
    await notebook.answer('Cancel').click();
    await notebook
      .output('problem')
      .problem(/needs root/)
      .waitFor();
    await notebook.executes(0, false);
  },
  { name: 'ebpfnb-refusing' },
);
