/** The programs of articles on tracing that need kprobes, as readers paste them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import type { CellLanguage, RunSnapshot } from '../../kernel/protocol.ts';
import { fixture, type TestKernel, textOf } from '../host/kernel-helpers.ts';
import { scratchFolder } from '../scratch.ts';
import { testSamples } from './samples.ts';

/** Connects to itself and sends nothing, writes 6 of 8 bytes to /dev/null. */
const calls = join(scratchFolder(), 'calls');

/** In a process with other tests, because starting one takes long under emulation. */
export function describeArticles(tests: TestKernel, without: string | false): void {
  /** All that a run of a cell shows while the calls are made; it must not fail. */
  async function shown(source: string, language: CellLanguage = 'bpftrace'): Promise<RunSnapshot> {
    const snapshot = await tests.run(`//| workload: ${calls}\n${source}`, { language });
    const problems = snapshot.diagnostics.filter(({ severity }) => severity === 'error');
    assert.deepEqual(problems, []);
    return snapshot;
  }

  const lines = async (source: string) => textOf(await shown(source)).join('\n');

  describe('programs of articles', { skip: without }, () => {
    before(() => {
      const { status, stderr } = spawnSync('cc', ['-o', calls, fixture('articles/calls.c')], {
        encoding: 'utf8',
      });
      assert.equal(status, 0, stderr);
    });

    test('who connected: inet_csk_accept', async () => {
      const text = await lines(`#include <net/sock.h>

BEGIN { printf("%-9s %-6s %-8s %-15s %-6s %-15s\\n", "TIME", "PID", "COMM", "RADDR", "RPORT", "LADDR"); }

kretprobe:inet_csk_accept
{
  $sk = (struct sock *)retval;
  if ($sk != 0 && $sk->__sk_common.skc_family == 2) {
    $raddr = ntop($sk->__sk_common.skc_daddr);
    $laddr = ntop($sk->__sk_common.skc_rcv_saddr);
    time("%H:%M:%S  ");
    printf("%-6d %-8s %-15s %-6d %-15s\\n", pid, comm, $raddr, bswap($sk->__sk_common.skc_dport), $laddr);
  }
}`);
      assert.match(text, /^TIME {6}PID {4}COMM {5}RADDR {11}RPORT {2}LADDR/);
      assert.match(text, /^\d\d:\d\d:\d\d {2}\d+ +calls +127\.0\.0\.1 +\d+ +127\.0\.0\.1/m);
    });

    test('which files are opened and written, and what: vfs_open, vfs_write, casts and headers', async () => {
      const text = await lines(`#include <linux/fs.h>
#include <linux/path.h>
#include <linux/dcache.h>

kprobe:vfs_open
/comm == "calls"/
{
  printf("%-6d open  %s\\n", pid, str(((struct path *)arg0)->dentry->d_name.name));
}
kprobe:vfs_write
/comm == "calls" || comm == "git-remote-http"/
{
  $file = (struct file *)arg0;
  printf("%-6d write %s: %d %s\\n", pid, str($file->f_path.dentry->d_name.name), arg2, str(arg1, arg2 + 1));
}`);
      assert.match(text, /^\d+ +open {2}null$[\s\S]*^\d+ +write null: 6 data\\tx$/m);
    });

    test('who sends packets: stacks at ip_output', async () => {
      const text = await lines('kprobe:ip_output { @[kstack] = count(); } end { print(@); }');
      assert.match(text, /@\[\n {8}ip_output\+\d+\n(?: {8}.*\n)*? {8}(?:__)?tcp_.*\n(?: {8}.*\n)*\]: [1-9]/);
    });

    test('how long reads take: kprobe to kretprobe', async () => {
      const { panels } = await shown(`kprobe:vfs_read /comm == "calls"/ { @start[tid] = nsecs; }
kretprobe:vfs_read /@start[tid]/ { @ns = hist(nsecs - @start[tid]); delete(@start, tid); }`);
      const histogram = panels.find(panel => panel.kind === 'histogram');
      assert.ok(histogram?.series[0]?.buckets.some(({ count }) => Number(count) > 0));
      assert.ok(!panels.some(({ title }) => title === '@start'));
    });

    test('packets of the loopback device: __netif_receive_skb_core, whatever the compiler called it', async () => {
      const name = /\b__netif_receive_skb_core(?:\.\w+)*\b/.exec(
        readFileSync('/proc/kallsyms', 'latin1'),
      )![0];
      const { panels } = await shown(
        `#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>

struct packet {
  char device[16];
  unsigned int length;
};

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 1 << 16);
} packets SEC(".maps");

SEC("kprobe/${name}")
int BPF_KPROBE(received, struct sk_buff **buffer)
{
  struct sk_buff *skb = NULL;
  struct packet packet = {};

  bpf_core_read(&skb, sizeof(skb), buffer);
  BPF_CORE_READ_STR_INTO(&packet.device, skb, dev, name);
  packet.length = BPF_CORE_READ(skb, len);
  if (packet.device[0] == 'l' && packet.device[1] == 'o')
    bpf_ringbuf_output(&packets, &packet, sizeof(packet), 0);
  return 0;
}

char LICENSE[] SEC("license") = "GPL";
`,
        'bpf-c',
      );
      const table = panels.find(panel => panel.kind === 'table' && panel.of === 'records');
      assert.ok(table?.kind === 'table');
      assert.deepEqual(
        table.columns.map(({ name }) => name),
        ['device', 'length'],
      );
      // A connection over loopback is opened by three packets, with headers of 40 bytes and more.
      assert.ok(table.total >= 3);
      for (const [device, length] of table.rows) assert.ok(device === 'lo' && Number(length) >= 40);
    });

    test('how much is written, by command: a histogram in a map', async () => {
      const { panels } = await shown(
        `#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>

struct hist_key {
  char comm[16];
  u64 pid_tgid;
  u32 index;
};

struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_HASH);
  __type(key, struct hist_key);
  __type(value, long);
  __uint(max_entries, 1024);
} my_hist_map SEC(".maps");

static u32 log2l(u64 value)
{
  u32 log = 0;
  for (int bit = 32; bit; bit >>= 1)
    if (value >> bit) {
      value >>= bit;
      log += bit;
    }
  return log;
}

SEC("ksyscall/write")
int BPF_KSYSCALL(written, unsigned int fd, const char *text, size_t size)
{
  struct hist_key key = { .pid_tgid = bpf_get_current_pid_tgid(), .index = log2l(size) };
  long one = 1, *count;

  bpf_get_current_comm(&key.comm, sizeof(key.comm));
  count = bpf_map_lookup_elem(&my_hist_map, &key);
  if (count)
    __sync_fetch_and_add(count, 1);
  else
    bpf_map_update_elem(&my_hist_map, &key, &one, BPF_NOEXIST);
  return 0;
}

char LICENSE[] SEC("license") = "GPL";
`,
        'bpf-c',
      );
      const histogram = panels.find(panel => panel.kind === 'histogram');
      assert.ok(histogram?.kind === 'histogram', JSON.stringify(panels));
      const own = histogram.series.find(({ key }) => key.includes('calls'));
      assert.deepEqual(
        own?.buckets.map(({ lo, count }) => [Number(lo), Number(count)]),
        [[4, 1]],
      );
    });

    testSamples(tests, shown);
  });
}
