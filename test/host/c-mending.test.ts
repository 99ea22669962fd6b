/** BPF C out of articles and samples, pasted without what stood around it: what is supplied, told and mended. Rows by their numbers. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { BASE, compile, fixed, folder, HEADERS, ON_WRITE, OWN, told } from './c-case-helpers.ts';
import { ebpfnb, fixture, skip } from './kernel-helpers.ts';

describe('what a program lacks', () => {
  test('0.4 and 4.15: without a license it is told, with the line that states one', async () => {
    const source = `${HEADERS}${ON_WRITE} { return 0; }\n`;
    const [warning] = await told(source);
    assert.equal(warning!.code, 'no-license');
    const mended = fixed(source, warning!.fix);
    assert.match(mended, /core_read\.h>\n\nchar LICENSE\[\] SEC\("license"\) = "GPL";\nSEC/);
    assert.deepEqual(await told(mended), []);
  });

  test('4.1: a function without SEC() is no program; what could stand there is offered', async () => {
    const source = `${BASE}int bpf_prog3(struct pt_regs *ctx)\n{\n\treturn PT_REGS_PARM3(ctx) > 0;\n}\n`;
    const [error] = await told(source);
    assert.equal(error!.severity, 'error', 'nothing would run');
    assert.match(error!.message, /bpf_prog3 has no SEC\(\), so it is not a program/);
    assert.match(error!.remedy!, /SEC\("kprobe\/FUNCTION"\) or SEC\("ksyscall\/NAME"\) or SEC\("uprobe\//);
    assert.match(fixed(source, error!.fix), /\nSEC\("kprobe\/FUNCTION"\)\nint bpf_prog3\(/);
  });

  test('4.1: beside programs it is a warning, by what the function is given', async () => {
    const [warning] = await told(
      `${BASE}int seen(struct trace_event_raw_sched_switch *ctx) { return 0; }\n${ON_WRITE} { return 0; }\n`,
    );
    assert.equal(warning!.severity, 'warning');
    assert.match(warning!.remedy!, /Add SEC\("tp\/sched\/sched_switch"\) before it/);
  });

  test('4.3, 4.11, 4.13: log2l, _(), IFNAMSIZ and other macros are supplied, with a note', async () => {
    const source = `${BASE}${ON_WRITE} {
  char devname[IFNAMSIZ] = {};
  struct task_struct *task = (void *)bpf_get_current_task();
  if (_(task->tgid) == 0 || task == NULL) return -EINVAL;
  return log2l(ctx->args[2]) + devname[0];
}
`;
    const [note, ...others] = await told(source);
    assert.deepEqual(others, []);
    assert.deepEqual([note!.code, note!.severity], ['constants-supplied', 'hint']);
    assert.match(note!.message, /^IFNAMSIZ, _, EINVAL, log2l are macros, which vmlinux\.h cannot have/);
    assert.deepEqual(await told(fixed(source, note!.fix)), []);
  });

  test('4.13: every macro that is supplied stands by itself', async () => {
    const file = new URL('../../bpf/ebpfnb/constants.h', import.meta.url);
    const all = [...readFileSync(file, 'utf8').matchAll(/^#define (\w+)(?:\((.*?)\))?[ \t\\]/gm)];
    assert.ok(all.length > 100);
    const uses = all.map(([, name, parameters]) => {
      if (/^(?:bool|[su]\d+)$/.test(name!)) return `sizeof(${name})`;
      if (parameters === undefined) return `(long)(${name})`;
      if (name === 'offsetof') return 'offsetof(struct task_struct, pid)';
      if (name === 'ARRAY_SIZE') return 'ARRAY_SIZE(numbers)';
      if (/^mem/.test(name!)) return `(long)${name}(a, ${name === 'memset' ? '0' : 'b'}, 8)`;
      if (/^(?:READ_ONCE|_)$/.test(name!)) return `${name}(x)`;
      if (name === 'WRITE_ONCE') return '(WRITE_ONCE(x, 2))';
      return `(long)${name}(${parameters.split(',').map((_, n) => `(x + ${n})`)})`;
    });
    const source = `${BASE}${ON_WRITE} {
  long x = ctx->args[2], sum = 0; char a[8] = {}, b[8] = {}; int numbers[3] = {};
${uses.map(use => `  sum += ${use};`).join('\n')}
  return sum + a[0] + numbers[0];
}
`;
    const others = (await told(source)).filter(({ code }) => code !== 'constants-supplied');
    assert.deepEqual(others, []);
  });

  test('4.13: what a program defines itself stays as it is', async () => {
    const warnings = await told(`${BASE}#define IFNAMSIZ 8
static int log2l(int v) { return v; }
${ON_WRITE} { char name[IFNAMSIZ] = {}; _Static_assert(sizeof(name) == 8, ""); return log2l(3) + name[0]; }\n`);
    assert.deepEqual(warnings, []);
  });

  test('4.17: a program that came without its headers gets them', async () => {
    const source = `${ON_WRITE} { u64 now = bpf_ktime_get_ns(); return BPF_CORE_READ(ctx, id) > now; }\nchar LICENSE[] SEC("license") = "GPL";\n`;
    const [error] = await told(source);
    assert.match(error!.remedy!, /Add #include "vmlinux\.h", #include <bpf\/bpf_helpers\.h>, /);
    assert.deepEqual(await told(fixed(source, error!.fix)), []);
  });

  test("2.6: a header of Linux's own sources is replaced by vmlinux.h", async () => {
    const source = `#include <linux/skbuff.h>
#include <linux/netdevice.h>
#include <uapi/linux/bpf.h>
#include <bpf/bpf_helpers.h>
char LICENSE[] SEC("license") = "GPL";
SEC("raw_tp/netif_receive_skb") int f(struct bpf_raw_tracepoint_args *ctx) { return ((struct sk_buff *)ctx->args[0])->len; }
`;
    const [error] = await told(source);
    assert.match(error!.message, /'linux\/skbuff\.h' file not found/);
    const mended = fixed(source, error!.fix);
    assert.match(mended, /^#include "vmlinux\.h"\n#include <bpf\/bpf_helpers\.h>\n/);
    assert.deepEqual(await told(mended), []);
  });

  test('2.6: both worlds of headers at once are explained, and one is left out', async () => {
    const source = `#include "vmlinux.h"
#include <linux/bpf.h>
#include <linux/sched.h>
#include <bpf/bpf_helpers.h>
char LICENSE[] SEC("license") = "GPL";
SEC("tp/syscalls/sys_enter_write") int f(void *ctx) { return 0; }
`;
    const [error, ...others] = await told(source);
    assert.deepEqual(others, [], 'one message stands for all');
    assert.match(error!.message, /^vmlinux\.h and <linux\/bpf\.h>, <linux\/sched\.h> define the same types/);
    assert.equal(error!.span?.start.line, 1);
    assert.deepEqual(await told(fixed(source, error!.fix)), []);
  });
});

describe('what was written for an older libbpf', () => {
  test('4.5: maps of struct bpf_map_def are declared anew', async () => {
    const source = `${BASE}struct hist_key { u64 index; };
struct bpf_map_def SEC("maps") my_hist_map = {
	.type = BPF_MAP_TYPE_PERCPU_HASH,
	.key_size = sizeof(struct hist_key),
	.value_size = sizeof(long),
	.max_entries = 1024,
};
struct bpf_map_def SEC("maps") my_map = { .type = BPF_MAP_TYPE_PERF_EVENT_ARRAY, .key_size = 4, .value_size = 4 };
${ON_WRITE} { struct hist_key key = {}; return bpf_map_lookup_elem(&my_hist_map, &key) != 0; }
`;
    const [error, ...others] = await told(source);
    assert.deepEqual(others, []);
    assert.match(
      error!.message,
      /^my_hist_map, my_map: struct bpf_map_def was the form of maps before libbpf 1\.0/,
    );
    const { layout } = await compile(fixed(source, error!.fix));
    assert.deepEqual(
      layout.maps
        .filter(({ name }) => name.startsWith('my_'))
        .map(({ name, type, keySize, maxEntries }) => [name, type, keySize, maxEntries]),
      [
        ['my_hist_map', 'percpu_hash', 8, 1024],
        ['my_map', 'perf_event_array', 4, 0],
      ],
    );
  });
});

describe('beginnings of programs that the editor offers', () => {
  /** With its placeholders' own texts. */
  const snippets = (language: string): [name: string, body: string][] => {
    const file = new URL(`../../extension/snippets/${language}.json`, import.meta.url);
    const all: Record<string, { body: string[] }> = JSON.parse(readFileSync(file, 'utf8'));
    const filled = (body: string[]) =>
      body
        .join('\n')
        .replace(/\$\{\d+:([^}]*)\}/g, '$1')
        .replace('$0', '');
    return Object.entries(all).map(([name, { body }]) => [name, filled(body)]);
  };
  /** What it takes to be a whole program. */
  const AROUND: Record<string, (body: string) => string> = {
    'A program': body => body,
    'Process and thread': body => `${BASE}${ON_WRITE} { ${body} return 0; }`,
    'Records in a ring buffer': body => `${BASE}${body}\n${ON_WRITE} { send(); return 0; }`,
  };

  for (const [name, body] of snippets('bpf-c'))
    test(`0.14 and 0.15, in C: ${name}`, async () => {
      const whole = AROUND[name] ?? ((text: string) => BASE + text);
      const others = (await told(whole(body))).filter(({ code }) => code !== 'constants-supplied');
      assert.deepEqual(others, []);
    });

  for (const [name, body] of snippets('bpftrace'))
    test(`0.14 and 0.15, in bpftrace: ${name}`, { skip }, () => {
      const { status, stderr } = ebpfnb(['trace', '--dry-run', '-e', body]);
      assert.equal(status, 0, stderr);
    });
});

describe('what is too large', () => {
  test('2.3: what does not fit on the stack is kept in a per-CPU array', async () => {
    const source = `${BASE}struct event { int pid; char comm[16]; char filename[512]; };
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 256 * 1024); } rb SEC(".maps");
SEC("tp/sched/sched_process_exec")
int on_exec(struct trace_event_raw_sched_process_exec *ctx)
{
	struct event e = {};

	e.pid = bpf_get_current_pid_tgid() >> 32;
	bpf_get_current_comm(&e.comm, sizeof(e.comm));
	bpf_probe_read_kernel_str(e.filename, sizeof(e.filename), (void *)ctx + (ctx->__data_loc_filename & 0xffff));
	bpf_ringbuf_output(&rb, &e, sizeof(e), 0);
	return 0;
}
`;
    const [error, ...others] = await told(source);
    assert.deepEqual(others, []);
    assert.match(error!.message, /stack limit is exceeded/);
    assert.match(error!.remedy!, /^A program has 512 bytes of stack\. Keep what is large in a per-CPU array/);
    const mended = fixed(source, error!.fix);
    assert.match(mended, /BPF_MAP_TYPE_PERCPU_ARRAY[\s\S]*\} e_scratch SEC\("\.maps"\);\n\nSEC\("tp/);
    assert.match(mended, /bpf_ringbuf_output\(&rb, e, sizeof\(\*e\), 0\)/);
    assert.deepEqual(await told(mended), []);
  });
});

describe('what a program does not show', () => {
  const BOOTSTRAP = readFileSync(fixture('cases/bootstrap.bpf.c'), 'utf8');
  const MEMBERS = ['exit_event', 'pid', 'ppid', 'comm', 'filename', 'duration_ns', 'exit_code'];
  const EVENT = `struct event {
	bool exit_event;
	pid_t pid;
	int ppid;
	char comm[16];
	char filename[128];
	u64 duration_ns;
	int exit_code;
};`;

  test('0.3: a header that is not there is explained, with a drafted struct', async () => {
    const [error, ...others] = await told(BOOTSTRAP);
    assert.deepEqual(others, []);
    assert.equal(error!.message, "'bootstrap.h' file not found");
    assert.match(
      error!.remedy!,
      /header cell that starts with "\/\/\| file: bootstrap\.h", or into a file beside/,
    );
    assert.ok(error!.remedy!.includes(EVENT), error!.remedy);
    const { layout } = await compile(fixed(BOOTSTRAP, error!.fix));
    assert.deepEqual(
      layout.records.map(({ name, fields }) => [name, fields.map(field => field.name)]),
      [['event', MEMBERS]],
    );
  });

  test('0.3 and 0.19: a header cell is found, and a file beside the notebook', async () => {
    const headers = [{ name: 'bootstrap.h', source: EVENT }];
    assert.equal((await compile(BOOTSTRAP, { headers })).layout.records[0]!.name, 'event');
    mkdirSync(join(folder, 'other'));
    writeFileSync(join(folder, 'other', 'bootstrap.h'), EVENT);
    const { layout } = await compile(BOOTSTRAP, { directory: join(folder, 'other') });
    assert.equal(layout.records[0]!.name, 'event');
  });

  test('4.4 and 4.5: a struct and a map that are used and not shown', async () => {
    const source = `${BASE}${ON_WRITE} {
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
`;
    const [struct, map, ...others] = await told(source);
    assert.deepEqual(others, []);
    assert.equal(struct!.message, 'struct hist_key is used, but not defined');
    assert.match(
      struct!.remedy!,
      /struct hist_key \{\n\tunsigned int index;\n\t__u64 pid_tgid;\n\t__u64 uid_gid;\n\tchar comm\[16\];\n\};/,
    );
    assert.equal(map!.message, 'my_hist_map is used, but not defined');
    assert.match(
      map!.remedy!,
      /BPF_MAP_TYPE_HASH\)[\s\S]*__type\(key, struct hist_key\);\n\t__type\(value, long\);/,
    );
    // The struct stands above the map that needs it.
    const mended = fixed(fixed(source, map!.fix), struct!.fix);
    const { layout } = await compile(mended);
    assert.deepEqual(layout.maps[0]!.histogram, { bucket: 'index' });
  });

  test('4.5: rings, perf buffers and stack traces are drafted by their calls', async () => {
    const source = `${BASE}${ON_WRITE} {
  long record = bpf_get_stackid(ctx, &stacks, 0);
  bpf_ringbuf_output(&ring, &record, sizeof(record), 0);
  bpf_perf_event_output(ctx, &buffer, BPF_F_CURRENT_CPU, &record, sizeof(record));
  return 0;
}
`;
    const types = (await told(source)).map(({ remedy }) => /BPF_MAP_TYPE_(\w+)/.exec(remedy!)?.[1]);
    assert.deepEqual(types, ['STACK_TRACE', 'RINGBUF', 'PERF_EVENT_ARRAY']);
  });
});

/** How a program fills a record → the fields that it may leave unwritten. */
const FILLS: [how: string, body: string, unset: string[]][] = [
  ['every field', 'if (!e) return 0; e->a = 1; e->b = 2; e->text[0] = 0; bpf_ringbuf_submit(e, 0);', []],
  ['one field', 'if (!e) return 0; e->a = 1; bpf_ringbuf_submit(e, 0);', ['b', 'text']],
  ['cleared first', 'if (!e) return 0; *e = (struct rec){}; bpf_ringbuf_submit(e, 0);', []],
  [
    'cleared by memset',
    'if (!e) return 0; __builtin_memset(e, 0, sizeof(*e)); e->a = 1; bpf_ringbuf_submit(e, 0);',
    [],
  ],
  ['by a function', 'if (!e) return 0; fill(e); bpf_ringbuf_submit(e, 0);', []],
  [
    'by helpers',
    'if (!e) return 0; e->a = 1; bpf_get_current_comm(&e->text, sizeof(e->text)); bpf_probe_read_kernel(&e->b, 8, ctx); bpf_ringbuf_submit(e, 0);',
    [],
  ],
  [
    'on one way of two',
    'if (!e) return 0; if (id) e->a = 1; e->b = 2; e->text[0] = 0; bpf_ringbuf_submit(e, 0);',
    ['a'],
  ],
  [
    'on both',
    'if (!e) return 0; if (id) e->a = 1; else e->a = 2; e->b = 2; e->text[0] = 0; bpf_ringbuf_submit(e, 0);',
    [],
  ],
  [
    'where it goes on',
    'if (!e) return 0; if (id) { bpf_ringbuf_discard(e, 0); return 0; } e->a = 1; e->b = 2; e->text[0] = 0; bpf_ringbuf_submit(e, 0);',
    [],
  ],
  [
    'in two ways to the end',
    'if (!e) return 0; e->a = 1; e->text[0] = 0; if (id) { e->b = 1; bpf_ringbuf_submit(e, 0); return 0; } bpf_ringbuf_submit(e, 0);',
    ['b'],
  ],
  [
    'in a loop',
    'if (!e) return 0; for (int i = 0; i < 3; i++) e->text[i] = 0; e->a = e->b = 1; bpf_ringbuf_submit(e, 0);',
    [],
  ],
  ['where there was room', 'if (e) { e->a = e->b = 1; e->text[0] = 0; bpf_ringbuf_submit(e, 0); }', []],
];

describe('fields that nobody writes', () => {
  /** A program, a ring and a struct for each way: they are compiled as one, because each compilation takes a while. */
  const source = FILLS.map(
    ([, body], i) => `
struct rec${i} { u64 a, b; char text[16]; };
struct { __uint(type, BPF_MAP_TYPE_RINGBUF); __uint(max_entries, 4096); } rb${i} SEC(".maps");
static __noinline void fill${i}(struct rec${i} *e) { e->a = 1; }
SEC("tp/syscalls/sys_enter_write") int way${i}(struct trace_event_raw_sys_enter *ctx)
{
  u32 id = ctx->args[2];
  struct rec${i} *e;
  e = bpf_ringbuf_reserve(&rb${i}, sizeof(*e), 0);
  ${body.replaceAll(/\b(?:rec|fill)\b/g, word => word + i)}
  return 0;
}
`,
  ).join('');
  let compiled: Awaited<ReturnType<typeof compile>>;
  before(async () => {
    compiled = await compile(BASE + source);
  });

  for (const [i, [how, , unset]] of FILLS.entries()) {
    test(`0.16: ${how}`, () => {
      const record = compiled.layout.records.find(({ name }) => name === `rec${i}`);
      assert.deepEqual(record?.unset ?? [], unset);
      const notes = compiled.warnings.filter(({ message }) => message.startsWith(`way${i} `));
      assert.deepEqual(
        notes.map(({ code, severity, message }) => [
          code,
          severity,
          /always write (.*) of/.exec(message)?.[1],
        ]),
        unset.length === 0 ? [] : [['fields-unset', 'hint', unset.join(', ')]],
      );
    });
  }
});
