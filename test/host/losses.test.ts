/** What a run does not see is counted and told; what costs too much is detached. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { RunSnapshot } from '../../kernel/protocol.ts';
import { scratchFolder } from '../scratch.ts';
import { Background, ebpfnb, fixture, skip, TestKernel, textOf, until } from './kernel-helpers.ts';

const tests = new TestKernel();
after(() => tests.kernel.close());

const lossesOf = ({ losses = [] }: RunSnapshot) => losses.map(({ count, problem }) => [problem.code, count]);
const codes = ({ diagnostics }: RunSnapshot) => diagnostics.map(({ code }) => code);

/** Ten keys where there is room for two. */
const FULL = 'let @m = hash(2); begin { for ($i : 0..10) { @m[$i] = 1; } exit(); }';

describe('losses', { skip }, () => {
  test('a full map, by its name', async () => {
    const snapshot = await tests.run(FULL);
    assert.deepEqual(lossesOf(snapshot), [['map-full', 8]]);
    const { problem } = snapshot.losses![0]!;
    assert.deepEqual([problem.map, problem.errno], ['@m', 'E2BIG']);
  });

  test('aggregations of a full map', async () => {
    const snapshot = await tests.run(
      'let @m = percpuhash(2); begin { for ($i : 0..10) { @m[$i] = count(); } exit(); }',
    );
    assert.deepEqual(lossesOf(snapshot), [['map-full', 8]]);
  });

  test('records are either shown or counted', async () => {
    const snapshot = await tests.run(
      'config = { perf_rb_pages = 1 } begin { for ($i : 0..5000) { printf("%d\\n", $i); } exit(); }',
    );
    const { events, dropped } = snapshot.totals;
    assert.ok(dropped > 0);
    // The request to end is a record, too, where it found room.
    assert.ok(events + dropped >= 5000 && events + dropped <= 5001, `${events} + ${dropped}`);
    assert.deepEqual(lossesOf(snapshot), [['lost-records', dropped]]);
  });

  test('a request to end that finds no room is met', async () => {
    const { reason, exitCode } = await tests.run(
      'config = { perf_rb_pages = 1 } interval:ms:50 { for ($i : 0..5000) { printf("%d\\n", $i); } exit(3); }',
    );
    assert.deepEqual([reason, exitCode], ['exit', 3]);
  });

  test('stacks that Linux does not give, as often as it says so', async () => {
    // It gives none of the idle thread of a second CPU; that of the first has one, which is empty.
    const snapshot = await tests.run(
      'tracepoint:sched:sched_switch /comm == "swapper/1"/ { @ = ustack; exit(); } interval:s:2 { exit(); }',
    );
    const said = textOf(snapshot).filter(line => line.includes('Error reading ustack.'));
    assert.deepEqual(lossesOf(snapshot), said.length > 0 ? [['no-ustack', said.length]] : []);
  });

  test('records of a BPF C cell', async () => {
    const source = `#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } out SEC(".maps");
struct event { char bytes[4000]; };
char LICENSE[] SEC("license") = "GPL";
SEC("raw_tp/sys_enter") int twice(void *ctx)
{
	if (bpf_get_current_pid_tgid() >> 32 != ${process.pid})
		return 0;
	struct event *first = bpf_ringbuf_reserve(&out, sizeof(*first), 0);
	struct event *second = bpf_ringbuf_reserve(&out, sizeof(*second), 0);

	if (first)
		bpf_ringbuf_discard(first, 0);
	if (second)
		bpf_ringbuf_discard(second, 0);
	return 0;
}
`;
    const run = tests.start(source, { language: 'bpf-c', id: 'twice' });
    await until(() => run.losses.length > 0 || !run.alive, 'losses');
    run.end('stopped');
    const [[code]] = lossesOf(await run.ended) as [[string]];
    assert.equal(code, 'lost-records');
  });

  test('stacks of a BPF C cell that find another in their place', async () => {
    const source = `#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 65536); } out SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_STACK_TRACE);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(u32));
	__uint(value_size, 20 * sizeof(u64));
} stacks SEC(".maps");
struct event { int kern_stack_id; };
char LICENSE[] SEC("license") = "GPL";
static __always_inline int tell(void *ctx)
{
	if (bpf_get_current_pid_tgid() >> 32 != ${process.pid})
		return 0;
	struct event event = { .kern_stack_id = bpf_get_stackid(ctx, &stacks, 0) };

	bpf_ringbuf_output(&out, &event, sizeof(event), 0);
	return 0;
}
SEC("raw_tp/sys_enter") int enter(void *ctx) { return tell(ctx); }
SEC("raw_tp/sys_exit") int leave(void *ctx) { return tell(ctx); }
`;
    const run = tests.start(source, { language: 'bpf-c', id: 'stacks' });
    await until(() => run.losses.length > 0 || !run.alive, 'losses');
    run.end('stopped');
    const { losses = [], totals } = await run.ended;
    const collisions = losses.find(({ problem }) => problem.code === 'stack-collision');
    assert.equal(collisions?.problem.map, 'stacks');
    assert.ok(collisions.count > 0 && collisions.count < totals.events);
  });

  test('nothing is told of a run that saw all', async () => {
    const { losses, diagnostics } = await tests.run('begin { @m[1] = 1; exit(); }');
    assert.deepEqual([losses, diagnostics], [undefined, []]);
  });

  test('at a terminal: in words, in JSON, in none', () => {
    const text = ebpfnb(['trace', '-e', FULL]);
    assert.match(
      text.stderr,
      /^WARNING: 8 updates of @m were lost: it is full\nHINT: .*let @m = hash\(20\)/m,
    );
    const json = ebpfnb(['trace', '-f', 'json', '-e', FULL]);
    const told = json.stdout.split('\n').filter(line => line.includes('"loss"'));
    assert.deepEqual(
      told.map(line => JSON.parse(line)),
      [
        {
          type: 'loss',
          count: 8,
          data: { code: 'map-full', map: '@m', errno: 'E2BIG', msg: '8 updates of @m were lost: it is full' },
        },
      ],
    );
    assert.equal(ebpfnb(['trace', '--no-warnings', '-e', FULL]).stderr, 'Attached 1 probe\n');
  });
});

/** Hit a thousand times a second, whoever else uses the machine. */
const BUSY = 'interval:ms:1 { @hits = count(); }';

// Each waits for seconds, and none for another.
describe('costs', { skip, concurrency: true }, () => {
  test('are measured while a cell is live', async () => {
    const run = tests.start(BUSY, { id: 'measured' });
    await until(() => run.cost?.probes[0]?.hits, 'measured cost');
    const { cpu, probes } = run.cost!;
    run.end('stopped');
    const [probe] = probes;
    assert.equal(probe!.probe, 'interval:ms:1');
    assert.ok(probe!.ns > 0 && probe!.hits > 0 && cpu > 0 && cpu < 1, JSON.stringify(probes));
    assert.deepEqual((await run.ended).cost, run.cost);
  });

  test('0.10: each attach point of a program in C is listed with its hits', async () => {
    const source = `#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
char LICENSE[] SEC("license") = "GPL";
int seen;
SEC("raw_tp/sys_enter") int on_enter(void *ctx) { __sync_fetch_and_add(&seen, 1); return 0; }
SEC("tp/sched/sched_switch") int on_switch(void *ctx) { __sync_fetch_and_add(&seen, 1); return 0; }
`;
    const run = tests.start(source, { id: 'hits', language: 'bpf-c' });
    await until(() => run.cost?.probes.every(({ total }) => total > 0), 'hits of each');
    const early = run.cost!;
    await until(() => run.cost !== early, 'another measurement');
    run.end('stopped');
    const { cost, probes } = await run.ended;
    const names = cost!.probes.map(({ probe }) => probe).sort();
    assert.deepEqual(names, ['raw_tp/sys_enter', 'tp/sched/sched_switch']);
    assert.deepEqual([...probes].sort(), names);
    for (const { probe, total } of cost!.probes)
      assert.ok(total >= early.probes.find(one => one.probe === probe)!.total, `${probe} ${total}`);
  });

  test('a probe over the limit is detached, with its place; the others go on', async () => {
    const run = tests.start(`//| cpu-limit: 0.0001%\n${BUSY} interval:s:20 { printf("on\\n"); }`, {
      id: 'guarded',
    });
    await until(() => run.diagnostics.length > 0, 'a probe that was detached');
    const [told] = run.diagnostics;
    assert.match(
      told!.message,
      /^interval:ms:1 was detached: it took [\d.]+ % of a CPU, .* more than 0\.0001 %$/,
    );
    assert.deepEqual(told!.span?.start, { line: 1, column: 0 });
    assert.equal(run.alive, true);
    run.end('stopped');
    const { reason, panels } = await run.ended;
    assert.equal(reason, 'stopped');
    assert.ok(panels.some(({ title }) => title === '@hits'));
  });

  test('when none is left, the cell is over', async () => {
    const snapshot = await tests.run(`//| cpu-limit: 0.0001%\n${BUSY}`, { id: 'alone' });
    assert.deepEqual([snapshot.reason, codes(snapshot)], ['done', ['too-costly']]);
  });

  test('without a limit nothing is measured', async () => {
    const run = tests.start(`//| cpu-limit: 0\n//| duration: 2s\n${BUSY}`, { id: 'free' });
    assert.equal((await run.ended).cost, undefined);
  });

  test('a user probe of a busy process, at a terminal', async () => {
    const program = join(scratchFolder(), 'busy');
    const { status, stderr } = spawnSync('cc', ['-O1', '-o', program, fixture('session/busy.c')]);
    assert.equal(status, 0, String(stderr));
    const traced = new Background([
      ...['trace', '-f', 'json', '--cpu-limit', '0.0001%', '-c', program],
      ...['-e', `uprobe:${program}:work { @ = count(); }`],
    ]);
    await until(() => traced.stdout.includes('detached_probe'), 'a probe that was detached');
    traced.child.kill('SIGINT');
    assert.equal(await traced.ended, 0);
    const record = traced.stdout.split('\n').find(line => line.includes('detached_probe'))!;
    const { data } = JSON.parse(record) as { data: { probe: string; cpu: number } };
    assert.equal(data.probe, `uprobe:${program}:work`);
    assert.ok(data.cpu > 0.000001);
    assert.match(traced.stderr, /WARNING: uprobe:\S+ was detached/);
  });
});
