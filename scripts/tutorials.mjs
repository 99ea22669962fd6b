/**
 * Runs tutorials and saves them with what they showed: those named by the arguments (`03-kprobes`), or all. As root.
 * One needs kprobes, and is run in a virtual machine that has them.
 */
import { copyFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './setup/command.mjs';
import { inRoot, ROOT } from './setup/folders.mjs';
import { step } from './setup/progress.mjs';
import { ensureVmKernels } from './setup/vm-kernels.mjs';
import { RESULTS, runInMachine } from './test/vm/machine.mjs';

const IN_MACHINE = { '03-kprobes': '6.12' };

/** ms; under emulation everything takes ten times as long. */
const LIMIT = 600_000;

const all = readdirSync(inRoot('notebooks'))
  .filter(name => name.endsWith('.ebpfnb'))
  .map(name => name.slice(0, -'.ebpfnb'.length));
const named = process.argv.slice(2);
for (const name of named.length > 0 ? named : all) {
  const file = inRoot('notebooks', `${name}.ebpfnb`);
  const save = output => [process.execPath, inRoot('dist/ebpfnb.mjs'), 'run', file, '--output', output];
  await step(name, log =>
    IN_MACHINE[name]
      ? inMachine(IN_MACHINE[name], save, file, log)
      : run(save(file), { cwd: ROOT, onLine: log }),
  );
}

async function inMachine(name, save, file, log) {
  const kernel = (await ensureVmKernels(log)).find(kernel => kernel.name === name);
  const output = 'saved.ebpfnb';
  const { results, problem } = await runInMachine(kernel, {
    command: save(`${RESULTS}/${output}`),
    limit: LIMIT,
    onLine: log,
  });
  if (problem) throw new Error(problem);
  copyFileSync(join(results, output), file);
}
