/** A virtual machine under software emulation: another kernel, with this machine's files. */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { run } from '../../setup/command.mjs';
import { inBuild, inRoot, ROOT } from '../../setup/folders.mjs';

/** Inside a machine: a folder of the host's. */
export const RESULTS = '/results';

const BUSYBOX = '/bin/busybox';
/** Stands on the console between what firmware and kernel say and what the command does. */
const UP = 'ebpfnb: the machine is up';

const PARAMETERS = [
  'console=ttyS0 quiet loglevel=1 log_buf_len=4M',
  // A panic ends the machine.
  'panic=-1',
  // Measures against other users of the processor would only cost time here.
  'mitigations=off',
  // What a processor's own clock is measured against runs on while the processor waits for a real one.
  'clocksource=hpet tsc=unstable',
  // Nor is it stuck then.
  'nowatchdog rcupdate.rcu_cpu_stall_timeout=300',
  // Nor is its timer broken ("IO-APIC + timer doesn't work!") when no tick came in the 40 ms that Linux waits for one.
  'no_timer_check',
];

/**
 * Boots a kernel, runs a command in this project's folder as root, and ends. Changes that the command makes to files
 * are gone with the machine, but for those in {@link RESULTS}.
 * @param {import('../../setup/vm-kernels.mjs').VmKernel} kernel
 * @param {{command: string[], limit: number, onLine: (line: string) => void}} options `limit`: ms the machine may
 * run; `onLine` gets what the command writes
 * @returns {Promise<{results: string, problem?: string}>} the folder that was {@link RESULTS}, and why the command
 * did not end well
 */
export async function runInMachine(kernel, { command, limit, onLine }) {
  const results = inBuild('vm', `${kernel.name}-results`);
  rmSync(results, { recursive: true, force: true });
  mkdirSync(results, { recursive: true });
  writeFileSync(join(results, 'command'), script(command));
  // Threads of one machine's processors see each other's patches of code late, which Linux does not survive.
  const machine = spawn('qemu-system-x86_64', [
    ...['-accel', 'tcg,thread=single', '-cpu', 'max', '-smp', '2', '-m', '3G'],
    ...['-nodefaults', '-nographic', '-no-reboot', '-serial', 'stdio'],
    ...['-kernel', kernel.image, '-initrd', await initramfs(kernel), '-append', PARAMETERS.join(' ')],
    ...['-virtfs', 'local,path=/,mount_tag=root,security_model=none,readonly=on,multidevs=remap'],
    ...['-virtfs', `local,path=${results},mount_tag=results,security_model=none`],
    ...['-device', 'virtio-rng-pci'],
  ]);
  const stop = () => machine.kill('SIGKILL');
  process.once('exit', stop);
  const booting = [];
  let up = false;
  const read = line => {
    if (up) onLine(line);
    else if (line.endsWith(UP)) up = true;
    else booting.push(line);
  };
  createInterface({ input: machine.stdout }).on('line', read);
  createInterface({ input: machine.stderr }).on('line', read);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    stop();
  }, limit);
  await new Promise((resolve, reject) => machine.on('error', reject).on('close', resolve));
  clearTimeout(timer);
  process.off('exit', stop);
  if (!up) return { results, problem: `it did not boot:\n${booting.slice(-LINES_SHOWN).join('\n')}` };
  if (late) return { results, problem: `it did not end within ${limit / 1000} s` };
  const status = join(results, 'status');
  const code = existsSync(status) ? readFileSync(status, 'utf8').trim() : 'none';
  return code === '0' ? { results } : { results, problem: `its command ended with code ${code}` };
}

const LINES_SHOWN = 30;

const quoted = word => `'${word.replaceAll("'", `'\\''`)}'`;

/** What the first process goes on with: when it ends, so does the machine. A serial line knows no colours. */
const script = command => `export PATH=${quoted(process.env.PATH)} HOME=/root LANG=C.UTF-8 TERM=dumb
cd ${quoted(ROOT)}
echo '${UP}'
${command.map(quoted).join(' ')}
echo $? > ${RESULTS}/status
${BUSYBOX} poweroff -f
`;

/** Made anew each time: that takes no longer than looking whether something changed. */
async function initramfs(kernel) {
  const folder = join(kernel.folder, 'initramfs');
  rmSync(folder, { recursive: true, force: true });
  for (const name of ['bin', 'modules']) mkdirSync(join(folder, name), { recursive: true });
  cpSync(BUSYBOX, join(folder, 'bin/busybox'));
  cpSync(inRoot('scripts/test/vm/init.sh'), join(folder, 'init'));
  for (const [index, path] of kernel.modules.entries())
    cpSync(path, join(folder, 'modules', `${String(index).padStart(2, '0')}-${basename(path)}`));
  const file = `${folder}.cpio`;
  await run([
    'sh',
    '-c',
    `cd "$0" && chmod +x init && find . | ${BUSYBOX} cpio -o -H newc > "$1"`,
    folder,
    file,
  ]);
  return file;
}
