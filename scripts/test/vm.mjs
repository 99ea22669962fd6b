/** The layer of tests that runs on other kernels, each in a virtual machine. */
import { rmSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { run } from '../setup/command.mjs';
import { inBuild, inRoot, ROOT } from '../setup/folders.mjs';
import { step } from '../setup/progress.mjs';
import { ensureVmKernels } from '../setup/vm-kernels.mjs';
import { readResults, testFiles } from './node-test.mjs';
import { bundleTests, sourceOf } from './vm/bundle.mjs';
import { RESULTS, runInMachine } from './vm/machine.mjs';
import { matrixText, readMatrix } from './vm/matrix.mjs';
import { buildTools } from './vm/tools.mjs';

/**
 * Of the tests of this host, those that another kernel may answer differently: how programs attach and detach. All of
 * them would take half an hour under emulation, and those that measure times would fail.
 */
const HOST_FILES = ['test/host/native-attach.test.ts'];

/**
 * Of the cases of the language, those that this host may have to skip, and the tutorial whose probes it may lack: each
 * starts programs, which takes long, and one kernel that has all is enough.
 */
const CASES = 'test/conformance/language.test.ts';
const ONCE = { kernel: '6.12', files: [CASES, 'test/host/tutorial-kprobes.test.ts'] };

const MATRIX = 'test/vm/matrix.test.ts';

/** What a machine may take as a whole, ms: a tenth of it where nothing else runs. */
const LIMIT = 1_500_000;

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
  // Tests that find none say so.
  await step('Building tools for virtual machines', buildTools).catch(error => console.log(error.message));
  const matrices = new Map();
  // All are made before a machine reads the first.
  const files = [];
  for (const kernel of kernels) files.push(await filesOf(kernel));
  const machines = kernels.map((kernel, index) => runOn(kernel, files[index]));
  for (const { kernel, results, matrix } of await Promise.all(machines)) {
    const name = `Linux ${kernel.name}`;
    all.push(
      ...results.map(result => ({
        ...result,
        name: `${name}: ${result.name}`,
        suite: suiteOf(name, result),
      })),
    );
    matrices.set(name, matrix);
  }
  if (process.getuid() === 0) matrices.set(`this host, ${release()}`, await tryHere());
  console.log(`\n${matrixText(matrices)}`);
  return all;
}

/** By the file as it is in test/. */
const named = ({ file, ...result }) => ({ ...(file ? { file: sourceOf(file) } : {}), ...result });

/** Cases are told by their suites, all else by the kernel. */
const suiteOf = (kernel, { file, name }) => (file === CASES ? `${kernel}: ${name.split(': ')[0]}` : kernel);

/** The matrix of this host's own kernel, to compare with: what it lacks is no failure of these tests. */
async function tryHere() {
  const file = inBuild('vm', 'host-matrix.ndjson');
  rmSync(file, { force: true });
  const test = [process.execPath, '--import', 'tsx', '--test', inRoot(MATRIX)];
  await run(test, { cwd: ROOT, env: { ...process.env, EBPFNB_MATRIX: file } }).catch(() => {});
  return readMatrix(file);
}

const skipped = reason => [{ name: 'vm', outcome: 'skipped', reason }];

/** The files that a kernel is given, as the machine reads them. */
const filesOf = ({ name }) =>
  bundleTests([...(name === ONCE.kernel ? ONCE.files : []), ...testFiles('vm'), ...HOST_FILES]);

/** Machines run side by side, each on one processor of this host: what one says is shown when it has ended. */
async function runOn(kernel, files) {
  const lines = [];
  const { results, problem } = await runInMachine(kernel, {
    command: [
      process.execPath,
      inRoot('scripts/test/vm/inside.mjs'),
      `${RESULTS}/tests.ndjson`,
      `${RESULTS}/matrix.ndjson`,
      ...files,
    ],
    limit: LIMIT,
    onLine: line => lines.push(line),
  });
  console.log([`\nLinux ${kernel.name}`, ...lines].join('\n'));
  const ended = {
    name: 'the machine boots and ends',
    outcome: problem ? 'failed' : 'passed',
    reason: problem,
  };
  return {
    kernel,
    results: [...readResults(join(results, 'tests.ndjson')).map(named), ended],
    matrix: readMatrix(join(results, 'matrix.ndjson')),
  };
}
