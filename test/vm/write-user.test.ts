/** A cell that may write into the memory of processes, where Linux lets programs do that. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { skip, TestKernel, textOf } from '../host/kernel-helpers.ts';

const tests = new TestKernel();
after(() => tests.kernel.close());

test('a cell that says unsafe: write_user writes', { skip }, async () => {
  const snapshot = await tests.run(`//| unsafe: write_user
//| workload: cat /nowhere/at/all
tracepoint:syscalls:sys_enter_openat /pid == cpid && str(args.filename) == "/nowhere/at/all"/
{
  print(write_user(args.filename, "/NOW", 4));
}`);
  const lines = textOf(snapshot);
  assert.ok(lines.includes('true') || lines.includes('1'), JSON.stringify([lines, snapshot.diagnostics]));
  assert.match(lines.join('\n'), /cat: \/NOWhere\/at\/all: No such file/);
});
