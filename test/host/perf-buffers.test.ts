/** Cells that send their records by perf buffer. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { cellText } from '../../kernel/notebook/index.ts';
import type { RunSnapshot } from '../../kernel/protocol.ts';
import { skip, TestKernel } from './kernel-helpers.ts';

const tests = new TestKernel();
after(() => tests.kernel.close());

/** A program that runs once, when the cell's command starts. */
const cell = (declarations: string, body: string, ...options: string[]) => `//| workload: true
${options.map(option => `//| ${option}\n`).join('')}
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
char LICENSE[] SEC("license") = "GPL";
const volatile int cpid = 0;
struct { __uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY); __uint(key_size, 4); __uint(value_size, 4); } events SEC(".maps");
${declarations}
SEC("tp/sched/sched_process_exec") int start(void *ctx) {
	if (bpf_get_current_pid_tgid() >> 32 != cpid) return 0;
	${body}
	return 0;
}`;

async function run(source: string) {
  const ended = await tests.run(source, { language: 'bpf-c' });
  const told = ended.diagnostics.filter(({ code }) => code !== 'perf-buffers');
  return { ended, said: told.map(({ severity, message }) => `${severity}: ${message}`) };
}

/** The tables, by rows without the times that each begins with where it came by perf buffer. */
const tables = ({ panels }: RunSnapshot) =>
  panels.flatMap(panel => {
    if (panel.kind !== 'table') return [];
    const columns = panel.columns.map(({ name }) => name);
    if (columns[0] !== 'time') return [[panel.title, columns, panel.rows]];
    for (const [time] of panel.rows)
      assert.match(cellText(time!, panel.columns[0]!.kind), /^\d\d:\d\d:\d\d\.\d{6}$/);
    return [[panel.title, columns.slice(1), panel.rows.map(row => row.slice(1))]];
  });

describe('a perf buffer', { skip }, () => {
  test('holds records of several types, whose sizes Linux rounds up', async () => {
    const { ended, said } = await run(
      cell(
        `struct small { u8 byte; } __attribute__((packed));
struct odd { u32 a; u16 b; char c[7]; } __attribute__((packed));
struct large { u64 value; char text[520]; };
struct { __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY); __uint(max_entries, 1); __type(key, u32); __type(value, struct large); } heap SEC(".maps");`,
        `struct small small = { 7 };
	struct odd odd = { 1, 2, "three" };
	u32 zero = 0;
	struct large *large = bpf_map_lookup_elem(&heap, &zero);
	if (!large) return 0;
	large->value = 1ull << 40;
	bpf_get_current_comm(large->text, 16);
	bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, &small, sizeof(small));
	bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, &odd, sizeof(odd));
	bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, large, sizeof(*large));`,
      ),
    );
    assert.deepEqual(said, []);
    assert.deepEqual(tables(ended), [
      ['small', ['byte'], [[7]]],
      ['odd', ['a', 'b', 'c'], [[1, 2, 'three']]],
      ['large', ['value', 'text'], [[2 ** 40, 'true']]],
    ]);
  });

  test('a record that a function hands over as void * has the type that it was', async () => {
    const { ended, said } = await run(
      cell(
        `struct event { int n; };
static __noinline int send(void *ctx, void *record, u64 size) { return bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, record, size & 15); }`,
        'struct event event = { 5 }; send(ctx, &event, sizeof(event));',
      ),
    );
    assert.deepEqual([said, tables(ended)], [[], [['event', ['n'], [[5]]]]]);
  });

  test('a record has the time of day when it was written, unless it has a time of its own', async () => {
    const { ended } = await run(
      cell(
        'struct timed { u64 ts; u32 n; }; struct plain { u32 n; };',
        `struct timed timed = { 5, 6 }; struct plain plain = { 7 };
	bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, &timed, sizeof(timed));
	bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, &plain, sizeof(plain));`,
      ),
    );
    const columns = ended.panels.map(
      panel => panel.kind === 'table' && panel.columns.map(({ name }) => name),
    );
    assert.deepEqual(columns, [
      ['ts', 'n'],
      ['time', 'n'],
    ]);
    const [time] = ended.panels.flatMap(panel =>
      panel.kind === 'table' && panel.title === 'plain' ? panel.rows[0]! : [],
    );
    const behind = Date.now() - Number(time) / 1e6;
    assert.ok(Math.abs(behind) < 30_000, `${time} is not about now`);
  });

  test('two types that come in one size are one table, and it is said so', async () => {
    const { said } = await run(
      cell(
        'struct one { u32 a, b, c, d; }; struct other { u32 a, b, c; u8 d; } __attribute__((packed));',
        `struct one one = {}; struct other other = {};
	bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, &one, sizeof(one));
	bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, &other, sizeof(other));`,
      ),
    );
    assert.match(said.join('\n'), /^warning: .*(one.*other|other.*one)/);
  });

  test('what finds no room is counted, and told by CPU; memory is told, too', async () => {
    const sent = 2000;
    const { ended } = await run(
      cell(
        'struct event { u64 words[8]; };',
        `struct event event = {};
	for (int i = 0; i < ${sent}; i++) bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, &event, sizeof(event));`,
        'perf-pages: 1',
      ),
    );
    const { events, dropped } = ended.totals;
    assert.ok(dropped > 0);
    assert.equal(events + dropped, sent);
    const [loss, ...more] = ended.losses ?? [];
    assert.deepEqual([loss?.count, loss?.problem.code, more], [dropped, 'lost-perf-records', []]);
    assert.match(loss!.problem.message, new RegExp(`\\(CPU \\d+: ${dropped}\\)$`));
    assert.match(loss!.problem.remedy!, /perf-pages/);
    const told = ended.diagnostics.find(({ code }) => code === 'perf-buffers');
    assert.match(told!.message, /^events: \d+KiB of memory, 1 pages for each of \d+ CPUs$/);
  });

  test('what is written once it has ended is none of its losses', async () => {
    const source = cell('struct event { int n; };', '', 'duration: 300ms')
      .replace('workload: true', "workload: sh -c 'exec yes > /dev/null'")
      .replace(
        'return 0;\n}',
        `return 0;
}
SEC("raw_tp/sys_enter") int busy(void *ctx) {
	struct event event = { 1 };
	if (bpf_get_current_pid_tgid() >> 32 == cpid)
		bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, &event, sizeof(event));
	return 0;
}`,
      );
    const { ended } = await run(source);
    assert.equal(ended.reason, 'duration');
    assert.ok(ended.totals.events > 0);
    assert.deepEqual(
      (ended.losses ?? []).filter(({ problem }) => problem.code !== 'lost-perf-records'),
      [],
    );
  });

  test('another CPU cannot be written to: that is told with what to say instead', async () => {
    const { ended } = await run(
      cell(
        'struct event { int n; };',
        `struct event event = { 1 };
	bpf_perf_event_output(ctx, &events, 4095, &event, sizeof(event));`,
      ),
    );
    const [loss] = ended.losses ?? [];
    assert.match(
      `${loss?.problem.message} ${loss?.problem.remedy}`,
      /1 record was lost: .* BPF_F_CURRENT_CPU/,
    );
  });

  test('rows of both buffers and rings come from one cell', async () => {
    const { ended, said } = await run(
      cell(
        `struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } ring SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY); __uint(key_size, 4); __uint(value_size, 4); } more SEC(".maps");
struct a { int a; }; struct b { int b; }; struct c { int c; };`,
        `struct a a = { 1 }; struct b b = { 2 }; struct c c = { 3 };
	bpf_perf_event_output(ctx, &events, BPF_F_CURRENT_CPU, &a, sizeof(a));
	bpf_ringbuf_output(&ring, &b, sizeof(b), 0);
	bpf_perf_event_output(ctx, &more, BPF_F_CURRENT_CPU, &c, sizeof(c));`,
      ),
    );
    const rows = Object.fromEntries(tables(ended).map(([title, , rows]) => [title, rows]));
    assert.deepEqual([said, rows], [[], { a: [[1]], b: [[2]], c: [[3]] }]);
  });
});
