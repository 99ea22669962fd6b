/** Tools: built into a file, and run from it as on a machine without clang. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, test } from 'node:test';
import { decodeTool, encodeTool } from '../../kernel/tool/file.ts';
import { scratchFolder } from '../scratch.ts';
import { ebpfnb, fixture, skip } from './kernel-helpers.ts';

const folder = scratchFolder();

/** Nothing that was compiled before is there, and no clang. */
const ALONE = { PATH: '/nonexistent', EBPFNB_CACHE: join(folder, 'no-cache'), EBPFNB_CLANG: '' };

/** Builds a program and gives the file. */
function build(source: string, name: string, args: string[] = []) {
  const file = join(folder, name);
  const tool = join(folder, `${basename(name).replace(/\..*/, '')}.ebpf`);
  writeFileSync(file, source);
  const built = ebpfnb(['build', file, '-o', tool, ...args]);
  assert.equal(built.status, 0, built.stderr);
  return { tool, said: built.stderr };
}

/** Runs it without clang. */
const trace = (...args: string[]) => ebpfnb(['trace', '-q', ...args], { env: ALONE });

/** Tells the first exec of a program of this name whose argument count reaches a threshold. */
const EXECS = `//| duration: 10s
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
char LICENSE[] SEC("license") = "GPL";
const volatile int wanted_pid = 0;
const volatile bool quiet = false;
const volatile char label[16] = "seen";
struct event { int pid; int parent; char label[16]; };
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } events SEC(".maps");
SEC("raw_tp/sys_enter")
int enter(void *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	int pid = BPF_CORE_READ(task, tgid);
	if (quiet || pid != wanted_pid) return 0;
	struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event) return 0;
	event->pid = pid;
	event->parent = BPF_CORE_READ(task, real_parent, tgid);
	for (int i = 0; i < 16; i++) event->label[i] = label[i];
	bpf_ringbuf_submit(event, 0);
	return 0;
}
`;

describe('tools', { skip }, () => {
  test('0.17 and 0.18: a C program is built by one command and run by one; its parameters are listed and set, its records are rows', t => {
    const child = spawn('sh', ['-c', 'while :; do sleep 0.05; done']);
    t.after(() => child.kill());
    const { tool, said } = build(EXECS, 'execs.bpf.c');
    assert.match(said, /1 program, parameters wanted_pid, quiet, label/);
    assert.ok(statSync(tool).mode & 0o100);
    assert.match(readFileSync(tool, 'latin1'), /^#!\/usr\/bin\/env -S ebpfnb trace\n/);

    const help = trace(tool, '--help').stdout;
    assert.match(help, /^execs\.bpf\.c, built by ebpfnb \S+ on Linux \S+ \(\w+\)\n/);
    assert.match(help, /--wanted-pid VALUE +int; 0 unless given\n +--quiet +bool; false unless given\n/);
    assert.match(help, /--label VALUE +char\[16\]; seen unless given/);
    assert.match(help, /PROBES:\n {2}raw_tp\/sys_enter/);

    const { stdout, stderr } = trace(
      tool,
      `--wanted-pid=${child.pid}`,
      '--label',
      'mine',
      ...['--duration', '700ms', '-f', 'json'],
    );
    const rows = stdout.split('\n').filter(line => line.includes('"label"'));
    assert.ok(rows.length > 0, stderr);
    assert.match(rows[0]!, new RegExp(`"pid": ?${child.pid}.*"parent": ?${process.pid}.*"label": ?"mine"`));
    assert.equal(trace(tool, '--wanted-pid', `${child.pid}`, '--quiet', '--duration', '200ms').stdout, '');

    assert.match(
      trace(tool, '--wanted', '5').stderr,
      /unexpected .*--wanted[\s\S]*--wanted-pid, --quiet, --label/,
    );
    assert.match(trace(tool, '--wanted-pid', 'x').stderr, /parameter wanted_pid cannot be "x"/);
    assert.match(trace(tool, '--wanted-pid').stderr, /wanted-pid.*expects a value/);
    assert.match(trace(tool, 'more').stderr, /unexpected argument: more/);
  });

  test('bpftrace: options are parameters, maps and records are shown as ever', () => {
    const { tool } = build(
      `#include <stdint.h>
#define FIVE 5
struct pair { uint32_t a; int b; };
begin { @ = hist(getopt("size", 4, "a size")); @c[sizeof(struct pair)] = avg(2); printf("%d %d %d\\n", getopt("size", 4), ncpus > 0, FIVE); if (getopt("loud")) { printf("loud\\n"); } exit(); }
tracepoint:sched:sched_process_exec { printf("%s", args.filename); }`,
      'options.bt',
    );
    assert.match(
      trace(tool, '--help').stdout,
      /--size VALUE +long; 4 unless given\n +--loud +bool; false unless given\n/,
    );
    const plain = trace(tool);
    assert.match(plain.stdout, /^4 1 5\n[\s\S]*@:\n\[4, 8\)/, plain.stderr);
    assert.match(plain.stdout, /@c\[8\]: 2\n/);
    assert.match(trace(tool, '--size', '100', '--loud').stdout, /^100 1 5\nloud\n[\s\S]*@:\n\[64, 128\)/);
  });

  test('options that must be known before keep the values it is built with, which is told', () => {
    const source =
      'begin { @ = lhist(15, 0, getopt("most", 100), 10); printf("%s\\n", getopt("name", "joe")); exit(); }';
    const { tool, said } = build(source, 'fixed.bt', ['--', '--most=20', '--name=ann']);
    assert.match(said, /the options of fixed\.bt keep the values/);
    assert.match(trace(tool).stdout, /^ann\n/);
    assert.match(trace(tool, '--most', '30').stderr, /unexpected/);
  });

  test('what changes the traced system is allowed as it is run', () => {
    const { tool } = build('begin { system("echo hi"); exit(); }', 'acts.bt');
    assert.match(trace(tool).stderr, /unsafe/);
    assert.equal(ebpfnb(['trace', '-q', '--unsafe', tool]).stdout.trim(), 'hi');
  });

  test('where the program becomes other C it is refused, or compiled again where clang is', () => {
    const { tool } = build('begin { printf("%d\\n", 42); exit(); }', 'elsewhere.bt');
    const read = decodeTool(readFileSync(tool), tool);
    const other = { ...read, generated: { ...read.generated!, c: read.generated!.c.replace(/42/g, '43') } };
    writeFileSync(tool, encodeTool(other));
    const refused = trace(tool);
    assert.match(refused.stderr, /was built on Linux \S+ and does not fit this one.*42/);
    const again = ebpfnb(['trace', tool]);
    assert.equal(again.stdout.trim(), '42');
    assert.match(again.stderr, /was compiled again/);
  });

  test('a file that is not whole, of another format or for another machine is refused', () => {
    const { tool } = build('begin { exit(); }', 'broken.bt');
    const bytes = readFileSync(tool);
    const read = decodeTool(bytes, tool);
    for (const [wrong, said] of [
      [bytes.subarray(0, -1), /damaged tool: the object in it/],
      [bytes.subarray(0, 100), /damaged tool: its second line/],
      [Buffer.from(bytes.toString('latin1').replace('"format":1', '"format":9'), 'latin1'), /format 9/],
      [encodeTool({ ...read, built: { ...read.built, arch: 'vax' } }), /was built for vax/],
    ] as const) {
      writeFileSync(tool, wrong);
      assert.match(trace(tool).stderr, said);
    }
  });

  test('paths of user probes start from where the tool lies', () => {
    const built = spawnSync('cc', ['-o', join(folder, 'looper'), fixture('probes/looper.c')], {
      encoding: 'utf8',
    });
    assert.equal(built.status, 0, built.stderr);
    const { tool } = build(
      EXECS.replace('raw_tp/sys_enter', 'uprobe/./looper:step_one').replace(
        'quiet || pid != wanted_pid',
        'quiet',
      ),
      'steps.bpf.c',
    );
    const { stdout, stderr } = ebpfnb(
      ['trace', '-q', tool, '--duration', '1s', '-c', join(folder, 'looper')],
      {
        env: { EBPFNB_CACHE: ALONE.EBPFNB_CACHE },
      },
    );
    assert.match(stdout, /seen/, stderr);
  });
});
