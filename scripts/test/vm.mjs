/** The layer of tests that runs on other kernels, each in a virtual machine, one after another. */
import { join } from 'node:path';
import { inRoot } from '../setup/folders.mjs';
import { step } from '../setup/progress.mjs';
import { ensureVmKernels } from '../setup/vm-kernels.mjs';
import { readResults, testFiles } from './node-test.mjs';
import { RESULTS, runInMachine } from './vm/machine.mjs';

/**
 * Of the tests of this host, those that another kernel may answer differently: how programs attach and detach. All of
 * them would take half an hour under emulation, and those that measure times would fail.
 */
const HOST_FILES = ['test/host/native-attach.test.ts'];

/** What a machine may take as a whole, ms. */
const LIMIT = 400_000;

/** Names of tests get the kernel's in front. @returns {Promise<import('./node-test.mjs').Result[]>} */
export async function runVmTests() {
  if (process.arch !== 'x64')
    return skipped('the virtual machines are x86-64, and run the programs of this host');
  let kernels;
  try {
    kernels = await step('Getting kernels for virtual machines (once, 110 MB each)', ensureVmKernels);
  } catch (error) {
    return skipped(`no kernel for a virtual machine: ${error.message.split('\n')[0]}`);
  }
  const all = [];
  for (const kernel of kernels) {
    const results = await runOn(kernel);
    all.push(...results.map(result => ({ ...result, name: `Linux ${kernel.name}: ${result.name}` })));
  }
  return all;
}

const skipped = reason => [{ name: 'vm', outcome: 'skipped', reason }];

async function runOn(kernel) {
  console.log(`\nLinux ${kernel.name}`);
  const record = 'tests.ndjson';
  const { results, problem } = await runInMachine(kernel, {
    command: [
      process.execPath,
      inRoot('scripts/test/vm/inside.mjs'),
      `${RESULTS}/${record}`,
      ...testFiles('vm'),
      ...HOST_FILES,
    ],
    limit: LIMIT,
    onLine: line => console.log(line),
  });
  const ended = {
    name: 'the machine boots and ends',
    outcome: problem ? 'failed' : 'passed',
    reason: problem,
  };
  return [...readResults(join(results, record)), ended];
}
