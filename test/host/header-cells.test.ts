/** Header cells, and cells as long as real tools. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { HeaderFile } from '../../kernel/protocol.ts';
import { skip, TestKernel } from './kernel-helpers.ts';

const tests = new TestKernel();
const cache = mkdtempSync(join(tmpdir(), 'ebpfnb-headers-'));
before(() => {
  process.env['EBPFNB_CACHE'] = cache;
});
after(async () => {
  await tests.kernel.close();
  rmSync(cache, { recursive: true });
});

const TYPES: HeaderFile = { name: 'types.h', source: '//| file: types.h\ntypedef unsigned int id_type;' };
const EVENT: HeaderFile = {
  name: 'event.h',
  source: '//| file: event.h\n#include "types.h"\nstruct event { id_type pid; char comm[16]; };',
};
const OTHER: HeaderFile = { name: 'other.h', source: '//| file: other.h\nint unused_by_all;' };

const PROGRAM = `#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "event.h"

struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } events SEC(".maps");

SEC("tp/syscalls/sys_enter_getppid")
int on_call(void *ctx)
{
	struct event *event;
	if (bpf_get_current_pid_tgid() >> 32 != ${process.pid})
		return 0;
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event)
		return 0;
	event->pid = bpf_get_current_pid_tgid() >> 32;
	bpf_get_current_comm(event->comm, sizeof(event->comm));
	bpf_ringbuf_submit(event, 0);
	return 0;
}
char LICENSE[] SEC("license") = "GPL";`;

/** Runs until it is live, makes a record, and ends. */
async function run(headers: HeaderFile[], source = PROGRAM) {
  const started = tests.start(source, { language: 'bpf-c', headers });
  await tests.live(started);
  process.ppid;
  started.end('stopped');
  return started.ended;
}

const compiled = () => readdirSync(cache).length;

describe('header cells', { skip }, () => {
  test('are included by their names, one by another', async () => {
    const { panels, reason, diagnostics } = await run([EVENT, TYPES, OTHER]);
    assert.equal(reason, 'stopped', JSON.stringify(diagnostics));
    const [table] = panels;
    assert.ok(table?.kind === 'table');
    assert.deepEqual(
      table.columns.map(({ name }) => name),
      ['pid', 'comm'],
    );
    assert.deepEqual(table.rows, [[process.pid, 'node']]);
  });

  test('an edit makes cells that include it compile again, and no others', async () => {
    await run([EVENT, TYPES, OTHER]);
    const known = compiled();
    await run([EVENT, TYPES, { ...OTHER, source: '//| file: other.h\nlong unused_by_all;' }]);
    assert.equal(compiled(), known);
    const longer = { ...TYPES, source: TYPES.source.replace('unsigned int', 'unsigned long') };
    const { panels } = await run([EVENT, longer, OTHER]);
    assert.equal(compiled(), known + 1);
    assert.ok(panels[0]?.kind === 'table');
    assert.deepEqual(panels[0].rows, [[process.pid, 'node']]);
  });

  test('what is wrong in one is told where it is included, with its own place', async () => {
    const broken = { ...TYPES, source: '//| file: types.h\ntypedef unsigned wrong id_type;' };
    const { reason, diagnostics } = await run([EVENT, broken]);
    assert.equal(reason, 'failed');
    const [error] = diagnostics;
    assert.equal(error?.code, 'clang-error');
    assert.match(error.message, /^types\.h:2: /);
    assert.equal(error.span?.start.line, PROGRAM.split('\n').indexOf('#include "event.h"'));
    assert.deepEqual([error.inHeader?.file, error.inHeader?.start.line], ['types.h', 1]);
  });

  test('run by itself, one does nothing', async () => {
    const { reason, panels, diagnostics } = await tests.run(TYPES.source, { language: 'bpf-c' });
    assert.deepEqual([reason, panels, diagnostics], ['done', [], []]);
  });
});

/** A tool of `steps` stages, each a struct, a map and a function of its own. */
function longProgram(steps: number): string {
  const stage = (i: number) => `
struct stage_${i} {
	__u64 hits;
	__u64 bytes;
	__u32 last_pid;
	char comm[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, struct stage_${i});
} stage_map_${i} SEC(".maps");

/* Stage ${i}: counts, and remembers who was last. */
static __noinline int stage_${i}(__u32 pid, __u64 bytes)
{
	struct stage_${i} fresh = {};
	struct stage_${i} *seen = bpf_map_lookup_elem(&stage_map_${i}, &pid);

	if (!seen) {
		fresh.hits = 1;
		fresh.bytes = bytes;
		fresh.last_pid = pid;
		bpf_get_current_comm(fresh.comm, sizeof(fresh.comm));
		bpf_map_update_elem(&stage_map_${i}, &pid, &fresh, BPF_ANY);
		return 0;
	}
	__sync_fetch_and_add(&seen->hits, 1);
	__sync_fetch_and_add(&seen->bytes, bytes);
	return 1;
}
`;
  const numbers = Array.from({ length: steps }, (_, i) => i);
  return `#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
${numbers.map(stage).join('')}
SEC("tp/syscalls/sys_enter_getppid")
int on_call(void *ctx)
{
	__u32 pid = bpf_get_current_pid_tgid() >> 32;
	if (pid != ${process.pid})
		return 0;
${numbers.map(i => `	stage_${i}(pid, ${i});`).join('\n')}
	return 0;
}
char LICENSE[] SEC("license") = "GPL";
`;
}

test('a cell of 1,500 lines compiles and runs; an error in its last lines stands there', {
  skip,
}, async () => {
  const source = longProgram(45);
  const lines = source.split('\n').length;
  assert.ok(lines > 1_500, `${lines} lines`);
  const { reason, panels, diagnostics } = await run([], source);
  assert.equal(reason, 'stopped', JSON.stringify(diagnostics));
  const last = panels.find(({ title }) => title === 'stage_map_44');
  assert.ok(last?.kind === 'table');
  assert.deepEqual(last.rows[0]?.slice(0, 5), [process.pid, 1, 44, process.pid, 'node']);

  const wrong = await run([], source.replace('stage_44(pid, 44);', 'stage_44(pid, nobody);'));
  const [error] = wrong.diagnostics;
  assert.match(error?.message ?? '', /nobody/);
  assert.equal(
    error?.span?.start.line,
    source.split('\n').findIndex(line => line.includes('stage_44(pid, 44)')),
  );
});
