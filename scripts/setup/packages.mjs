/**
 * The Debian packages that the project needs, in layers: a command installs only the layers it uses, and only
 * what is missing of them.
 */
import { createInterface } from 'node:readline/promises';
import { has, output, run } from './command.mjs';
import { step } from './progress.mjs';

/** One row a package: its name, MB on disk with all it brings to a fresh Debian 12, its reason and its layers. */
const PACKAGES = [
  ['g++', 259, 'compiles the native addon', ['build', 'web']],
  ['make', 2, 'builds libbpf and the native addon', ['build', 'web']],
  ['libelf-dev', 25, 'libbpf reads object files with it', ['build']],
  ['zlib1g-dev', 23, 'libelf needs it', ['build']],
  ['liblzma-dev', 1, 'unpacks the symbols in stripped programs', ['build']],
  ['clang-19', 435, 'compiles the cells to BPF', ['run']],
  ['libkrb5-dev', 24, 'code-server builds a module against it', ['web']],
  ['pkg-config', 1, 'code-server finds that library with it', ['web']],
  ['python3', 25, "runs the build of code-server's modules", ['web']],
  ['bpftool', 3, 'the tests look for programs left behind', ['host']],
  ['systemtap-sdt-dev', 25, 'the tests build programs with USDT probes', ['host']],
  ['golang-go', 446, 'the tests trace programs written in Go', ['go']],
  ['python3-nbconvert', 90, "Jupyter's own tools check and render notebooks in the tests", ['jupyter']],
  ['qemu-system-x86', 81, 'boots other kernels for the tests', ['vm']],
  ['busybox-static', 2, "finds this machine's files when they boot", ['vm']],
  ['chromium', 729, 'the browser the tests drive', ['browser']],
  ['sudo', 6, 'the tests run the notebook as an ordinary user', ['browser']],
  ['debootstrap', 1, 'unpacks Debian 13, whose bpftrace ours is compared with', ['differential']],
].map(([name, megabytes, why, layers]) => ({ name, megabytes, why, layers }));

/** @typedef {'build' | 'run' | 'web' | 'host' | 'go' | 'jupyter' | 'vm' | 'browser' | 'differential'} Layer */

/** The user has to do something first; `message` says what. */
export class NotReady extends Error {}

/**
 * Installs what is missing of these layers. Says what, how large and why; asks once on a terminal, goes on under
 * CI or with `yes`, and otherwise stops with the command to run.
 * @param {Layer[]} layers @param {{yes: boolean}} options @throws {NotReady}
 */
export async function ensurePackages(layers, { yes }) {
  const wanted = PACKAGES.filter(row => row.layers.some(layer => layers.includes(layer)));
  const missing = missingOf(wanted);
  if (missing.length === 0) return;
  const install = ['apt-get', 'install', '-y', '--no-install-recommends', ...missing.map(row => row.name)];
  const command = asRoot(install).join(' ');
  if (!has('apt-get'))
    throw new NotReady(`${list(missing)}\nThis system has no apt-get: install their equivalents by hand.`);
  console.error(`${list(missing)}\n`);
  if (!yes && !process.env.CI && !(await agreed()))
    throw new NotReady(`Install them with\n\n  ${command}\n\nand start again, or add --yes.`);
  if (process.getuid() !== 0) await signIn(command);
  await step(`Installing ${missing.length} Debian packages`, async log => {
    // A third-party source that cannot be reached fails the update, but not what Debian's own lists bring.
    await run(asRoot(['apt-get', 'update']), { onLine: log }).catch(error => log(error.message));
    await run(asRoot(['env', 'DEBIAN_FRONTEND=noninteractive', ...install]), { onLine: log });
  });
}

const asRoot = command => (process.getuid() === 0 ? command : ['sudo', ...command]);

function missingOf(rows) {
  // dpkg-query exits with 1 when it does not know a package, and still prints the others.
  const status = output([
    'sh',
    '-c',
    `dpkg-query -W -f '\${Package} \${db:Status-Status}\\n' "$@" 2>/dev/null || :`,
    'sh',
    ...rows.map(row => row.name),
  ]);
  const installed = new Set(
    status
      ?.split('\n')
      .filter(line => line.endsWith(' installed'))
      .map(line => line.split(' ')[0]),
  );
  return rows.filter(row => !installed.has(row.name));
}

function list(rows) {
  const total = rows.reduce((sum, row) => sum + row.megabytes, 0);
  const lines = rows.map(
    row => `  ${row.name.padEnd(18)} ${String(row.megabytes).padStart(4)} MB  ${row.why}`,
  );
  return `These Debian packages are missing (at most ${total} MB on disk; what they share counts once):\n\n${lines.join('\n')}`;
}

async function agreed() {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question('Install them now? [Y/n] ');
  terminal.close();
  return /^\s*(y(es)?)?\s*$/i.test(answer);
}

/** sudo asks for the password now, before a progress line would cover the question. */
async function signIn(command) {
  if (!has('sudo'))
    throw new NotReady(
      `Installing them needs root, and there is no sudo. As root, run\n\n  ${command.replace(/^sudo /, '')}`,
    );
  await run(['sudo', '-v'], { terminal: true });
}
