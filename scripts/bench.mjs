/**
 * `npm run bench [-- --rounds N] [--kprobes]`: builds the hand-written peers, and prints how `ebpfnb` stands to them
 * and to bpftrace 0.23. As root, on a machine as idle as can be had; about two minutes. With --kprobes, how it stands
 * with probes at many functions of Linux, in a virtual machine that has them; about ten.
 * `npm run bench -- --editor [--minutes N]`: how the editor answers while a cell is at full speed, and while 20 are live.
 */
import { mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ensureBpftrace, SYSTEM } from './differential/bpftrace.mjs';
import { run } from './setup/command.mjs';
import { inBuild, inRoot } from './setup/folders.mjs';
import { step } from './setup/progress.mjs';
import { runMain, setUp } from './setup/setup.mjs';
import { ensureVmKernels } from './setup/vm-kernels.mjs';
import { runInMachine } from './test/vm/machine.mjs';

const folder = inBuild('bench');
/** One row an object: its source, and the places that it is attached to where the source leaves that open. */
const PROGRAMS = {
  count: ['count'],
  key: ['key'],
  hist: ['hist'],
  print: ['print'],
  uprobes: ['many', `uprobe.multi/${folder}/functions:f_*`],
  vfs: ['many', 'kprobe.multi/vfs_*'],
  tcp: ['many', 'kprobe.multi/tcp_*'],
};
/** The newest that has kprobe.multi, and what it may take as a whole, ms. */
const MACHINE = { kernel: '6.12', limit: 1_800_000 };
const source = (...names) => inRoot('test', 'bench', ...names);

/**
 * Its own mounts, for this one process and what it starts: tracefs, which libbpf's programs expect, and what bpftrace
 * needs in its Debian, the peers' folder among it. Entering that is then a chroot, which costs nothing beside what is measured.
 */
const MOUNTED = [
  'unshare',
  '--mount',
  '--propagation',
  'private',
  'sh',
  '-ec',
  `[ -e /sys/kernel/tracing/events ] || mount -t tracefs tracefs /sys/kernel/tracing
  mkdir -p "$0/$1"
  for folder in proc sys dev tmp "$1"; do mount --rbind "/$folder" "$0/$folder"; done
  shift
  exec "$@"`,
  SYSTEM,
  folder,
];

/** The peers in C, with the clang and the libbpf that cells are compiled with. */
async function buildPeers() {
  mkdirSync(folder, { recursive: true });
  const dump = 'bpftool btf dump file /sys/kernel/btf/vmlinux format c > "$0"';
  await run(['sh', '-c', dump, `${folder}/vmlinux.h`]);
  const include = `-I${inBuild('libbpf', 'include')}`;
  for (const [name, [file, places]] of Object.entries(PROGRAMS))
    await run([
      'clang-19',
      '-O2',
      '-g',
      '--target=bpf',
      include,
      `-I${folder}`,
      ...(places ? [`-DPLACES="${places}"`] : []),
      '-c',
      source('libbpf', `${file}.bpf.c`),
      '-o',
      `${folder}/${name}.bpf.o`,
    ]);
  const libraries = [inBuild('libbpf', 'lib', 'libbpf.a'), '-lelf', '-lz'];
  for (const name of ['tracer', 'programs'])
    await run(['cc', '-O2', include, source('libbpf', `${name}.c`), ...libraries, '-o', `${folder}/${name}`]);
  for (const name of ['workload', 'functions']) await buildTraced(name);
}

const buildTraced = name => run(['cc', '-O2', source(`${name}.c`), '-o', `${folder}/${name}`]);

/** Runs one of the benchmarks, with its lines on standard output. */
const bench = (file, rounds) => [
  ...MOUNTED,
  ...[process.execPath, '--import', 'tsx', source(file), folder, SYSTEM, rounds],
];

async function inMachine(command) {
  const kernels = await step('Getting kernels for virtual machines (once, 110 MB each)', ensureVmKernels);
  const kernel = kernels.find(({ name }) => name === MACHINE.kernel);
  console.log(`\nLinux ${kernel.name}, in a machine without hardware support`);
  const { limit } = MACHINE;
  const { problem } = await runInMachine(kernel, { command, limit, onLine: line => console.log(line) });
  if (problem) throw new Error(problem);
}

/** In VS Code, as the browser tests drive it. */
async function inEditor(minutes, options) {
  await setUp(['run', 'host', 'web', 'browser'], options);
  mkdirSync(folder, { recursive: true });
  await buildTraced('workload');
  const words = [process.execPath, '--import', 'tsx', source('editor.ts'), `${folder}/workload`, minutes];
  await run(words, { cwd: inRoot(), terminal: true });
}

await runMain(async () => {
  const { values } = parseArgs({
    options: {
      yes: { type: 'boolean' },
      rounds: { type: 'string' },
      kprobes: { type: 'boolean' },
      editor: { type: 'boolean' },
      minutes: { type: 'string' },
    },
  });
  const options = { yes: values.yes ?? false };
  if (values.editor) return inEditor(values.minutes ?? '2', options);
  await setUp(['run', 'host', ...(values.kprobes ? ['vm'] : [])], options);
  await ensureBpftrace(options);
  await step('Building the hand-written peers', buildPeers);
  if (values.kprobes) await inMachine(bench('kprobes.ts', values.rounds ?? '3'));
  else await run(bench('main.ts', values.rounds ?? '5'), { cwd: inRoot(), terminal: true });
});
