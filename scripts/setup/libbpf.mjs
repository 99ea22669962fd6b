/**
 * Builds libbpf as a static, position-independent archive from Debian's source package, into .build/libbpf/.
 *
 * Distribution packages will not do: Debian 12's libbpf 1.1 crashes on malformed ELF files, and no
 * distribution's archive is built to go into a shared object. The mirror is the one that apt already uses here.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ownApt } from './apt.mjs';
import { unlessStamped } from './stamp.mjs';

const RELEASE = {
  suite: 'trixie',
  version: '1.5.0-3',
  tarball: 'libbpf_1.5.0.orig.tar.gz',
  sha256: '53492aff6dd47e4da04ef5e672d753b9743848bdb38e9d90eafbe190b7983c44',
};

const root = fileURLToPath(new URL('../../', import.meta.url));
const target = join(root, '.build/libbpf');
const apt = join(root, '.build/apt');

const execute = promisify(execFile);
const run = (command, args, cwd = root) => execute(command, args, { cwd, maxBuffer: 64 << 20 });

/** Path of the release's tarball, its checksum verified. */
async function download() {
  const path = join(apt, RELEASE.tarball);
  if (!existsSync(path)) {
    const options = ownApt(apt, { kind: 'deb-src', suite: RELEASE.suite });
    await run('apt-get', [...options, '-qq', 'update']);
    await run(
      'apt-get',
      [...options, '-qq', '--download-only', '--only-source', 'source', `libbpf=${RELEASE.version}`],
      apt,
    );
  }
  const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex');
  if (sha256 !== RELEASE.sha256) {
    rmSync(path);
    throw new Error(`${RELEASE.tarball} has the wrong checksum`);
  }
  return path;
}

/** Compiles the tarball in a folder of its own and moves headers and archive into place. */
async function build(tarball) {
  const source = join(root, '.build/libbpf-source');
  rmSync(source, { recursive: true, force: true });
  mkdirSync(source, { recursive: true });
  await run('tar', ['-xzf', tarball, '--strip-components=1', '-C', source]);
  const make = [
    '-s',
    '-C',
    join(source, 'src'),
    'BUILD_STATIC_ONLY=1',
    'PREFIX=',
    'LIBDIR=/lib',
    `DESTDIR=${target}`,
  ];
  await run('make', [
    ...make,
    `-j${availableParallelism()}`,
    'CFLAGS=-g -O2 -fPIC -fvisibility=hidden',
    'all',
    'install',
  ]);
  cpSync(join(source, 'include/uapi/linux'), join(target, 'include/linux'), { recursive: true });
  rmSync(source, { recursive: true });
}

/** The stated fallback: the system's libbpf, linked dynamically. */
function useSystem(reason, log) {
  const library = ['/usr/lib64', '/usr/lib', ...readdirSync('/usr/lib').map(name => join('/usr/lib', name))]
    .map(folder => join(folder, 'libbpf.so'))
    .find(existsSync);
  if (!library || !existsSync('/usr/include/bpf/libbpf.h')) {
    throw new Error(
      `libbpf ${RELEASE.version} could not be built (${reason}), and libbpf-dev is not installed`,
    );
  }
  log(`libbpf ${RELEASE.version} could not be built (${reason}); using the system's libbpf instead`);
  for (const folder of ['include', 'lib']) mkdirSync(join(target, folder), { recursive: true });
  symlinkSync(library, join(target, 'lib/libbpf.so'));
  cpSync('/usr/include/bpf', join(target, 'include/bpf'), { recursive: true });
  mkdirSync(join(target, 'include/linux'));
  for (const name of ['bpf.h', 'bpf_common.h', 'btf.h'])
    cpSync(join('/usr/include/linux', name), join(target, 'include/linux', name));
}

/**
 * Makes .build/libbpf/{include,lib}; returns at once when they are there.
 * @param {{ log?: (line: string) => void }} [options]
 * @returns {Promise<void>}
 */
export async function ensureLibbpf({ log = console.log } = {}) {
  await unlessStamped(join(target, 'version'), RELEASE.version, async () => {
    rmSync(target, { recursive: true, force: true });
    try {
      log(`Building libbpf ${RELEASE.version} from its source package (about 15 s)`);
      await build(await download());
    } catch (error) {
      rmSync(target, { recursive: true, force: true });
      const said = String(error.stderr || error.message).trim();
      useSystem(said.split('\n').at(-1), log);
    }
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await ensureLibbpf();
