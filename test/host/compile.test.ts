/** BPF C programs against the BTF of this Linux: what they become, and how they fail. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { TypeSource } from '../../kernel/btf/index.ts';
import { type CompileInput, compileBpfC, compileGenerated } from '../../kernel/compile/index.ts';
import { CellError, type Diagnostic } from '../../kernel/errors.ts';

const FIXTURES = fileURLToPath(new URL('./fixtures/compile', import.meta.url));
const fixture = (name: string) => readFileSync(join(FIXTURES, name), 'utf8');
const btf = TypeSource.fromRaw(readFileSync('/sys/kernel/btf/vmlinux'));
const scratch = mkdtempSync(join(tmpdir(), 'compile-test-'));
const saved = { ...process.env };

before(() => {
  mkdirSync(join(scratch, 'tmp'));
  mkdirSync(join(scratch, 'book'));
  process.env['TMPDIR'] = join(scratch, 'tmp');
  process.env['EBPFNB_CACHE'] = join(scratch, 'cache');
});

after(() => {
  process.env = saved;
  const left = readdirSync(join(scratch, 'tmp')).filter(name => name.startsWith('ebpfnb-'));
  rmSync(scratch, { recursive: true });
  assert.deepEqual(left, [], 'temporary folders');
});

const compile = (source: string, input: Partial<CompileInput> = {}) =>
  compileBpfC({ source, directory: join(scratch, 'book'), headers: [], btf, ...input });

async function failure(source: string, input: Partial<CompileInput> = {}): Promise<Diagnostic[]> {
  try {
    await compile(source, input);
  } catch (error) {
    assert.ok(error instanceof CellError, String(error));
    return error.diagnostics;
  }
  return assert.fail('it compiled');
}

const LIFETIME_FIELDS = [
  ['pid', 0, 'int'],
  ['parent', 4, 'int'],
  ['exit_code', 8, 'int'],
  ['lived_ns', 16, 'int'],
  ['name', 24, 'string'],
  ['path', 40, 'string'],
  ['ended', 167, 'bool'],
];

const MAP = (type: string, attributes: string) =>
  `struct { __uint(type, BPF_MAP_TYPE_${type}); ${attributes} }`;
const BASE = `#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
char LICENSE[] SEC("license") = "GPL";
`;
const RING = `${MAP('RINGBUF', '__uint(max_entries, 4096);')} rb SEC(".maps");\n`;

test('a libbpf program with its header beside it', async () => {
  const { layout, warnings, elf } = await compile(fixture('lifetime.bpf.c'), { directory: FIXTURES });
  assert.deepEqual(warnings, []);
  assert.equal(Buffer.from(elf).includes(scratch), false, 'no path of a temporary folder');
  assert.deepEqual(
    layout.programs.map(({ symbol, probe, attach, span }) => [symbol, probe, attach.kind, span?.start.line]),
    [
      ['on_exec', 'tp/sched/sched_process_exec', 'tracepoint', 23],
      ['on_exit', 'tp/sched/sched_process_exit', 'tracepoint', 50],
    ],
  );
  assert.deepEqual(
    layout.maps.map(({ name, type, internal = false }) => [name, type, internal]),
    [
      ['born', 'hash', false],
      ['out', 'ringbuf', true],
      ['ebpfnb_lost', 'percpu_array', true],
    ],
  );
  assert.equal(layout.lost?.array, 'ebpfnb_lost');
  assert.equal(layout.records.length, 1);
  const [record] = layout.records;
  assert.deepEqual([record!.ring, record!.name, record!.size], ['out', 'lifetime', 168]);
  assert.deepEqual(
    record!.fields.map(({ name, offset, type }) => [name, offset, type.kind]),
    LIFETIME_FIELDS,
  );
  assert.deepEqual(layout.globals, [
    {
      name: 'min_lived_ns',
      section: '.rodata',
      offset: 0,
      type: { kind: 'int', size: 8, signed: false, display: 'nanoseconds' },
      parameter: true,
      c: 'unsigned long long',
    },
  ]);
});

test('a header cell wins over a file beside the notebook, as does our vmlinux.h', async () => {
  writeFileSync(join(scratch, 'book', 'event.h'), 'struct event { int of_the_file; };\n');
  writeFileSync(join(scratch, 'book', 'vmlinux.h'), '#error the wrong one\n');
  const source = `${BASE}#include "event.h"\n${RING}SEC("tp/x/y") int f(void *c) { struct event e = {}; bpf_ringbuf_output(&rb, &e, sizeof(e), 0); return 0; }\n`;
  const names = (layout: { records: { fields: { name: string }[] }[] }) =>
    layout.records[0]?.fields.map(({ name }) => name);
  const beside = await compile(source);
  assert.deepEqual(names(beside.layout), ['of_the_file']);
  const cell = await compile(source, {
    headers: [{ name: 'event.h', source: 'struct event { char of_the_cell[8]; };\n' }],
  });
  assert.deepEqual(names(cell.layout), ['of_the_cell']);
});

test('an unchanged program comes from the cache until one of its headers changes', async () => {
  const header = join(scratch, 'book', 'changing.h');
  writeFileSync(header, '#define COUNT 1\n');
  const source = `${BASE}#include "changing.h"\nint values[COUNT]; SEC("tp/x/y") int f(void *c) { return values[0]; }\n`;
  const size = async () =>
    (await compile(source)).layout.globals.find(({ name }) => name === 'values')?.type.size;
  assert.equal(await size(), 4);
  const started = performance.now();
  assert.equal(await size(), 4);
  assert.ok(performance.now() - started < 50, 'without clang');
  writeFileSync(header, '#define COUNT 30\n');
  assert.equal(await size(), 120);
});

test('several compilations at once', async () => {
  const sources = [1, 2, 2, 3].map(
    n => `${BASE}const volatile int p${n} = 1; SEC("tp/x/y") int f(void *c) { return p${n}; }\n`,
  );
  const made = await Promise.all(sources.map(source => compile(source)));
  assert.deepEqual(
    made.map(({ layout }) => layout.globals[0]?.name),
    ['p1', 'p2', 'p2', 'p3'],
  );
});

const RECORD = 'struct rec { u64 at_ns; u32 pid; };\n';

/** How a record gets into the ring → program text */
const WAYS: Record<string, string> = {
  output:
    'SEC("tp/x/y") int f(void *c) { struct rec r = {}; return bpf_ringbuf_output(&rb, &r, sizeof(r), 0); }',
  'reserve and submit':
    'SEC("tp/x/y") int f(void *c) { struct rec *r = bpf_ringbuf_reserve(&rb, sizeof(*r), 0); if (!r) return 0; *r = (struct rec){}; bpf_ringbuf_submit(r, 0); return 0; }',
  'a helper function that takes void *':
    'static __noinline long send(void *data, u32 size) { return bpf_ringbuf_output(&rb, data, size & 15, 0); }\nSEC("tp/x/y") int f(void *c) { struct rec r = {}; return send(&r, sizeof(r)); }',
  'two helper functions':
    'static __always_inline void done(void *p) { bpf_ringbuf_submit(p, 0); }\nstatic __always_inline void send(void *q) { done(q); }\nSEC("tp/x/y") int f(void *c) { struct rec *r = bpf_ringbuf_reserve(&rb, sizeof(*r), 0); if (r) send(r); return 0; }',
  'a void * in the same function':
    'SEC("tp/x/y") int f(void *c) { void *p = bpf_ringbuf_reserve(&rb, sizeof(struct rec), 0); if (!p) return 0; struct rec *r = p; r->pid = 1; bpf_ringbuf_submit(p, 0); return 0; }',
  'a cast':
    'SEC("tp/x/y") int f(void *c) { struct rec r = {}; return bpf_ringbuf_output(&rb, (void *)&r, sizeof(r), 0); }',
  'a per-CPU scratch':
    `${MAP('PERCPU_ARRAY', '__uint(max_entries, 1); __type(key, u32); __type(value, struct rec);')} heap SEC(".maps");\n` +
    'SEC("tp/x/y") int f(void *c) { u32 z = 0; struct rec *r = bpf_map_lookup_elem(&heap, &z); if (!r) return 0; return bpf_ringbuf_output(&rb, r, sizeof(*r), 0); }',
};

for (const [way, program] of Object.entries(WAYS)) {
  test(`the type of a record: ${way}`, async () => {
    const { layout, warnings } = await compile(BASE + RECORD + RING + program);
    assert.deepEqual(warnings, []);
    assert.deepEqual(
      layout.records.map(({ ring, name, size, fields }) => [
        ring,
        name,
        size,
        fields.map(field => field.name),
      ]),
      [['rb', 'rec', 16, ['at_ns', 'pid']]],
    );
  });
}

test('several records and rings: by ring, then by size; of one size, by what is added behind', async () => {
  const { layout, warnings } = await compile(`${BASE}
struct small { u32 a; }; struct large { u64 b, c; }; struct alike { u64 d, e; };
${MAP('RINGBUF', '__uint(max_entries, 4096);')} one SEC(".maps"), two SEC(".maps");
SEC("tp/x/y") int f(void *c) {
	struct small *s = bpf_ringbuf_reserve(&one, sizeof(*s), 0);
	if (s) { s->a = 1; bpf_ringbuf_submit(s, 0); }
	struct large *l = bpf_ringbuf_reserve(&two, sizeof(*l), 0);
	if (l) { l->b = l->c = 1; bpf_ringbuf_submit(l, 0); }
	struct small t = {};
	bpf_ringbuf_output(&two, &t, sizeof(t), 0);
	struct alike a = {};
	bpf_ringbuf_output(&two, &a, sizeof(a), 0);
	char text[24] = {};
	bpf_ringbuf_output(&one, text, sizeof(text), 0);
	return 0;
}
`);
  assert.deepEqual(
    layout.records.map(({ ring, name, size, extra = 0 }) => [ring, name, size, extra]),
    [
      ['one', 'small', 4, 0],
      ['two', 'large', 16, 0],
      ['two', 'small', 4, 0],
      ['two', 'alike', 16, 8],
      ['one', 'one', 24, 0],
    ],
  );
  assert.deepEqual(layout.records[4]!.fields, [
    { name: 'value', offset: 0, type: { kind: 'string', size: 24 } },
  ]);
  assert.deepEqual(warnings, []);
});

test('a ring whose records cannot be typed says so', async () => {
  const { layout, warnings } = await compile(
    `${BASE}${RING}SEC("tp/x/y") int f(void *c) { void *p = bpf_ringbuf_reserve(&rb, 8, 0); if (p) bpf_ringbuf_submit(p, 0); return 0; }`,
  );
  assert.deepEqual(layout.records, []);
  assert.deepEqual(
    warnings.map(({ code, map }) => [code, map]),
    [['record-untyped', 'rb']],
  );
});

test('maps: types, keys, values, histograms', async () => {
  const { layout } = await compile(`${BASE}
struct key { u32 pid; char comm[16]; };
struct slot_key { u32 pid; u32 bucket; };
struct hist { u64 slots[27]; };
typedef struct { u32 hits; u64 total_ns; } stat_t;
${MAP('HASH', '__uint(max_entries, 10); __type(key, struct key); __type(value, stat_t);')} stats SEC(".maps");
${MAP('PERCPU_HASH', '__uint(max_entries, 20); __type(key, struct slot_key); __type(value, u64);')} by_bucket SEC(".maps");
${MAP('LRU_HASH', '__uint(max_entries, 30); __type(key, u32); __type(value, struct hist);')} hists SEC(".maps");
struct counts { __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY); __uint(max_entries, 4); __type(key, u32); __type(value, u64); };
struct counts first SEC(".maps"); struct counts second SEC(".maps");
${MAP('ARRAY', '__uint(max_entries, 1); __type(key, u32); __type(value, u64);')} scalar SEC(".maps");
${MAP('HASH', '__uint(max_entries, 5); __uint(key_size, 8); __uint(value_size, 12);')} sized SEC(".maps");
${MAP('STACK_TRACE', '__uint(max_entries, 64); __uint(key_size, 4); __uint(value_size, 1016);')} stacks SEC(".maps");
SEC("tp/x/y") int f(void *c) { return 0; }
`);
  assert.deepEqual(
    layout.maps.map(map => [
      map.name,
      map.type,
      map.perCpu,
      map.key?.map(field => field.name).join(),
      map.keySize,
      map.value.kind,
      map.valueSize,
      map.maxEntries,
      map.printAtEnd,
    ]),
    [
      ['stats', 'hash', false, 'pid,comm', 20, 'struct', 16, 10, true],
      ['by_bucket', 'percpu_hash', true, 'pid,bucket', 8, 'int', 8, 20, true],
      ['hists', 'lru_hash', false, 'key', 4, 'struct', 216, 30, true],
      ['first', 'percpu_array', true, 'key', 4, 'int', 8, 4, true],
      ['second', 'percpu_array', true, 'key', 4, 'int', 8, 4, true],
      ['scalar', 'array', false, undefined, 4, 'int', 8, 1, true],
      ['sized', 'hash', false, 'key', 8, 'bytes', 12, 5, true],
      ['stacks', 'stack_trace', false, 'id', 4, 'struct', 1016, 64, true],
    ],
  );
  assert.deepEqual(
    layout.maps.filter(map => map.histogram).map(map => [map.name, map.histogram]),
    [
      ['by_bucket', { bucket: 'bucket' }],
      ['hists', { slots: 'slots' }],
    ],
  );
  assert.equal(layout.lost, undefined, 'no ring, no counter');
});

test('user probes: relative paths start beside the notebook', async () => {
  const { layout } = await compile(`#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
char LICENSE[] SEC("license") = "GPL";
SEC("uprobe/./bin/app:work+0x10") int BPF_UPROBE(a, int x) { return x; }
SEC("uretprobe//usr/bin/app:main.sum") int BPF_URETPROBE(b, long r) { return r; }
SEC("uprobe/libc.so.6:malloc") int BPF_UPROBE(c, long n) { return n; }
SEC("raw_tp/sched_switch") int d(void *ctx) { return 0; }
SEC("uprobe.multi/./app:work_*") int e(void *ctx) { return 0; }
SEC("uretprobe.multi/libc:malloc") int f(void *ctx) { return 0; }
SEC("usdt/./app:shop:sold") int g(void *ctx) { return 0; }
SEC("kprobe.session/vfs_*") int h(void *ctx) { return 0; }
SEC("kretprobe.multi/vfs_read") int i(void *ctx) { return 0; }
SEC("perf_event") int j(void *ctx) { return 0; }
SEC("iter/task") int k(void *ctx) { return 0; }
SEC("ksyscall/openat") int l(void *ctx) { return 0; }
`);
  const directory = join(scratch, 'book');
  assert.deepEqual(Object.fromEntries(layout.programs.map(({ symbol, attach }) => [symbol, attach])), {
    a: { kind: 'uprobe', binary: join(directory, 'bin/app'), symbol: 'work', offset: 16, ret: false },
    b: { kind: 'uprobe', binary: '/usr/bin/app', symbol: 'main.sum', ret: true },
    c: { kind: 'uprobe', binary: 'libc.so.6', symbol: 'malloc', ret: false },
    d: { kind: 'raw_tracepoint', event: 'sched_switch' },
    e: { kind: 'uprobe', binary: join(directory, 'app'), symbol: 'work_*', ret: false },
    f: { kind: 'uprobe', binary: 'libc', symbol: 'malloc', ret: true },
    g: { kind: 'usdt', binary: join(directory, 'app'), provider: 'shop', name: 'sold' },
    h: { kind: 'kprobe', functions: ['vfs_*'], ret: false },
    i: { kind: 'kprobe', functions: ['vfs_read'], ret: true },
    j: { kind: 'clock', period: 10_101_010, everyCpu: true },
    k: { kind: 'iter' },
    l: { kind: 'auto' },
  });
});

test('a function without SEC() and a missing license are warned of', async () => {
  const { layout, warnings } = await compile(
    '#include "vmlinux.h"\n#include <bpf/bpf_helpers.h>\n__noinline int used(int x) { return x + 1; }\nint stray(void *ctx) { return 1; }\nSEC("tp/x/y") int f(void *c) { return used(2); }\n',
  );
  assert.deepEqual(
    layout.programs.map(({ symbol }) => symbol),
    ['f'],
  );
  assert.deepEqual(
    warnings.map(({ code, message, span }) => [code, message.includes('stray'), span?.start.line]),
    [
      ['not-a-program', true, 3],
      ['no-license', false, 2],
    ],
  );
});

test("a program's own type of a name that Linux has too", async () => {
  const { layout } = await compile(`${BASE}struct file { int mine; }; enum { PIDTYPE_PID = 9 };\n${RING}
SEC("tp/x/y") int f(void *c) { struct file r = { .mine = PIDTYPE_PID }; return bpf_ringbuf_output(&rb, &r, sizeof(r), 0); }`);
  assert.deepEqual(
    layout.records[0]!.fields.map(({ name }) => name),
    ['mine'],
  );
});

/** cell → line, column and message of each error */
const FAILURES: [
  why: string,
  source: string,
  expected: [line: number | undefined, column: number | undefined, message: string][],
][] = [
  [
    'a missing semicolon',
    `${BASE}SEC("tp/x/y") int f(void *c)\n{\n\treturn 0\n}\n`,
    [[5, 9, "expected ';' after return statement"]],
  ],
  ['a missing header', `${BASE}#include "nothere.h"\n`, [[3, 9, "'nothere.h' file not found"]]],
  [
    'a field that Linux does not have',
    `${BASE}SEC("tp/x/y") int f(struct task_struct *t) { return t->nonesuch; }\n`,
    [[3, 55, "no member named 'nonesuch' in 'struct task_struct'"]],
  ],
  [
    'two errors',
    `${BASE}nope_t a;\nint f(void) { return zorkish; }\n`,
    [
      [3, 0, "unknown type name 'nope_t'"],
      [4, 21, "use of undeclared identifier 'zorkish'"],
    ],
  ],
  ['an error in a header cell', `${BASE}#include "bad.h"\n`, [[3, 0, "bad.h:2: unknown type name 'zoo'"]]],
  ['an error of the preprocessor', `${BASE}#error no good\n`, [[3, 1, 'no good']]],
];

for (const [why, source, expected] of FAILURES) {
  test(`fails: ${why}`, async () => {
    const headers = [{ name: 'bad.h', source: 'struct a { int x; };\nstruct b { zoo z; };\n' }];
    const diagnostics = await failure(source, { headers });
    assert.deepEqual(
      diagnostics.map(({ span, message }) => [span?.start.line, span?.start.column, message]),
      expected,
    );
    for (const diagnostic of diagnostics) assert.equal(diagnostic.phase, 'compile');
    assert.equal(JSON.stringify(diagnostics).includes(scratch), false, 'no path of a temporary folder');
  });
}

test('fails: a header cell with a path that leads out', async () => {
  const [diagnostic] = await failure('int x;', { headers: [{ name: '../evil.h', source: '' }] });
  assert.match(diagnostic!.message, /cannot be called \.\.\/evil\.h/);
});

test('fails: no clang', async () => {
  const path = process.env['PATH'];
  process.env['PATH'] = '';
  try {
    const [diagnostic] = await failure(BASE);
    assert.equal(diagnostic!.code, 'no-clang');
    assert.match(diagnostic!.remedy ?? '', /^Install it: \S/);
  } finally {
    process.env['PATH'] = path;
  }
});

const GENERATED = {
  c: `${BASE}const volatile u32 limit = 0;\n${MAP('ARRAY', '__uint(max_entries, 1); __type(key, u32); __type(value, u64);')} AT_x SEC(".maps");\nSEC("tp/x/y") int p1(struct pt_regs *c) { return c->di + limit; }\n`,
  types: ['u32', 'u64', 'bpf_map_type', 'struct pt_regs'],
  layout: {
    programs: [{ symbol: 'p1', probe: 'tp/x/y', attach: { kind: 'auto' as const } }],
    maps: [
      {
        name: '@x',
        symbol: 'AT_x',
        type: 'array',
        perCpu: false,
        keySize: 4,
        value: { kind: 'int' as const, size: 8, signed: false },
        valueSize: 8,
        maxEntries: 1,
        printAtEnd: true,
      },
    ],
    records: [],
    globals: [],
    taggedRings: [],
  },
};

test('generated C keeps the layout it came with', {
  skip: process.arch !== 'x64' && 'registers of x86',
}, async () => {
  const { layout, elf } = await compileGenerated(GENERATED, { btf });
  assert.deepEqual(layout, GENERATED.layout);
  assert.ok(elf.length > 0);
});

const BROKEN: [why: string, change: Partial<typeof GENERATED>, message: RegExp][] = [
  ['C that does not compile', { c: 'int x' }, /generated C: expected ';'/],
  ['a missing type', { types: [] }, /generated C: unknown type name 'u32'/],
  [
    'a missing program',
    { layout: { ...GENERATED.layout, programs: [{ symbol: 'p2', probe: '', attach: { kind: 'auto' } }] } },
    /program p2 is missing/,
  ],
  [
    'a map of another size',
    { layout: { ...GENERATED.layout, maps: [{ ...GENERATED.layout.maps[0]!, valueSize: 4 }] } },
    /map AT_x has keys of 4 and values of 8/,
  ],
];

for (const [why, change, message] of BROKEN) {
  test(`generated C fails: ${why}`, () =>
    assert.rejects(compileGenerated({ ...GENERATED, ...change }, { btf }), { message }));
}

test('fails: a clang that says nothing', async () => {
  process.env['EBPFNB_CLANG'] = '/bin/false';
  try {
    const [diagnostic] = await failure(`${BASE}int unseen;\n`);
    assert.match(diagnostic!.message, /^\/bin\/false failed/);
  } finally {
    delete process.env['EBPFNB_CLANG'];
  }
});

const unmarked = btf.file.stringOffset('bpf_kfunc')
  ? false
  : 'this Linux does not tell which functions programs may call';

test('functions of Linux that a program calls are declared, unless it does so itself', {
  skip: unmarked,
}, async () => {
  const use = (declaration: string) => `${BASE}#include <bpf/bpf_tracing.h>
${declaration}
SEC("tp_btf/sched_switch") int BPF_PROG(f, bool preempt, struct task_struct *prev)
{
	struct task_struct *task = bpf_ksym_exists(bpf_task_from_pid) ? bpf_task_from_pid(prev->pid) : NULL;
	int pid = 0;

	if (task) {
		pid = task->pid;
		bpf_task_release(task);
	}
	return pid;
}
`;
  const own = 'extern struct task_struct *bpf_task_from_pid(s32 pid) __weak __ksym;';
  for (const declaration of ['', own]) {
    const { warnings, layout } = await compile(use(declaration));
    assert.deepEqual([warnings, layout.programs.length], [[], 1]);
  }
});
