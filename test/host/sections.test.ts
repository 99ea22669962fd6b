/** SEC() texts of BPF C cells: where they attach, and what is said of those that cannot be attached. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { native } from '../../native/addon.ts';
import { scratchFolder } from '../scratch.ts';
import { fixture, skip, TestKernel, until } from './kernel-helpers.ts';

const tests = new TestKernel();
after(() => tests.kernel.close());

const folder = scratchFolder();
before(() => {
  for (const name of ['usdt', 'looper']) {
    const flags = ['-O1', '-o', name, fixture(`probes/${name}.c`)];
    const built = spawnSync('cc', flags, { cwd: folder, encoding: 'utf8' });
    assert.equal(built.status, 0, built.stderr);
  }
});

/** Runs a cell with a program that tells its first three hits, until it has. */
async function run(program: string, workload?: string) {
  const source = `${workload ? `//| workload: ${workload}` : ''}
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/usdt.bpf.h>
char LICENSE[] SEC("license") = "GPL";
struct event { int n; };
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } events SEC(".maps");
int seen;
static __noinline int hit(void) {
	struct event *event = seen < 3 ? bpf_ringbuf_reserve(&events, sizeof(*event), 0) : 0;
	if (!event) return 0;
	event->n = ++seen;
	bpf_ringbuf_submit(event, 0);
	return 0;
}
${program.replace('HIT', 'return hit();')}
`;
  const live = tests.start(source, { language: 'bpf-c', directory: folder });
  const hits = () =>
    live.snapshot().panels.reduce((sum, panel) => sum + ('rows' in panel ? panel.total : 0), 0);
  await until(() => !live.alive || hits() >= 3, 'hit');
  live.end('stopped');
  const { diagnostics } = await live.ended;
  return { said: diagnostics.map(({ severity, message }) => `${severity}: ${message}`), hits: hits() };
}

const missing = skip ? {} : native.missingFeatures();

describe('SEC()', { skip }, () => {
  for (const [what, section, workload] of [
    ['functions of a program that match', 'uprobe.multi/./looper:step_*', './looper'],
    ['returns', 'uretprobe.multi/./looper:step_one', './looper'],
    ['a function', 'uprobe/./looper:step_one', './looper'],
    ['a USDT probe', 'usdt/./usdt:app:hit', './usdt'],
    ['a function, sleepable', 'uprobe.s/./looper:step_one', './looper'],
    ['returns, sleepable', 'uretprobe.multi.s/./looper:step_*', './looper'],
    ['a USDT probe, sleepable', 'usdt.s/./usdt:app:hit', './usdt'],
    ['a raw tracepoint', 'raw_tp/sys_enter', './looper'],
    ['a typed tracepoint', 'tp_btf/sys_exit', './looper'],
  ] as const) {
    test(`${section}: ${what}`, async () => {
      const { said, hits } = await run(`SEC("${section}") int probe(struct pt_regs *ctx) { HIT }`, workload);
      assert.deepEqual([said, hits >= 3], [[], true]);
    });
  }

  test('perf_event: a clock, which is told', async () => {
    const { said, hits } = await run('SEC("perf_event") int probe(void *ctx) { HIT }');
    assert.match(
      said.join(),
      /^hint: SEC\("perf_event"\) names no event: the program runs 99 times a second/,
    );
    assert.ok(hits >= 3);
  });

  test('iter: the program has run for all objects', async () => {
    const { said, hits } = await run('SEC("iter/task") int probe(struct bpf_iter__task *ctx) { HIT }');
    assert.deepEqual([said, hits >= 3], [[], true]);
  });

  for (const [section, need] of [
    ['kprobe.multi/vfs_re*', 'kprobe'],
    ['kprobe.session/vfs_read', 'kprobe_session'],
    ['kprobe/vfs_read', 'kprobe'],
    ['ksyscall/read', 'kprobe'],
    ['fentry/vfs_read', 'fentry'],
  ] as const) {
    test(`${section}: attached, or refused with the reason`, async () => {
      const { said, hits } = await run(
        `SEC("${section}") int probe(void *ctx) { HIT }`,
        'sh -c "while :; do cat /etc/hostname; done"',
      );
      const reason = missing[need];
      if (reason) assert.deepEqual(said, [`error: ${section} cannot be attached: ${reason}`]);
      else assert.ok(hits >= 3, said.join());
    });
  }

  test('a tracepoint whose record is shorter than what is read', async () => {
    const { diagnostics } = await tests.run(
      `#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
char LICENSE[] SEC("license") = "GPL";
struct record { char fields[400]; int last; };
SEC("tp/sched/sched_process_exec") int probe(struct record *ctx) { return ctx->last; }`,
      { language: 'bpf-c' },
    );
    const [{ code, errno, remedy } = {}] = diagnostics;
    assert.deepEqual([code, errno], ['attach-failed', 'EACCES']);
    assert.match(remedy!, /reads behind the end of this event's record/);
  });

  test('what matches nothing is told', async () => {
    const { said } = await run('SEC("uprobe.multi/./looper:stop_*") int probe(void *ctx) { return 0; }');
    assert.deepEqual(said, ['error: No matches for SEC "uprobe.multi/./looper:stop_*".']);
  });
});
