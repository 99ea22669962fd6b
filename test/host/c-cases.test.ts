/** BPF C as articles and samples show it: it runs here, or gets an answer. Rows by their numbers. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { BASE, fixed, folder, ON_WRITE, OWN, told, traced } from './c-case-helpers.ts';
import { ebpfnb, fixture, skip } from './kernel-helpers.ts';

/** Writes six bytes once, and nothing among what the program prints. */
const ECHO = "sh -c 'exec /bin/echo hello > /dev/null'";

describe('the whole program of an article', { skip }, () => {
  const directory = join(folder, 'bootstrap');
  const file = join(directory, 'bootstrap.bpf.c');
  const command = `sh -c 'echo $$; /bin/true; ls /no-such; sleep 0.1; /bin/true'`;

  before(() => {
    mkdirSync(directory);
    writeFileSync(file, readFileSync(fixture('cases/bootstrap.bpf.c')));
    writeFileSync(
      join(directory, 'bootstrap.h'),
      'struct event { int pid; int ppid; unsigned exit_code; unsigned long long duration_ns; char comm[16]; char filename[127]; bool exit_event; };\n',
    );
  });

  /** The rows of this test's own processes: those that a shell of its own started. */
  function rows(...flags: string[]): Record<string, unknown>[] {
    const { stdout, stderr, status } = ebpfnb(['trace', '-f', 'json', ...flags, file, '-c', command]);
    assert.equal(status, 0, stderr);
    const shell = Number(/^\d+$/m.exec(stdout)?.[0]);
    const all = stdout
      .split('\n')
      .filter(line => line.startsWith('{"type":"row"'))
      .map(line => JSON.parse(line).data);
    return all.filter(({ ppid }) => ppid === shell);
  }

  test('0.1 to 0.16: starts and exits, with durations; what a row does not set is unset', () => {
    const seen = rows()
      .slice(0, 6)
      .map(({ comm, exit_event, exit_code, filename, duration_ns }) => [
        comm,
        exit_event,
        exit_code,
        filename,
        duration_ns === null ? null : Number(duration_ns) > 0,
      ]);
    assert.deepEqual(seen, [
      ['true', false, null, '/bin/true', null],
      ['true', true, 0, null, true],
      ['ls', false, null, '/usr/bin/ls', null],
      ['ls', true, 2, null, true],
      ['sleep', false, null, '/usr/bin/sleep', null],
      ['sleep', true, 0, null, true],
    ]);
  });

  test('0.9: the parameter is set from outside, and the exits of long lives alone are shown', () => {
    const seen = rows('--param', 'min_duration_ns=90000000');
    assert.ok(seen.some(({ comm }) => comm === 'sleep'));
    // On a busy machine others may take as long.
    for (const { exit_event, duration_ns } of seen)
      assert.deepEqual([exit_event, Number(duration_ns) >= 90_000_000], [true, true]);
  });
});

describe('the second article: a perf buffer', { skip }, () => {
  const COMMON = `#define TASK_COMM_LEN 16
#define MAX_FILENAME_LEN 512
struct event { int pid; char comm[TASK_COMM_LEN]; char filename[MAX_FILENAME_LEN]; };
`;
  const PROGRAM = `#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#include "common.h"

struct { __uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY); __uint(key_size, sizeof(int)); __uint(value_size, sizeof(int)); } pb SEC(".maps");
struct { __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY); __uint(max_entries, 1); __type(key, int); __type(value, struct event); } heap SEC(".maps");

struct trace_entry { short unsigned int type; unsigned char flags; unsigned char preempt_count; int pid; };
struct trace_event_raw_sched_process_exec { struct trace_entry ent; unsigned int __data_loc_filename; int pid; int old_pid; char __data[0]; };

SEC("tp/sched/sched_process_exec")
int haddle_exec(struct trace_event_raw_sched_process_exec *ctx)
{
	unsigned fname_off = ctx->__data_loc_filename & 0xFFFF;
	struct event *e;
	int zero = 0;

	e = bpf_map_lookup_elem(&heap, &zero);
	if (!e)
		return 0;
	e->pid = bpf_get_current_pid_tgid() >> 32;
	bpf_get_current_comm(&e->comm, sizeof(e->comm));
	bpf_probe_read_str(&e->filename, sizeof(e->filename), (void *)ctx + fname_off);
	bpf_perf_event_output(ctx, &pb, BPF_F_CURRENT_CPU, e, sizeof(*e));
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
`;

  test('2.1 to 2.6, 2.14, 2.17: each start is a row, by a scratch map, with a struct from a header beside it', () => {
    const directory = join(folder, 'perfbuf');
    mkdirSync(directory);
    writeFileSync(join(directory, 'common.h'), COMMON);
    writeFileSync(join(directory, 'perfbuf.bpf.c'), PROGRAM);
    const { stdout, stderr, status } = ebpfnb([
      'trace',
      join(directory, 'perfbuf.bpf.c'),
      '-c',
      `sh -c 'ls /no-such; /bin/true'`,
    ]);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^TIME +PID {2}COMM +FILENAME$/m);
    assert.match(stdout, /^\d\d:\d\d:\S+ +\d+ {2}ls +\/usr\/bin\/ls$/m);
    assert.match(stdout, /^\d\d:\d\d:\S+ +\d+ {2}true +\/bin\/true$/m);
    assert.doesNotMatch(stderr, /WARNING/);
  });
});

describe('reading memory', { skip }, () => {
  test('4.12 and 0.12: every way to read memory', () => {
    const { stdout, stderr, status } = traced(
      `${BASE}${ON_WRITE} {
  ${OWN}
  struct task_struct *task = (void *)bpf_get_current_task(), *parent = 0;
  const char *buf = (const char *)ctx->args[1];
  char a[16] = {}, b[16] = {}, c[16] = {}, d[16] = {}, e[16] = {}, f[16] = {}, g[16] = {};
  int pid = 0, tgid = 0, parent_tgid = 0;
  bpf_probe_read(a, sizeof(a), task->comm);
  bpf_probe_read_str(b, sizeof(b), task->comm);
  bpf_probe_read_kernel(c, sizeof(c), task->comm);
  bpf_probe_read_kernel_str(d, sizeof(d), task->comm);
  bpf_probe_read_user(e, 5, buf);
  bpf_probe_read_user_str(f, 6, buf);
  BPF_CORE_READ_STR_INTO(&g, task, comm);
  BPF_CORE_READ_INTO(&tgid, task, tgid);
  bpf_core_read(&pid, sizeof(pid), &task->pid);
  BPF_PROBE_READ_INTO(&parent, task, real_parent);
  parent_tgid = BPF_PROBE_READ(parent, tgid);
  bpf_printk("%s %s %s %s", a, b, c, d);
  bpf_printk("%s %s %s", e, f, g);
  bpf_printk("%d %d", pid == tgid, parent_tgid == BPF_CORE_READ(task, real_parent, tgid));
  return 0;
}
`,
      ECHO,
    );
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^echo echo echo echo\nhello hello echo\n1 1$/m);
  });

  test('0.12: where a field of a tracepoint is copied into a probe of a function', async () => {
    const program = (context: string) => `${BASE}SEC("kprobe/do_sys_openat2")
int f(struct ${context} *ctx)
{
  char name[16];
  bpf_probe_read_str(name, sizeof(name), (void *)ctx + (ctx->__data_loc_filename & 0xffff));
  return 0;
}
`;
    const [copied] = await told(program('trace_event_raw_sched_process_exec'));
    assert.equal(copied?.code, 'context-of-tracepoint');
    assert.match(copied?.remedy ?? '', /BPF_KPROBE/);
    const [missing] = await told(program('pt_regs'));
    assert.equal(missing?.code, 'clang-error');
    assert.match(missing?.remedy ?? '', /^__data_loc_filename is a field of a tracepoint\. .*BPF_KPROBE/);
  });

  test('0.13: a field that this Linux does not have is named, at the place where it is read', () => {
    const source = `${BASE}struct task_struct___old { int nonesuch; } __attribute__((preserve_access_index));
${ON_WRITE} {
  struct task_struct___old *task = (void *)bpf_get_current_task();
  return BPF_CORE_READ(task, nonesuch);
}
`;
    const { stderr, status } = traced(source, 'true');
    assert.notEqual(status, 0);
    const line = source.split('\n').findIndex(text => text.includes('return BPF_CORE_READ')) + 1;
    assert.match(
      stderr,
      new RegExp(`:${line}:\\d+-\\d+: ERROR: struct task_struct of this Linux has no field nonesuch\\n`),
    );
    assert.match(stderr, /ask bpf_core_field_exists\(\)/);
  });

  test('4.12 and 4.14: what newer BPF does better is a hint', async () => {
    const source = `${BASE}SEC("raw_tp/netif_receive_skb") int f(struct bpf_raw_tracepoint_args *ctx)
{
	struct sk_buff *skb = (struct sk_buff *)ctx->args[0];
	struct net_device *dev = BPF_CORE_READ(skb, dev);
	char devname[16], fmt[] = "%s\\n";

	bpf_probe_read(devname, sizeof(devname), dev->name);
	bpf_trace_printk(fmt, sizeof(fmt), devname);
	return 0;
}
`;
    const hints = await told(source);
    assert.deepEqual(
      hints.map(({ code, severity }) => [code, severity]),
      [
        ['printk-lines', 'hint'],
        ['text-by-size', 'hint'],
      ],
    );
    const mended = fixed(source, hints[1]!.fix);
    assert.match(mended, /\tBPF_CORE_READ_STR_INTO\(&devname, dev, name\);/);
    assert.deepEqual(
      (await told(mended)).map(({ code }) => code),
      ['printk-lines'],
    );
  });

  test('4.16: stray text in a program on one line is an error at its column', async () => {
    const [error] = await told(`${BASE}${ON_WRITE} { int x = 0; [is this right?] return x; }\n`);
    assert.equal(error!.severity, 'error');
    assert.equal(error!.span?.start.line, BASE.split('\n').length - 1);
    assert.ok(error!.span!.start.column >= ON_WRITE.length, `column ${error!.span!.start.column}`);
  });

  test('0.7: several types of records in one ring are told apart, whatever their sizes', () => {
    const { stdout, stderr } = traced(
      `${BASE}struct small { int a; }; struct large { long b; char text[8]; }; struct alike { long c, d; };
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } rb SEC(".maps");
${ON_WRITE} {
  ${OWN}
  struct small *s = bpf_ringbuf_reserve(&rb, sizeof(*s), 0);
  if (s) { s->a = 1; bpf_ringbuf_submit(s, 0); }
  struct large l = { 2, "two" };
  bpf_ringbuf_output(&rb, &l, sizeof(l), 0);
  struct alike *a = bpf_ringbuf_reserve(&rb, sizeof(*a), 0);
  if (a) { a->c = 3; a->d = 4; bpf_ringbuf_submit(a, 0); }
  return 0;
}
`,
      ECHO,
    );
    assert.match(stdout, /^ +A\n +1\n +B {2}TEXT\n +2 {2}two\n +C +D\n +3 +4$/m, stderr);
    assert.doesNotMatch(stderr, /WARNING/);
  });
});

describe('maps', { skip }, () => {
  const HASH = (name: string, room: number) =>
    `struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, ${room}); __type(key, u64); __type(value, struct stat); } ${name} SEC(".maps");\n`;

  test('0.5: how full a map is, and a warning when updates fail for it', () => {
    const { stdout, stderr } = traced(
      `${BASE}struct stat { u64 calls, bytes; };
${HASH('small', 2)}${HASH('large', 1024)}${ON_WRITE} {
  ${OWN}
  u64 size = ctx->args[2];
  struct stat one = { 1, size };
  bpf_map_update_elem(&small, &size, &one, BPF_ANY);
  bpf_map_update_elem(&large, &size, &one, BPF_ANY);
  return 0;
}
`,
      `sh -c 'echo 1; echo 22; echo 333'`,
    );
    assert.match(stdout, /^small \(2 entries, room for 2\)\nkey {2}calls {2}bytes\n/m);
    assert.match(stdout, /^large \(3 entries, room for 1024\)\nkey {2}calls {2}bytes\n {2}2 {6}1 {5}2B\n/m);
    assert.match(stderr, /WARNING: map small was full: it has room for 2 entries/);
    assert.doesNotMatch(stderr, /map large was full/);
  });

  test('0.6: a record that finds no room in its ring is counted', () => {
    const { stdout, stderr } = traced(
      `${BASE}struct big { char text[3000]; };
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } rb SEC(".maps");
${ON_WRITE} {
  ${OWN}
  struct big *first = bpf_ringbuf_reserve(&rb, sizeof(*first), 0);
  struct big *second = bpf_ringbuf_reserve(&rb, sizeof(*second), 0);
  if (second) bpf_ringbuf_discard(second, 0);
  if (!first) return 0;
  bpf_probe_read_kernel_str(first->text, sizeof(first->text), "kept");
  bpf_ringbuf_submit(first, 0);
  return 0;
}
`,
      ECHO,
    );
    assert.match(stdout, /^kept/m);
    assert.match(stderr, /^Lost 1 events$/m);
  });

  test('4.6 to 4.8: a histogram in a per-CPU map whose key has an index, by task', () => {
    const { stdout, stderr } = traced(
      `${BASE}struct hist_key { char comm[16]; u64 pid_tgid; u64 uid_gid; u64 index; };
struct { __uint(type, BPF_MAP_TYPE_PERCPU_HASH); __uint(max_entries, 1024); __type(key, struct hist_key); __type(value, long); } my_hist_map SEC(".maps");
${ON_WRITE} {
  ${OWN}
  long init_val = 1, *value;
  struct hist_key key;
  key.index = log2l(ctx->args[2]);
  key.pid_tgid = bpf_get_current_pid_tgid();
  key.uid_gid = bpf_get_current_uid_gid();
  bpf_get_current_comm(&key.comm, sizeof(key.comm));
  value = bpf_map_lookup_elem(&my_hist_map, &key);
  if (value) __sync_fetch_and_add(value, 1);
  else bpf_map_update_elem(&my_hist_map, &key, &init_val, BPF_ANY);
  return 0;
}
`,
      `sh -c 'echo 1; echo 2; echo 3456789'`,
    );
    assert.match(
      stdout,
      /my_hist_map\[sh, (\d+), \1, 0, 0\]:?\n\[2, 4\) +2 \|@+ *\|\n\[4, 8\) +0 \| *\|\n\[8, 16\) +1 \|@+ *\|/,
      stderr,
    );
  });
});

describe('what a program takes things for', { skip }, () => {
  const COPIED = (members: string) => `#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
char LICENSE[] SEC("license") = "GPL";
struct trace_entry { short type; unsigned char flags, preempt_count; int pid; };
struct trace_event_raw_sched_process_exec { struct trace_entry ent; ${members} };
SEC("tp/sched/sched_process_exec") int haddle_exec(struct trace_event_raw_sched_process_exec *ctx) { return ctx->pid; }
`;

  test('2.6: a copied struct of a tracepoint that does not fit this Linux is warned of', () => {
    const { stderr } = traced(COPIED('unsigned __data_loc_filename; long long pid; int old_pid;'), 'true');
    assert.match(
      stderr,
      /WARNING: struct trace_event_raw_sched_process_exec does not fit tp\/sched\/sched_process_exec of this Linux: pid is at byte 12, not at 16; old_pid is at byte 16, not at 24/,
    );
  });

  test('2.6 and 2.17: one that fits runs, with UAPI headers alone and whatever name', () => {
    const { stderr, status } = traced(COPIED('unsigned __data_loc_filename; int pid, old_pid;'), 'true');
    assert.equal(status, 0, stderr);
    assert.doesNotMatch(stderr, /WARNING/);
  });

  /** What is told of programs at functions, whether this Linux can attach them or not: one run tells it all. */
  let warnings: { at: string; text: string }[];
  const FUNCTIONS = `${BASE}SEC("kprobe/__x64_sys_write") int nested(struct pt_regs *ctx) { return PT_REGS_PARM3(ctx); }
SEC("kprobe/__x64_sys_write") int followed(struct pt_regs *ctx) {
  struct pt_regs *regs = (struct pt_regs *)PT_REGS_PARM1(ctx);
  return PT_REGS_PARM3_CORE(regs);
}
SEC("kprobe/__netif_receive_skb_core") int by_register(struct pt_regs *ctx) {
  struct sk_buff *skb;
  skb = (struct sk_buff *) PT_REGS_PARM1(ctx);
  return skb != 0;
}
SEC("kprobe/__netif_receive_skb_core") int BPF_KPROBE(by_macro, struct sk_buff *skb) { return skb != 0; }
SEC("kprobe/__netif_receive_skb_core") int BPF_KPROBE(right, struct sk_buff **skb) { return skb != 0; }
`;
  before(() => {
    const { stderr } = traced(FUNCTIONS, 'true');
    const lines = FUNCTIONS.split('\n');
    warnings = [...stderr.matchAll(/:(\d+):[\d-]+: WARNING: (.*)\n.*\n.*\n(HINT: .*)/g)].map(
      ([, line, message, hint]) => ({ at: lines[Number(line) - 1]!.trim(), text: `${message} ${hint}` }),
    );
  });

  test('4.2: the arguments of a syscall are not those of its function', () => {
    const nested = warnings.filter(({ text }) => text.includes('__x64_sys_write'));
    assert.equal(nested.length, 1, 'who follows the pointer to the registers is told nothing');
    assert.match(nested[0]!.at, /int nested/);
    assert.match(nested[0]!.text, /^argument 3 of __x64_sys_write is not that of write\(\)/);
    assert.match(
      nested[0]!.text,
      /Write SEC\("ksyscall\/write"\) with BPF_KSYSCALL.* or SEC\("tp\/syscalls\/sys_enter_write"\)/,
    );
  });

  test('4.10: an argument that is taken for another type', () => {
    const taken = warnings.filter(({ text }) => text.includes('__netif_receive_skb_core'));
    assert.deepEqual(
      taken.map(({ at }) => at.slice(0, 5)),
      ['skb =', 'SEC("'],
      'where it is cast, and where BPF_KPROBE declares it',
    );
    for (const { text } of taken) {
      assert.match(
        text,
        /^argument 1 of __netif_receive_skb_core is struct sk_buff \*\* on this Linux, not struct sk_buff \*/,
      );
      assert.match(text, /SEC\("fentry\/__netif_receive_skb_core"\), where Linux checks types/);
    }
  });
});

describe('what a program prints', { skip }, () => {
  test('4.14: bpf_printk and bpf_trace_printk are output of the cell', () => {
    const { stdout, stderr, status } = traced(
      `${BASE}${ON_WRITE} {
  ${OWN}
  char comm[16];
  char fmt[] = "%s: %d bytes|%5d|%-5u|%lx\\n";
  char bare[] = "100%%";
  bpf_get_current_comm(comm, sizeof(comm));
  bpf_printk("plain");
  bpf_printk("%s writes %d of %llu, %d %d\\n", comm, (int)ctx->args[2], 7ULL, -1, 2);
  bpf_trace_printk(fmt, sizeof(fmt), comm, (int)ctx->args[2], -3);
  bpf_trace_printk(bare, sizeof(bare));
  return 0;
}
`,
      ECHO,
    );
    assert.equal(status, 0, stderr);
    assert.deepEqual(stdout.split('\n').slice(0, 5), [
      'plain',
      'echo writes 6 of 7, -1 2',
      'echo: 6 bytes|   -3|0    |0',
      '100%',
      '',
    ]);
  });

  test('4.14: in JSON, too', () => {
    const { stdout } = traced(
      `${BASE}${ON_WRITE} { ${OWN} bpf_printk("fd %d", (int)ctx->args[0]); return 0; }\n`,
      ECHO,
      '-f',
      'json',
    );
    assert.match(stdout, /^\{"type": "printf", "data": "fd 1\\n"\}$/m);
  });
});
