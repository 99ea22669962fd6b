/**
 * Saves what the verifier of each kernel in a virtual machine says of the programs of test/host/fixtures/verifier, in
 * test/unit/golden/verifier/. As root, about two minutes a kernel; those named by the arguments, or all. This host's
 * own kernel is saved by UPDATE_GOLDEN=1 and test/host/verifier.test.ts alone.
 */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { inRoot } from './setup/folders.mjs';
import { step } from './setup/progress.mjs';
import { ensureVmKernels } from './setup/vm-kernels.mjs';
import { RESULTS, runInMachine } from './test/vm/machine.mjs';

/** ms; under emulation everything takes ten times as long. */
const LIMIT = 900_000;

const LOGS = 'test/unit/golden/verifier';

const named = process.argv.slice(2);
const kernels = await step('Getting kernels for virtual machines (once, 110 MB each)', ensureVmKernels);
for (const kernel of kernels.filter(({ name }) => named.length === 0 || named.includes(name))) {
  const test = 'UPDATE_GOLDEN=1 "$0" --import tsx --test --test-reporter spec test/host/verifier.test.ts';
  const { results, problem } = await runInMachine(kernel, {
    // A program that this kernel explains in a way of its own fails its test, and is what is wanted.
    command: ['sh', '-c', `${test}; cp -r ${LOGS}/${kernel.name} ${RESULTS}/`, process.execPath],
    limit: LIMIT,
    onLine: line => console.log(line),
  });
  if (problem) throw new Error(`Linux ${kernel.name}: ${problem}`);
  cpSync(join(results, kernel.name), inRoot(LOGS, kernel.name), { recursive: true });
}
