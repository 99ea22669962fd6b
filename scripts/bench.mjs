/**
 * `npm run bench [-- --rounds N]`: builds the hand-written peers, and prints how `ebpfnb` stands to them and to
 * bpftrace 0.23. As root, on a machine as idle as can be had; about two minutes.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ensureBpftrace, SYSTEM } from './differential/bpftrace.mjs';
import { run } from './setup/command.mjs';
import { inBuild, inRoot } from './setup/folders.mjs';
import { step } from './setup/progress.mjs';
import { runMain, setUp } from './setup/setup.mjs';

const PROGRAMS = ['count', 'key', 'hist', 'print'];
const folder = inBuild('bench');
const source = (...names) => inRoot('test', 'bench', ...names);

/**
 * Its own mounts, for this one process and what it starts: tracefs, which libbpf's programs expect, and what bpftrace
 * needs in its Debian. Entering that is then a chroot, which costs nothing beside what is measured.
 */
const MOUNTED = [
  'unshare',
  '--mount',
  '--propagation',
  'private',
  'sh',
  '-ec',
  `[ -e /sys/kernel/tracing/events ] || mount -t tracefs tracefs /sys/kernel/tracing
  for folder in proc sys dev tmp; do mount --rbind "/$folder" "$0/$folder"; done
  exec "$@"`,
];

/** The peers in C, with the clang and the libbpf that cells are compiled with. */
async function buildPeers() {
  mkdirSync(folder, { recursive: true });
  const dump = 'bpftool btf dump file /sys/kernel/btf/vmlinux format c > "$0"';
  await run(['sh', '-c', dump, `${folder}/vmlinux.h`]);
  const include = `-I${inBuild('libbpf', 'include')}`;
  for (const name of PROGRAMS)
    await run([
      'clang-19',
      '-O2',
      '-g',
      '--target=bpf',
      include,
      `-I${folder}`,
      '-c',
      source('libbpf', `${name}.bpf.c`),
      '-o',
      `${folder}/${name}.bpf.o`,
    ]);
  const libraries = [inBuild('libbpf', 'lib', 'libbpf.a'), '-lelf', '-lz'];
  await run(['cc', '-O2', include, source('libbpf', 'tracer.c'), ...libraries, '-o', `${folder}/tracer`]);
  await run(['cc', '-O2', source('workload.c'), '-o', `${folder}/workload`]);
}

await runMain(async () => {
  const { values } = parseArgs({ options: { yes: { type: 'boolean' }, rounds: { type: 'string' } } });
  const options = { yes: values.yes ?? false };
  await setUp(['run', 'host'], options);
  await ensureBpftrace(options);
  await step('Building the hand-written peers', buildPeers);
  const rounds = values.rounds ?? '5';
  const main = [process.execPath, '--import', 'tsx', source('main.ts'), folder, SYSTEM, rounds];
  const command = [...MOUNTED, SYSTEM, ...main];
  process.exitCode = spawnSync(command[0], command.slice(1), { cwd: inRoot(), stdio: 'inherit' }).status ?? 1;
});
