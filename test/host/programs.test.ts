/** The kinds of programs of BPF C cells, one by one: each loads and runs here, or is refused with its reason. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { TypeSource } from '../../kernel/btf/index.ts';
import { SECTIONS } from '../../kernel/language/tables/sections.ts';
import type { AttachFeature } from '../../kernel/loader/protocol.ts';
import type { RunSnapshot } from '../../kernel/protocol.ts';
import { native } from '../../native/addon.ts';
import { scratchFolder } from '../scratch.ts';
import { fixture, skip, TestKernel, textOf } from './kernel-helpers.ts';

const tests = new TestKernel();
after(() => tests.kernel.close());

const missing: Partial<Record<AttachFeature, string>> = skip ? {} : native.missingFeatures();

const HEAD = `#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
char LICENSE[] SEC("license") = "GPL";
`;
/** say(n): a record; at most so many. */
const SAY = `struct event { int n; };
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } events SEC(".maps");
int said;
static __always_inline void say(int n) {
	struct event *event = said < 8 ? bpf_ringbuf_reserve(&events, sizeof(*event), 0) : 0;
	if (!event) return;
	said++;
	event->n = n;
	bpf_ringbuf_submit(event, 0);
}
`;

const run = (source: string, about: Parameters<TestKernel['run']>[1] = {}) =>
  tests.run(HEAD + source, { language: 'bpf-c', ...about });
const told = ({ diagnostics }: RunSnapshot) =>
  diagnostics.map(({ severity, message }) => `${severity}: ${message}`);
const rowsOf = ({ panels }: RunSnapshot) =>
  panels.flatMap(panel => (panel.kind === 'table' && panel.of === 'records' ? panel.rows : []));

/** Runs a cell whose programs say something, for a moment; what they said. */
async function said(source: string, about: Parameters<TestKernel['run']>[1] = { durationMs: 200 }) {
  const ended = await run(SAY + source, about);
  return { numbers: rowsOf(ended).flat(), told: told(ended) };
}

describe('examples', { skip }, () => {
  const directory = scratchFolder();
  before(() => {
    const built = spawnSync('cc', ['-o', join(directory, 'app'), fixture('probes/usdt.c')], {
      encoding: 'utf8',
    });
    assert.equal(built.status, 0, built.stderr);
  });
  for (const { names, example, needs, unsafe } of SECTIONS) {
    test(`${names.join(', ')}: loads and is attached, or the reason is told`, async () => {
      const { reason, diagnostics } = await run(example, {
        directory,
        dryRun: true,
        ...(unsafe ? { unsafe: true } : {}),
      });
      const errors = diagnostics.filter(({ severity }) => severity === 'error').map(one => one.message);
      const obstacle = needs && missing[needs];
      if (obstacle) assert.match(errors.join(), /cannot be attached: .*/);
      else assert.deepEqual([errors, reason], [[], 'done']);
    });
  }
});

describe('iterators', { skip }, () => {
  const TASKS = `SEC("iter/task") int tasks(struct bpf_iter__task *ctx) {
	struct task_struct *task = ctx->task;
	if (task) BPF_SEQ_PRINTF(ctx->meta->seq, "%d %d\\n", task->tgid, task->pid);
	return 0;
}`;

  test('their text is lines of the cell, of all tasks or of one process', async () => {
    const all = textOf(await run(TASKS));
    assert.ok(all.includes(`${process.pid} ${process.pid}`));
    assert.ok(all.every(line => /^\d+ \d+$/.test(line)));
    const own = textOf(await run(TASKS, { pid: process.pid }));
    assert.ok(own.length > 0 && own.every(line => line.startsWith(`${process.pid} `)), own.join('\n'));
  });

  test('each has a text of its own; cgroups come parents first', async () => {
    const { panels } = await run(`${TASKS}
SEC("iter/cgroup") int groups(struct bpf_iter__cgroup *ctx) {
	struct cgroup *group = ctx->cgroup;
	if (group) BPF_SEQ_PRINTF(ctx->meta->seq, "%d\\n", group->level);
	return 0;
}`);
    const texts = panels.flatMap(panel => (panel.kind === 'text' ? [panel] : []));
    assert.deepEqual(
      texts.map(({ title }) => title),
      ['iter/task', 'iter/cgroup'],
    );
    assert.equal(texts[1]!.lines[0], '0');
  });
});

describe('tail calls', { skip }, () => {
  const ENTER = (call: string) =>
    `SEC("raw_tp/sys_enter") int enter(void *ctx) { ${call} say(0); return 0; }`;
  const array = (name: string, more: string) =>
    `struct { __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 8); __uint(key_size, 4); ${more} } ${name} SEC(".maps")`;
  const EMPTY = `${array('calls', '__uint(value_size, 4);')};`;

  test('an array with .values is filled as it says', async () => {
    const values = `${array('calls', '__array(values, int (void *));')} = { .values = { [3] = (void *)&called } };`;
    const { numbers, told } = await said(
      `SEC("raw_tp") int called(void *ctx) { say(3); return 0; }\n${values}\n${ENTER('bpf_tail_call(ctx, &calls, 3);')}`,
    );
    assert.deepEqual([new Set(numbers), told], [new Set([3]), []]);
  });

  test('any other is filled in the order of the source, which is told', async () => {
    const { numbers, told } = await said(`${EMPTY}
SEC("raw_tp") int one(void *ctx) { say(1); return 0; }
SEC("raw_tp") int two(void *ctx) { say(2); return 0; }
${ENTER('bpf_tail_call(ctx, &calls, 1);')}`);
    assert.deepEqual(new Set(numbers), new Set([2]));
    assert.match(told.join(), /hint: .* put into calls, in the order of the source: 0 is one, 1 is two/);
  });

  test('numbers in SEC() are places in it', async () => {
    const { numbers, told } = await said(
      `${EMPTY}\nSEC("raw_tp/5") int five(void *ctx) { say(5); return 0; }\n${ENTER('bpf_tail_call(ctx, &calls, 5);')}`,
    );
    assert.deepEqual([new Set(numbers), told], [new Set([5]), []]);
  });

  test('without an array nobody could call it', async () => {
    const { told } = await said(`SEC("raw_tp") int lonely(void *ctx) { say(1); return 0; }`);
    assert.deepEqual(told, ['error: SEC("raw_tp") does not say where the program attaches']);
  });
});

describe('what programs may use', { skip }, () => {
  const ENTER = (body: string) =>
    `SEC("tp_btf/sys_enter") int BPF_PROG(enter, struct pt_regs *regs, long id) { ${body} return 0; }`;

  test('global functions, which are no programs', async () => {
    const { numbers, told } = await said(
      `__noinline int twice(int n) { return 2 * n; }\n${ENTER('say(twice(said + 21) - 2 * said);')}`,
    );
    assert.deepEqual([new Set(numbers), told], [new Set([42]), []]);
  });

  test('bpf_loop', async () => {
    const { numbers } = await said(`static int add(__u32 i, void *sum) { *(int *)sum += i; return 0; }
${ENTER('int sum = 0; bpf_loop(10, add, &sum, 0); say(sum);')}`);
    assert.deepEqual(new Set(numbers), new Set([45]));
  });

  test('kernel functions that read', async () => {
    const { numbers, told } =
      await said(`extern struct task_struct *bpf_task_acquire(struct task_struct *task) __ksym;
extern void bpf_task_release(struct task_struct *task) __ksym;
${ENTER('struct task_struct *task = bpf_task_acquire(bpf_get_current_task_btf()); if (!task) return 0; say(task->pid > 0); bpf_task_release(task);')}`);
    assert.deepEqual([new Set(numbers), told], [new Set([1]), []]);
  });

  test('a kernel function that is not there is named', async () => {
    const { told } = await said(
      `extern int bpf_no_such_thing(void) __ksym;\n${ENTER('say(bpf_no_such_thing());')}`,
    );
    assert.match(told.join(), /error: .*bpf_no_such_thing/);
  });

  test('a timer that SEC("syscall") starts, for the time that is given', async () => {
    const { numbers, told } = await said(`struct element { struct bpf_timer timer; };
struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, int); __type(value, struct element); } timers SEC(".maps");
static int tick(void *map, int *key, struct element *element) { say(7); bpf_timer_start(&element->timer, 1000000, 0); return 0; }
SEC("syscall") int begin(void *ctx) {
	int zero = 0;
	struct element *element = bpf_map_lookup_elem(&timers, &zero);
	if (!element) return 1;
	bpf_timer_init(&element->timer, &timers, 1);
	bpf_timer_set_callback(&element->timer, tick);
	return bpf_timer_start(&element->timer, 0, 0);
}`);
    assert.ok(numbers.length >= 2, String(numbers));
    assert.deepEqual([new Set(numbers), told], [new Set([7]), []]);
  });

  test('arena memory, which SEC("syscall") allocates; what it returns is told', async t => {
    const types = TypeSource.fromRaw(readFileSync('/sys/kernel/btf/vmlinux'));
    if (!types.enumeration('BPF_MAP_TYPE_ARENA')) return t.skip('this Linux has no maps of this type');
    const { told } = await said(
      `struct { __uint(type, BPF_MAP_TYPE_ARENA); __uint(map_flags, BPF_F_MMAPABLE); __uint(max_entries, 4); } arena SEC(".maps");
#define __arena __attribute__((address_space(1)))
extern void __arena *bpf_arena_alloc_pages(void *map, void __arena *address, __u32 pages, int node, __u64 flags) __ksym;
SEC("syscall") int begin(void *ctx) {
	int __arena *page = bpf_arena_alloc_pages(&arena, 0, 1, -1, 0);
	if (!page) return 1;
	*page = 42;
	return *page;
}`,
      {},
    );
    assert.deepEqual(told, ['warning: program begin of SEC("syscall") returned 42']);
  });
});

describe('refusals', { skip }, () => {
  test('all programs that cannot be run are told of at once', async () => {
    const { numbers, told } = await said(`SEC("xdp") int a(void *ctx) { return 2; }
SEC("lsm/file_open") int b(void *ctx) { return 0; }
SEC("raw_tp.w/bpf_test_finish") int c(void *ctx) { return 0; }
SEC("tracepiont/sched/sched_switch") int d(void *ctx) { return 0; }`);
    assert.equal(numbers.length, 0);
    assert.deepEqual(
      told.map(text => text.replace(/: such a program .*/, '')),
      [
        'error: SEC("xdp") is not run here',
        'error: SEC("lsm/file_open") is not run here',
        'error: SEC("raw_tp.w/bpf_test_finish") can change what it traces',
        'error: SEC("tracepiont/sched/sched_switch") is no kind of program',
      ],
    );
  });

  test('names that are not there, before anything is loaded', async () => {
    const source = `SEC("tp/sched/sched_swich") int a(void *ctx) { return 0; }
SEC("tp_btf/sched_swich") int b(void *ctx) { return 0; }
SEC("iter/tasks") int c(void *ctx) { return 0; }`;
    const { diagnostics } = await run(source);
    assert.deepEqual(
      diagnostics.map(({ message, remedy }) => `${message} ${remedy}`),
      [
        'No matches for SEC "tp/sched/sched_swich". Did you mean sched/sched_switch?',
        'No matches for SEC "tp_btf/sched_swich". Did you mean sched_switch?',
        'No matches for SEC "iter/tasks". Did you mean task?',
      ],
    );
  });

  test('a question mark leaves a program out', async () => {
    const { numbers, told } = await said(`SEC("?raw_tp/sys_enter") int off(void *ctx) { say(1); return 0; }
SEC("raw_tp/sys_enter") int on(void *ctx) { say(2); return 0; }`);
    assert.deepEqual(new Set(numbers), new Set([2]));
    assert.match(told.join(), /begins with a question mark/);
  });
});
