/** How fields of BPF C programs are shown: each row of the table of formats, and what authors ask for. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { TypeSource } from '../../kernel/btf/index.ts';
import { annotations } from '../../kernel/compile/annotations.ts';
import { FORMATS } from '../../kernel/compile/formats.ts';
import { findClang } from '../../kernel/compile/index.ts';
import { momentsIn } from '../../kernel/compile/moments.ts';
import { Showing } from '../../kernel/compile/showing.ts';
import type { DataType, RecordLayout } from '../../kernel/layout.ts';
import { cellText } from '../../kernel/notebook/index.ts';
import { RowReader } from '../../kernel/views/columns.ts';
import { Reader } from '../../kernel/views/decode.ts';
import { RowPrinter } from '../../kernel/views/rows-print.ts';
import { golden } from './views-fixtures.ts';

const TYPES = `
static unsigned long long (*bpf_ktime_get_ns)(void) = (void *)5;
typedef unsigned char __u8; typedef unsigned short __u16; typedef unsigned int __u32; typedef unsigned long long __u64;
typedef __u16 __be16; typedef __u32 __be32; typedef __u32 dev_t; typedef unsigned short umode_t;
struct in_addr { __be32 s_addr; };
struct in6_addr { union { __u8 bytes[16]; __be32 words[4]; } in6_u; };
`;

const EMPTY = { programs: [], maps: [], records: [], globals: [], taggedRings: [] };

/** The record \`struct record\` of a C text, as it is shown. */
function recordOf(source: string): { layout: RecordLayout; warnings: string[] } {
  const flags = ['-target', 'bpf', '-O2', '-g', '-c', '-x', 'c', '-', '-o', '-'];
  const input = `${TYPES}${source}\nstruct record record;\n`;
  const { status, stdout, stderr } = spawnSync(findClang(), flags, { input });
  assert.equal(status, 0, stderr.toString());
  const showing = new Showing({ sources: [source], target: TypeSource.fromElf(stdout), arch: 'x64' });
  const types = TypeSource.fromElf(stdout, showing.refine);
  showing.use(types);
  const type = types.type('struct record') as DataType & { kind: 'struct' };
  const layout: RecordLayout = {
    id: 0,
    ring: 'events',
    name: 'record',
    size: type.size,
    fields: type.fields,
    action: { do: 'row' },
  };
  return { layout, warnings: showing.finish(EMPTY, types).warnings.map(({ message }) => message) };
}

/** The cells of a record's row, by their columns' names. */
function shown(layout: RecordLayout, bytes: Buffer): [name: string, text: string][] {
  const rows = new RowReader(layout);
  const row = rows.read(new Reader(bytes));
  return rows.columns.map(({ name, kind }, i) => [name, cellText(row[i]!, kind)]);
}

for (const { name, about, example } of FORMATS)
  test(`format ${name}: ${about}`, () => {
    const declaration = example.c.includes(';') ? example.c.replace(';', '; ') : `${example.c};`;
    const { layout, warnings } = recordOf(`struct record {\n${declaration}\n};`);
    assert.deepEqual(warnings, []);
    const bytes = Buffer.alloc(64);
    if (Array.isArray(example.value)) bytes.set(example.value);
    else bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(example.value)));
    assert.equal(
      shown(layout, bytes)
        .map(([, text]) => text)
        .join(' '),
      example.shown,
    );
  });

test('all kinds of members in one row, and the same in the text of a terminal', () => {
  const source = `
enum color { RED, GREEN = 5, BLUE };
enum access { MAY_EXEC = 1, MAY_WRITE = 2, MAY_READ = 4 };
struct place { __be32 addr; __be16 port; };
struct record {
  __u64 pid_tgid;
  __u64 uid_gid;
  char comm[8];
  enum color color;
  enum access access;
  int ret;
  __u64 took_ns;
  __u32 wait_us;
  struct place from, to;
  union { __u32 word; __u8 raw[4]; } choice;
  __u32 counts[3];
  __u64 laps_ns[2];
  __be32 servers[2];
  __u8 low : 3, high : 5;
  __u8 src_mac[6];
  struct in6_addr peer;
  __u32 id; // format: hex
  __u64 plain_ns; // format: decimal
  __u32 kind; /* format: enum color */
  __u32 rights __attribute__((btf_decl_tag("format: flags access")));
};`;
  const { layout, warnings } = recordOf(source);
  assert.deepEqual(warnings, []);
  const bytes = Buffer.alloc(layout.size);
  const at = (name: string) => layout.fields.find(field => field.name === name)!.offset;
  bytes.writeBigUInt64LE((100n << 32n) | 101n, at('pid_tgid'));
  bytes.writeBigUInt64LE((5n << 32n) | 1000n, at('uid_gid'));
  bytes.write('sh', at('comm'));
  bytes.writeUInt32LE(6, at('color'));
  bytes.writeUInt32LE(5, at('access'));
  bytes.writeInt32LE(-13, at('ret'));
  bytes.writeBigUInt64LE(2_500_000n, at('took_ns'));
  bytes.writeUInt32LE(40, at('wait_us'));
  bytes.set([10, 0, 0, 1, 0x1f, 0x90], at('from'));
  bytes.set([10, 0, 0, 2, 0, 53], at('to'));
  bytes.writeUInt32LE(0x01020304, at('choice'));
  for (const i of [0, 1, 2]) bytes.writeUInt32LE(i + 7, at('counts') + 4 * i);
  bytes.writeBigUInt64LE(1000n, at('laps_ns'));
  bytes.writeBigUInt64LE(2000n, at('laps_ns') + 8);
  bytes.set([8, 8, 8, 8, 9, 9, 9, 9], at('servers'));
  bytes[at('low')] = 0b10110_101;
  bytes.set([2, 0, 0, 0, 0, 1], at('src_mac'));
  bytes[at('peer') + 15] = 1;
  bytes.writeUInt32LE(0xabc, at('id'));
  bytes.writeBigUInt64LE(5_000_000n, at('plain_ns'));
  bytes.writeUInt32LE(5, at('kind'));
  bytes.writeUInt32LE(0b11, at('rights'));
  const cells = shown(layout, bytes);
  golden('compile/formats.txt', cells.map(([name, text]) => `${name.padEnd(14)} ${text}\n`).join(''));
  const printer = new RowPrinter(layout);
  const words = printer.row(new Reader(bytes));
  for (const [, text] of cells) assert.ok(words.includes(text), `${text} in ${words}`);
});

test('what cannot be shown as asked is told, with the formats that there are', () => {
  const { layout, warnings } = recordOf(`struct record {
  __u32 a; // format: ipv5
  char b[4]; // unit: bytes
  __u32 c; // format: enum nothing
};`);
  assert.deepEqual(
    warnings.map(message => message.replace(/\.? Formats are.*/s, '')),
    [
      'a cannot be shown as ipv5: there is no such format',
      'b cannot be shown as bytes: its type does not fit',
      'c cannot be shown as enum nothing: there is no enum nothing, or it does not fit',
    ],
  );
  assert.deepEqual(
    layout.fields.map(({ type }) => type.kind),
    ['int', 'string', 'int'],
  );
});

const MOMENTS: [what: string, source: string, found: string[]][] = [
  ['a member', 'e->at = bpf_ktime_get_ns();', ['at']],
  ['by way of a variable', '__u64 now = bpf_ktime_get_boot_ns(); e.at = now;', ['at', 'now']],
  ['in an initializer', 'struct e e = { .at = bpf_ktime_get_ns(), .pid = pid };', ['at']],
  ['from one struct to another', 'p->at = (__u64)bpf_ktime_get_ns(); e->begin = p->at;', ['at', 'begin']],
  ['two in a row', 'u64 a = bpf_ktime_get_ns(), b = 5;', ['a']],
  ['not a difference', 'd = bpf_ktime_get_ns() - *start;', []],
  ['not in another unit', 'e->ts = bpf_ktime_get_ns() / 1000;', []],
  ['not what is made a difference', 'd = bpf_ktime_get_ns(); d -= start;', []],
  ['not what is set to anything else', 'e->at = bpf_ktime_get_ns(); o->at = *found;', []],
  ['not what others write', 'e->at = bpf_ktime_get_ns(); bpf_probe_read(&e->at, 8, p);', []],
  ['not another clock', 'e->at = bpf_ktime_get_tai_ns();', []],
  ['not a comparison', 'if (at == bpf_ktime_get_ns()) return 0;', []],
  ['not a comment', '// at = bpf_ktime_get_ns();', []],
];
for (const [what, source, found] of MOMENTS)
  test(`moments: ${what}`, () => assert.deepEqual([...momentsIn([source])].sort(), found));

test('moments are shown as the time of day, of 64 bits only, unless the author says otherwise', () => {
  const { layout } = recordOf(`struct record {
  __u64 at;
  __u32 begin;
  __u64 raw; // format: decimal
};
static void fill(struct record *e) { e->at = bpf_ktime_get_ns(); e->begin = bpf_ktime_get_ns(); e->raw = e->at; }`);
  assert.deepEqual(
    new RowReader(layout).columns.map(({ name, kind }) => [name, kind]),
    [
      ['at', 'time'],
      ['begin', 'integer'],
      ['raw', 'integer'],
    ],
  );
});

const COMMENTS: [what: string, source: string, found: [string, string][]][] = [
  ['behind a member', 'struct a { int x; // unit: bytes\n int y; };', [['a.x', 'bytes']]],
  ['a block', 'struct a { int x[4]; /* format: ipv6 */ };', [['a.x', 'ipv6']]],
  [
    'of several on a line',
    'struct a { int x, y : 3; // unit: us\n};',
    [
      ['a.x', 'us'],
      ['a.y', 'us'],
    ],
  ],
  ['of a typedef', 'typedef struct { int x; // format: hex\n} a_t;', [['a_t.x', 'hex']]],
  ['inside a nested struct', 'struct a { struct b { int x; // format: mac\n } b; };', [['b.x', 'mac']]],
  ['of a nameless union', 'struct a { union { int x; // format: ipv4\n }; };', [['.x', 'ipv4']]],
  [
    'of a map',
    'struct { __uint(type, 1); __type(value, u64); // unit: ns\n} start SEC(".maps");',
    [['start.value', 'ns']],
  ],
  ['of a global', 'const volatile u64 min_lat = 1; // unit: ms', [['.min_lat', 'ms']]],
  ['behind a function', 'int f(void) { return 1; }\nint x SEC(".data"); // format: octal', [['.x', 'octal']]],
  ['in a text', 'char s[] = "// format: hex"; int x;', []],
  ['on another line', 'struct a { int x;\n // format: hex\n int y; };', []],
  ['an attribute', 'struct a { u64 x __attribute__((aligned(8))); // unit: s\n};', [['a.x', 's']]],
  [
    'with an end',
    'struct a { int x; // format: flags access, as open(2) has it\n};',
    [['a.x', 'flags access']],
  ],
];

for (const [what, source, found] of COMMENTS)
  test(`a comment: ${what}`, () => {
    const all = [...annotations(source, true)].map(([name, { value }]) => [name, value]);
    assert.deepEqual(all, found);
  });

test('a comment in the cell is where the warning stands', () => {
  const [found] = annotations('struct a {\n  int x; // format: hex\n};', true).values();
  assert.deepEqual(found?.span, { start: { line: 1, column: 12 }, end: { line: 1, column: 23 } });
});
