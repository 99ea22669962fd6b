/** Every type of map that a BPF C cell can have: what is shown of it, or why it is refused. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { TypeSource } from '../../kernel/btf/index.ts';
import { MAP_TYPES } from '../../kernel/mapTypes.ts';
import type { Panel, RunSnapshot } from '../../kernel/protocol.ts';
import { skip, TestKernel, until } from './kernel-helpers.ts';

const tests = new TestKernel();
after(() => tests.kernel.close());

/** A map and what a program does with it when our process starts; `map` is declared, `key` and `value` are there. */
interface Case {
  type: string;
  /** Attributes besides the type. */
  attributes: string;
  /** More declarations, in front of the map and behind it. */
  before?: string;
  after?: string;
  /** Arguments that its section gives, where a tracepoint's record is not enough. */
  task?: true;
  body: string;
  /** The panel of the map, as lines. */
  shown: RegExp;
}

const KEYED = '__uint(max_entries, 16); __type(key, u32); __type(value, u64);';
const SET = 'key = 3; value = 7; bpf_map_update_elem(&map, &key, &value, 0);';
const INNER = `struct inner { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, u32); __type(value, u64); };
struct inner apples SEC(".maps"), pears SEC(".maps");`;

const CASES: Case[] = [
  { type: 'HASH', attributes: KEYED, body: SET, shown: /^key\|value\n3\|7$/ },
  { type: 'ARRAY', attributes: KEYED, body: SET, shown: /^key\|value\n3\|7$/ },
  { type: 'PERCPU_HASH', attributes: KEYED, body: SET, shown: /^key\|value\n3\|7$/ },
  { type: 'PERCPU_ARRAY', attributes: KEYED, body: SET, shown: /^key\|value\n3\|7$/ },
  { type: 'LRU_HASH', attributes: KEYED, body: SET, shown: /^key\|value\n3\|7$/ },
  { type: 'LRU_PERCPU_HASH', attributes: KEYED, body: SET, shown: /^key\|value\n3\|7$/ },
  {
    type: 'LPM_TRIE',
    before: 'struct prefix { u32 prefixlen; u32 net; };',
    attributes:
      '__uint(max_entries, 4); __uint(map_flags, BPF_F_NO_PREALLOC); __type(key, struct prefix); __type(value, u64);',
    body: 'struct prefix p = { 8, 10 }; value = 7; bpf_map_update_elem(&map, &p, &value, 0);',
    shown: /^prefixlen\|net\|value\n8\|(10|10\.0\.0\.0)\|7$/,
  },
  {
    type: 'STACK_TRACE',
    attributes: '__uint(max_entries, 16); __uint(key_size, 4); __uint(value_size, 20 * 8);',
    body: 'bpf_get_stackid(ctx, &map, 0);',
    shown: /^id\|stack\n\d+\|\S+\+\d+[\s\S]*exec/,
  },
  {
    type: 'ARRAY_OF_MAPS',
    before: INNER,
    attributes: '__uint(max_entries, 2); __type(key, u32); __array(values, struct inner);',
    after: '= { .values = { [1] = &pears } }',
    body: 'key = 1; bpf_map_lookup_elem(&map, &key);',
    shown: /^key\|map\n1\|pears$/,
  },
  {
    type: 'HASH_OF_MAPS',
    before: INNER,
    attributes: '__uint(max_entries, 4); __type(key, u32); __array(values, struct inner);',
    after: '= { .values = { [40] = &apples, [41] = &pears } }',
    body: 'key = 1; bpf_map_lookup_elem(&map, &key);',
    shown: /^key\|map\n40\|apples\n41\|pears$/,
  },
  {
    type: 'QUEUE',
    attributes: '__uint(max_entries, 4); __type(value, u64);',
    body: 'value = 7; bpf_map_push_elem(&map, &value, 0); value = 8; bpf_map_push_elem(&map, &value, 0);',
    shown: /^next\n7$/,
  },
  {
    type: 'STACK',
    attributes: '__uint(max_entries, 4); __type(value, u64);',
    body: 'value = 7; bpf_map_push_elem(&map, &value, 0); value = 0; bpf_map_push_elem(&map, &value, 0);',
    shown: /^next\n0$/,
  },
  {
    type: 'TASK_STORAGE',
    attributes: '__uint(map_flags, BPF_F_NO_PREALLOC); __type(key, int); __type(value, u64);',
    task: true,
    body: 'value = 7; bpf_task_storage_get(&map, task, &value, BPF_LOCAL_STORAGE_GET_F_CREATE);',
    shown: /^tid\|comm\|value\n\d+\|sleep\|7$/,
  },
  {
    type: 'CGRP_STORAGE',
    attributes: '__uint(map_flags, BPF_F_NO_PREALLOC); __type(key, int); __type(value, u64);',
    task: true,
    body: 'value = 7; bpf_cgrp_storage_get(&map, task->cgroups->dfl_cgrp, &value, BPF_LOCAL_STORAGE_GET_F_CREATE);',
    shown: /^cgroup\|value\n[^|]*\/[^|]*\|7$/,
  },
];

const HEAD = `#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
char LICENSE[] SEC("license") = "GPL";
const volatile int cpid = 0;`;

function source({ type, attributes, before = '', after = '', task, body }: Omit<Case, 'shown'>): string {
  const start = task
    ? 'SEC("tp_btf/sched_process_exec") int BPF_PROG(start, struct task_struct *task)'
    : 'SEC("tp/sched/sched_process_exec") int start(void *ctx)';
  return `//| workload: sleep 30
${HEAD}
${before}
struct { __uint(type, BPF_MAP_TYPE_${type}); ${attributes} } map SEC(".maps") ${after};
${start}
{
	u32 key = 0; u64 value = 0;
	if (bpf_get_current_pid_tgid() >> 32 != cpid) return 0;
	${body}
	return 0;
}`;
}

const panelOf = ({ panels }: Pick<RunSnapshot, 'panels'>): Panel | undefined =>
  panels.find(({ title }) => title === 'map');

function lines(panel: Panel | undefined): string {
  if (panel?.kind !== 'table') return panel?.kind ?? '';
  return [panel.columns.map(({ name }) => name), ...panel.rows].map(row => row.join('|')).join('\n');
}

/** The types that this Linux has, with its numbers. */
function typesOfLinux(): [name: string, number: number | string][] {
  const types = TypeSource.fromRaw(readFileSync('/sys/kernel/btf/vmlinux')).enumeration('BPF_MAP_TYPE_HASH');
  return types?.kind === 'enum' ? types.values : [];
}

describe('what is shown of a map', { skip }, () => {
  const known = new Set(typesOfLinux().map(([name]) => name));
  for (const row of CASES) {
    test(row.type, async t => {
      if (!known.has(`BPF_MAP_TYPE_${row.type}`)) return t.skip('this Linux has no maps of this type');
      const run = tests.start(source(row), { language: 'bpf-c' });
      const shown = await until(async () => {
        await run.refresh();
        return !run.alive || panelOf({ panels: run.panels() });
      }, 'panel');
      run.end('stopped');
      const { diagnostics } = await run.ended;
      assert.deepEqual(
        diagnostics.map(({ message }) => message),
        [],
      );
      assert.match(lines(shown as Panel), row.shown);
    });
  }
});

interface Quiet {
  type: string;
  declared: string;
  before?: string;
  body?: string;
  said: RegExp;
}

const NOTHING_TO_SEE: Quiet[] = [
  {
    type: 'BLOOM_FILTER',
    declared: '__uint(max_entries, 16); __type(value, u64);',
    body: 'bpf_map_push_elem(&map, &value, 0); bpf_map_peek_elem(&map, &value);',
    said: /^hint: map map is not shown: a bloom filter only answers/,
  },
  {
    type: 'USER_RINGBUF',
    declared: '__uint(max_entries, 4096);',
    before: 'static long taken(struct bpf_dynptr *record, void *unused) { return 0; }',
    body: 'bpf_user_ringbuf_drain(&map, taken, 0, 0);',
    said: /^hint: map map is not shown: nobody writes into it here/,
  },
  {
    type: 'SK_STORAGE',
    declared: '__uint(map_flags, BPF_F_NO_PREALLOC); __type(key, int); __type(value, u64);',
    said: /^hint: map map is not shown: its values lie in the sockets/,
  },
  {
    type: 'PROG_ARRAY',
    declared: '__uint(max_entries, 2); __type(key, u32); __type(value, u32);',
    said: /^$/,
  },
  { type: 'RINGBUF', declared: '__uint(max_entries, 4096);', said: /^$/ },
  {
    type: 'PERF_EVENT_ARRAY',
    declared: '__uint(key_size, 4); __uint(value_size, 4);',
    said: /^hint: map: \d+[KMG]iB of memory, 64 pages for each of \d+ CPUs$/,
  },
];

describe('what there is nothing to see of', { skip }, () => {
  for (const { type, declared, before = '', body = '', said } of NOTHING_TO_SEE) {
    test(type, async () => {
      const run = tests.start(source({ type, attributes: declared, before, body }), { language: 'bpf-c' });
      await tests.live(run);
      run.end('stopped');
      const { diagnostics, panels } = await run.ended;
      assert.match(diagnostics.map(({ severity, message }) => `${severity}: ${message}`).join('\n'), said);
      assert.deepEqual(panels, []);
    });
  }
});

test('every other type is refused with the reason, at its line', { skip }, async () => {
  for (const { name, refused } of MAP_TYPES) {
    if (!refused || name === 'unspec') continue;
    const attributes = '__uint(max_entries, 1); __type(key, u32); __type(value, u32);';
    const { diagnostics, reason } = await tests.run(
      source({ type: name.toUpperCase(), attributes, body: '' }),
      {
        language: 'bpf-c',
      },
    );
    const [told, ...more] = diagnostics;
    assert.deepEqual([reason, told?.code, more], ['failed', 'map-type-refused', []], name);
    assert.match(told!.message, /^map map cannot be used here: /);
    assert.ok(told!.remedy && told!.span, name);
  }
});

test('counters that a program in user space would have to open are refused', { skip }, async () => {
  const attributes = '__uint(key_size, 4); __uint(value_size, 4);';
  const body = 'value = bpf_perf_event_read(&map, BPF_F_CURRENT_CPU);';
  const { diagnostics } = await tests.run(source({ type: 'PERF_EVENT_ARRAY', attributes, body }), {
    language: 'bpf-c',
  });
  assert.match(
    diagnostics.map(({ message, remedy }) => `${message}. ${remedy}`).join(),
    /^map map cannot be used here: the counters .* SEC\("perf_event"\) with \/\/\| event/,
  );
});

test("the table has Linux's own numbers", () => {
  const numbers = typesOfLinux();
  assert.ok(numbers.length > 30);
  for (const [text, number] of numbers) {
    const name = text.replace('BPF_MAP_TYPE_', '').toLowerCase();
    // What is newer than the table is refused; the old names of two types are still there.
    if (name.endsWith('_deprecated') || Number(number) >= MAP_TYPES.length) continue;
    assert.equal(MAP_TYPES[Number(number)]!.name, name);
  }
});
