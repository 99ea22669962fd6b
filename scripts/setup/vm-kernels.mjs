/**
 * Debian's kernels for the tests in virtual machines: an image and the modules it needs to reach this machine's
 * files. They stay in .build/vm/ between runs; deleting that folder brings the newest ones.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ownApt } from './apt.mjs';
import { output, run } from './command.mjs';
import { inBuild } from './folders.mjs';
import { unlessStamped } from './stamp.mjs';

/** One row a kernel: what it is called, and the release of Debian that it belongs to. */
const KERNELS = [
  { name: '6.1', suite: 'bookworm' },
  { name: '6.12', suite: 'trixie' },
];

/** For a root over 9p under an overlay; what is compiled into the kernel has no file and needs none. */
const MODULES = ['virtio_pci', '9pnet_virtio', '9p', 'overlay'];

/** @typedef {{name: string, folder: string, image: string, modules: string[]}} VmKernel `modules` in the order of loading */

/**
 * Kernels that are missing are downloaded (110 MB each) with apt.
 * @param {(line: string) => void} log
 * @returns {Promise<VmKernel[]>}
 */
export async function ensureVmKernels(log) {
  const kernels = [];
  for (const { name, suite } of KERNELS) {
    const folder = inBuild('vm', name);
    await unlessStamped(join(folder, 'made'), `${suite} ${MODULES}`, async () => {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      await unpack(await download(suite, folder, log), folder, log);
    });
    const modules = readFileSync(join(folder, 'modules'), 'utf8').split('\n').filter(Boolean);
    kernels.push({
      name,
      folder,
      image: join(folder, 'vmlinuz'),
      modules: modules.map(file => join(folder, file)),
    });
  }
  return kernels;
}

/** The path of the newest kernel's package. */
async function download(suite, folder, log) {
  const options = ownApt(join(folder, 'apt'), { kind: 'deb', suite });
  await run(['apt-get', ...options, 'update'], { onLine: log });
  const depends = output(['apt-cache', ...options, 'depends', 'linux-image-amd64']);
  const image = /Depends: (linux-image-\S+)/.exec(depends)?.[1];
  if (!image) throw new Error(`Debian ${suite} has no kernel for this processor`);
  await run(['apt-get', ...options, 'download', image], { cwd: folder, onLine: log });
  return join(
    folder,
    readdirSync(folder).find(name => name.endsWith('.deb')),
  );
}

/** Keeps of a package the image and the modules wanted. */
async function unpack(archive, folder, log) {
  const whole = join(folder, 'package');
  await run(['dpkg-deb', '--extract', archive, whole], { onLine: log });
  const files = readdirSync(whole, { recursive: true, encoding: 'utf8' });
  const image = files.find(name => basename(name).startsWith('vmlinuz-'));
  cpSync(join(whole, image), join(folder, 'vmlinuz'));
  const paths = new Map(
    files.flatMap(name => {
      const [, module] = /([^/]+)\.ko(?:\.xz)?$/.exec(name) ?? [];
      return module ? [[module, join(whole, name)]] : [];
    }),
  );
  const names = [];
  for (const name of MODULES) await keep(name, { folder, paths, names });
  writeFileSync(join(folder, 'modules'), names.join('\n'));
  for (const path of [whole, archive, join(folder, 'apt')]) rmSync(path, { recursive: true });
}

/** A module behind those it needs. */
async function keep(name, { folder, paths, names }) {
  const path = paths.get(name);
  if (!path || names.includes(`${name}.ko`)) return;
  const kept = join(folder, `${name}.ko`);
  if (path.endsWith('.xz')) await run(['sh', '-c', 'xz --decompress --stdout "$0" > "$1"', path, kept]);
  else cpSync(path, kept);
  for (const needed of dependencies(kept)) await keep(needed, { folder, paths, names });
  names.push(`${name}.ko`);
}

/** A module names those it needs in a text of its own: depmod has not seen this package. */
function dependencies(path) {
  const [, list = ''] = /\0depends=([^\0]*)/.exec(readFileSync(path, 'latin1')) ?? [];
  return list.split(',').filter(Boolean);
}
