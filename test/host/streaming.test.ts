/** At full speed nothing is lost without being counted, and nobody who is slow fills the kernel's memory. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { createMessageConnection } from 'vscode-jsonrpc/node';
import { PROTOCOL_VERSION, type Requests, type RunSnapshot } from '../../kernel/protocol.ts';
import { COMMAND, fixture, skip, TestKernel, until } from './kernel-helpers.ts';

const tests = new TestKernel();
after(() => tests.kernel.close());

const MILLION = 1_000_000;

/** What was received and what was counted as dropped are all that was made. */
function exact({ totals, reason, diagnostics }: RunSnapshot, made: number): void {
  assert.notEqual(reason, 'failed', JSON.stringify(diagnostics));
  const { events, dropped } = totals;
  assert.equal(events + dropped, made, `${events} received, ${dropped} dropped`);
}

describe('every event is either received or counted as dropped', { skip }, () => {
  test('a loop in a program', async () => {
    const run = await tests.run(
      `begin { for ($i : 0..${MILLION}) { printf("%d %s %d\\n", $i, comm, nsecs); } }`,
    );
    exact(run, MILLION);
    assert.ok(run.totals.events > 0);
  });

  test('system calls of a process that does nothing else', async () => {
    const reads = 200_000;
    const source = `//| workload: dd if=/dev/zero of=/dev/null bs=1 count=${reads}
tracepoint:syscalls:sys_exit_read /pid == cpid && args.ret == 1/ { printf("%d %s\\n", args.ret, comm); }`;
    exact(await tests.run(source, { cpuLimit: 0 }), reads);
  });

  test('several rings, of records whose sizes differ', async () => {
    const source = `#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 65536); } small SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 1 << 20); } large SEC(".maps");
struct point { u32 number; };
struct line { u32 number; char text[200]; };
char LICENSE[] SEC("license") = "GPL";
static long both(u32 number, void *ctx)
{
	struct point point = { number };
	struct line line = { number, "text" };

	bpf_ringbuf_output(&small, &point, sizeof(point), 0);
	bpf_ringbuf_output(&large, &line, sizeof(line), 0);
	return 0;
}
SEC("syscall") int write_both(void *ctx)
{
	bpf_loop(200000, both, NULL, 0);
	return 0;
}`;
    exact(await tests.run(source, { language: 'bpf-c' }), 2 * 200_000);
  });

  test('while a command of the program takes its time', async () => {
    const source = `interval:ms:20 {
  if (@rounds == 0) { system("sleep 1"); }
  if (@rounds < 20) { for ($i : 0..50000) { printf("%d %s %s\\n", $i, comm, comm); } }
  @rounds++;
}`;
    // The command is an event, too.
    const made = 20 * 50_000 + 1;
    const run = tests.start(source, { unsafe: true, cpuLimit: 0 });
    await until(() => run.totals.events + run.totals.dropped >= made || !run.alive, 'all events');
    run.end('stopped');
    exact(await run.ended, made);
  });
});

describe('a client that does not read', { skip }, () => {
  test('is sent less, and the kernel keeps no more for it', async () => {
    const kernel = spawn(process.execPath, [COMMAND, 'kernel', '--stdio'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const connection = createMessageConnection(kernel.stdout, kernel.stdin);
    const ask = <M extends keyof Requests>(method: M, params: Requests[M]['params']) =>
      connection.sendRequest<Requests[M]['result']>(method as string, params);
    let deltas = 0;
    let ended: RunSnapshot | undefined;
    connection.onNotification('run/delta', () => {
      deltas++;
    });
    connection.onNotification('run/ended', snapshot => {
      ended = snapshot;
    });
    connection.listen();
    const megabytes = () =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${kernel.pid}/status`, 'utf8'))![1]) / 1024;
    try {
      await ask('initialize', { version: PROTOCOL_VERSION, client: 'test' });
      const source = `interval:ms:20 {
  if (@rounds < 50) { for ($i : 0..20000) { printf("%d %s %d %d %d %d\\n", $i, comm, nsecs, nsecs, nsecs, nsecs); } }
  @rounds++;
}`;
      const { run } = await ask('run/start', {
        notebook: 'n',
        directory: fixture('session'),
        cell: { id: 'cell', language: 'bpftrace', source: `//| cpu-limit: 0\n${source}` },
        headers: [],
      });
      for (let i = 0; i < 20; i++) await ask('run/subscribe', { run, subscriber: `reader ${i}` });
      kernel.stdout.pause();
      let most = 0;
      for (let i = 0; i < 15; i++) {
        most = Math.max(most, megabytes());
        await new Promise(done => setTimeout(done, 100));
      }
      kernel.stdout.resume();
      const made = 50 * 20_000;
      const isAll = async () => {
        const { totals } = (await ask('run/snapshot', { run }))!;
        return totals.events + totals.dropped >= made;
      };
      await until(isAll, 'all events');
      await ask('run/stop', { run });
      exact((await until(() => ended, 'final output'))!, made);
      assert.ok(deltas <= 20, `${deltas} deltas without an answer`);
      assert.ok(most < 250, `${most} MB`);
    } finally {
      connection.dispose();
      kernel.stdin.end();
      await new Promise(done => kernel.once('close', done));
    }
  });
});
