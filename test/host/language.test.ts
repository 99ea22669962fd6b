/** The bpftrace language on this Linux: every row's example loads, and programs compute what they should. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { TypeSource } from '../../kernel/btf/index.ts';
import { compileGenerated } from '../../kernel/compile/index.ts';
import { compileBpftrace, type LanguageTarget } from '../../kernel/language/index.ts';
import { BUILTINS } from '../../kernel/language/tables/builtins.ts';
import { CONFIG } from '../../kernel/language/tables/config.ts';
import { FUNCTIONS } from '../../kernel/language/tables/functions.ts';
import { MAP_FUNCTIONS } from '../../kernel/language/tables/mapFunctions.ts';
import { PROBES } from '../../kernel/language/tables/probes.ts';
import { SYNTAX } from '../../kernel/language/tables/syntax.ts';
import type { DataType } from '../../kernel/layout.ts';
import { UNSAFE_ACTIONS } from '../../kernel/loader/protocol.ts';
import { native } from '../../native/addon.ts';
import { ebpfnb, skip } from './kernel-helpers.ts';

const btf = TypeSource.fromRaw(readFileSync('/sys/kernel/btf/vmlinux'));
const tracefs = skip ? null : native.prepareFilesystems().tracefs;
const types = new Map<string, DataType | undefined>();

const target: LanguageTarget = {
  arch: process.arch === 'arm64' ? 'arm64' : 'x64',
  cpus: 2,
  tracepoints: () => [],
  tracepointFormat: (category, event) => {
    try {
      return readFileSync(`${tracefs}/events/${category}/${event}/format`, 'utf8');
    } catch {
      return undefined;
    }
  },
  variable: name => btf.variable(name),
  enumeration: name => btf.enumeration(name),
  functionType: name => btf.func(name),
  kernelFunction: (name, section) =>
    section === undefined ? btf.func(name) !== undefined : native.mayCall(name, section),
  cgroup: () => 1n,
  userSymbols: (binary, pattern, cpp) => native.userSymbols(binary, pattern, { cpp }),
  usdt: binary => native.usdtSites(binary),
  type: name => {
    if (!types.has(name)) types.set(name, btf.type(name));
    return types.get(name);
  },
};

/** Compiles and loads a program; the verifier has the last word. */
async function load(source: string): Promise<void> {
  const { cell, diagnostics } = compileBpftrace(source, { target, unsafe: 'all', importer: () => [] });
  assert.ok(cell, diagnostics.map(d => d.message).join('\n'));
  const { elf } = await compileGenerated(cell, { btf });
  const object = new native.BpfObject(elf, { name: 'language' });
  try {
    object.scan(UNSAFE_ACTIONS);
    await object.load();
  } finally {
    object.close();
  }
}

/** What a Linux may be built or locked without, as the verifier tells it. */
const LACKS = [
  {
    log: /failed to find the address for kernel symbol/,
    reason: 'this Linux keeps no addresses of variables (CONFIG_KALLSYMS_ALL)',
  },
  {
    log: /^EPERM/,
    reason: 'this Linux refuses programs of this kind',
  },
  {
    log: /cannot use helper bpf_probe_write_user/,
    reason: 'this Linux is locked against programs that write into others',
  },
];

const ROWS = {
  construct: SYNTAX,
  probe: PROBES,
  builtin: BUILTINS,
  function: FUNCTIONS,
  aggregation: MAP_FUNCTIONS,
  option: CONFIG,
};

for (const [kind, rows] of Object.entries(ROWS)) {
  describe(`the example of each ${kind} loads`, { skip }, () => {
    for (const row of rows) {
      test(row.name, async t => {
        await load(row.example).catch((error: Error & { code?: string; log?: string }) => {
          const lack = LACKS.find(({ log }) => log.test(`${error.code} ${error.log}`));
          if (!lack) throw error;
          t.skip(lack.reason);
        });
      });
    }
  });
}

/** Larger programs that the verifier must take: long strings, loops, many values. */
const HEAVY: Readonly<Record<string, string>> = {
  'long strings compared, kept and printed':
    't:syscalls:sys_enter_openat { $f = str(args.filename); if ($f == @last || strcontains($f, @last)) { printf("%s %s %s\\n", $f, @last, comm); } @last = $f; @[$f, comm] = count(); }',
  'nested loops over maps':
    'begin { @a[1] = 2; @b["x"] = count(); for ($k : @a) { for ($l : @b) { for ($i : 0..10) { @c[$k.0, $l.0] = sum($i); } } } }',
  'a thousand rounds': 'begin { $i = 0; while ($i < 1000) { @ = hist($i, 5); @n[$i % 7] = avg($i); $i++; } }',
  'eight long strings':
    't:syscalls:sys_enter_openat { $s = args.filename; printf("%s %s %s %s %s %s %s %s\\n", str($s), str($s), str($s), str($s), str($s), str($s), str($s), str($s)); }',
  'strings of 64 KB':
    'config = { max_strlen = 65536 } t:syscalls:sys_enter_openat { $f = str(args.filename); if ($f == @last) { printf("%s %s\\n", $f, @last); } @last = $f; @[$f] = count(); }',
  'user probes with scratch memory':
    'uprobe:libc:getenv { $s = str(arg0); if ($s != "PATH") { return; } @[$s] = count(); printf("%s\\n", $s); }',
  'chains of pointers':
    'begin { printf("%s %s %d\\n", curtask.real_parent.real_parent.comm, curtask.group_leader.comm, curtask.mm.mmap_base); }',
};

describe('heavy programs load', { skip }, () => {
  for (const [name, source] of Object.entries(HEAVY)) test(name, () => load(source));
});

/** Program → what it prints. */
const RESULTS: [program: string, expected: string][] = [
  ['@x += 5; @x -= 2; @k[1] |= 6; print(@x); print(@k[1]); clear(@x); clear(@k)', '@x: 3\n6\n'],
  [
    'for ($i : 0..3) { for ($j : 0..3) { if ($j == 1) { continue; } if ($i == 1) { return; } print(($i, $j)); } } print("end")',
    '(0, 0)\n(0, 2)\n',
  ],
  ['print(7 / 2); print(-7 / 2); print(-7 % 3)', '3\n-3\n-1\n'],
  ['$z = 0; print((uint64)10 / (uint64)$z); print((uint64)10 % (uint64)$z)', '1\n1\n'],
  [
    'print(1 << 40); print(0xff & 0x0f | 0x100); print(~0); print(1 ^ 3)',
    '1099511627776\n271\n18446744073709551615\n2\n',
  ],
  ['$a = 1; $a = (uint64)2; print(sizeof($a)); $b = 1; $b = -1000; print(sizeof($b))', '8\n2\n'],
  ['$b = -1; let $a: uint16 = $b; print($a); $a++; print($a); $a--; print($a)', '65535\n0\n65535\n'],
  ['print(-1 >> 1); $x = -8; print($x / 3); print($x % 3); print($x << 1)', '-1\n-2\n-2\n-16\n'],
  ['print(true + true); print(true + 1); print((bool)5); print((int32)true)', 'true\n2\ntrue\n1\n'],
  [
    '$t = (1, "a", 3); print($t[0]); print($t[1]); print("ab" + "cd" + "e"); print("hello" + 2)',
    '1\na\nabcde\nllo\n',
  ],
  [
    '$a = (int8[4])0x12345678; $i = 2; print($a[$i]); print((uint32)$a); print((int8[8])5 == (int8[8])5)',
    '52\n305419896\ntrue\n',
  ],
  ['@a = 5; $p = &@a; print($p != 0); $x = 7; $q = &$x; print(*$q); clear(@a)', 'true\n7\n'],
  [
    'if comptime (is_str(comm)) { print("text") } else { fail("no") } if (0) { fail("never") } print(is_literal("a"))',
    'text\ntrue\n',
  ],
  ['$a = (int8)255; print($a); print((uint8)-1); print((uint64)-1)', '-1\n255\n18446744073709551615\n'],
  ['$a = 5; print($a++); print(++$a); print($a--); print(-$a)', '5\n7\n7\n-6\n'],
  ['print(1 ? "yes" : "no"); print(0 ?: 20); print(2 > 1 && !(1 > 2))', 'yes\n20\ntrue\n'],
  [
    '$s = "hello"; print($s == "hello"); print($s == "hell"); print($s[1]); print(strlen($s))',
    'true\nfalse\n101\n5\n',
  ],
  [
    'print(strstr("abcabd", "abd")); print(strcontains("abc", "")); print(str_concat("ab", "cd"))',
    '3\ntrue\nabcd\n',
  ],
  ['print((1, "a", (2, true))); print((x=1, y="b"))', '(1, a, (2, true))\n{ .x = 1, .y = b }\n'],
  ['$t = 0; for ($i : -2..3) { $t += $i; if ($i == 1) { break; } } print($t)', '-2\n'],
  [
    '@m[1, "x"] = 5; @m[1, "x"] += 2; print(@m[1, "x"]); print(@m[2, "y"]); print(has_key(@m, (1, "x"))); clear(@m)',
    '7\n0\ntrue\n',
  ],
  [
    '@c = count(); @c = count(); @a = avg(-3); @a = avg(-5); print(@c); print(@c + 1); print((int64)@a); clear(@c); clear(@a)',
    '@c: 2\n3\n-4\n',
  ],
  [
    'print(ntop(0x0100007f)); print(ntop(pton("2001:db8::ff00:42:8329"))); print(ntop(pton("::1"))); print(ntop(pton("::ffff:1.2.3.4")))',
    '127.0.0.1\n2001:db8::ff00:42:8329\n::1\n::ffff:1.2.3.4\n',
  ],
  [
    'print((1, "a") == (1, "a")); print((1, (2, "x")) != (1, (2, "y"))); print((int32[2])5 == (int32[2])6)',
    'true\ntrue\nfalse\n',
  ],
  [
    'print(str(curtask.comm) == comm); print(strerror(2)); print(signal_name(9)); print(syscall_name(0)); print(syscall_name(-1))',
    'true\nNo such file or directory\nKilled\nread\nUnknown syscall\n',
  ],
  [
    'print((uint64)container_of((uint64)4096, struct list_head, prev)); print(kaddr("vfs_read") != 0)',
    '4088\ntrue\n',
  ],
  [
    '$n = (uint64)3; $b = buf("abcdef", $n); printf("%r|%rx\\n", $b, buf("hello", $n - 1)); $b = buf("q", 1); print((1, $b)); @[$b] = buf("hey", $n); print(@[$b]); clear(@)',
    'abc|\\x68\\x65\n(1, q)\nhey\n',
  ],
  ['printf("%5d|%-5s|%x|%s\\n", 42, "ab", 255, 1 > 0)', '   42|ab   |ff|true\n'],
];

test('a symbol that Linux does not have is told where it is named', { skip }, () => {
  const { status, stderr } = ebpfnb(['trace', '-e', 'begin { print(kaddr("no_such_symbol")) }']);
  assert.notEqual(status, 0);
  assert.match(stderr, /1:15-38: ERROR: Failed to resolve kernel symbol: no_such_symbol/);
});

test('dividing by zero goes on, and says so', { skip }, () => {
  const program = 'begin { $z = 0; print(10 / $z); exit(); }';
  const text = ebpfnb(['trace', '-q', '-e', program]);
  assert.equal(text.stdout.trimEnd(), '1');
  assert.match(text.stderr, /1:23-30: WARNING: Divide or modulo by 0 detected/);
  assert.match(ebpfnb(['trace', '-f', 'json', '-e', program]).stdout, /"type": "runtime_error"/);
});

test('an index behind the end of an array goes on, and says so', { skip }, () => {
  const program = 'begin { $a = (int8[4])1; $i = 7; print($a[$i]); exit(); }';
  const text = ebpfnb(['trace', '-q', '-e', program]);
  assert.equal(text.stdout.trimEnd(), '0');
  assert.match(text.stderr, /1:40-46: WARNING: Array access out of bounds/);
});

/** As {@link RESULTS}, whole programs. */
const PROGRAMS: [program: string, expected: string][] = [
  ['uprobe:libc:getpp[ij]* { } begin { exit(); }', ''],
  [
    'macro total(@m) { let $s = 0; for ($kv : @m) { $s += $kv.1; } $s } begin { @x[1] = 5; @x[2] = 10; print(total(@x)); clear(@x); exit(); }',
    '15\n',
  ],
  [
    'struct I { int x; short y; }; struct A { struct I in; int a[2]; union { int u; struct { short lo; short hi; }; }; unsigned f : 3; int g : 5; } begin { $m = (uint64[3])0; $p = (struct A *)&$m; print(*$p); print($p.in.y); print(sizeof(struct A)); print(offsetof(struct A, in.y)); $r = (s=$p.in, n=5); print($r.s.x); @s[$p.in] = $p.a; print(@s); clear(@s); exit(); }',
    '{ .in = { .x = 0, .y = 0 }, .a = [0,0], .u = 0, .lo = 0, .hi = 0, .f = 0, .g = 0 }\n0\n24\n4\n0\n@s[{ .x = 0, .y = 0 }]: [0,0]\n',
  ],
  [
    'struct P { int x; int y; } begin { $v = (uint64)0x0000000200000001; $p = (struct P *)&$v; print(*$p); print($p.y); print(($p.x, *$p).1.y); print($p[0].x); exit(); }',
    '{ .x = 1, .y = 2 }\n2\n2\n1\n',
  ],
  [
    'fn add($a: int64, $b: uint8): int64 { return $a + $b; } begin { print(add(1, 2)); print(add(-5, 255)); exit(); }',
    '3\n250\n',
  ],
  [
    'fn sum($n: int64): int64 { $t = 0; for ($i : 0..$n) { if ($i == 5) { return -1; } $t += $i; } return $t; } begin { print(sum(4)); print(sum(9)); exit(); }',
    '6\n-1\n',
  ],
  [
    'fn hi($s: string[64]) { printf("hi %s\\n", $s); @n++; } begin { hi("you"); hi(comm); print(@n); clear(@n); exit(); }',
    'hi you\nhi bpftrace\n@n: 2\n',
  ],
  [
    'macro m(f) { (a=f, b=2) } begin { print(m(1).a); $t = pid > 0 ? (1, "a") : (2, "b"); print($t.1); exit(); }',
    '1\na\n',
  ],
  ['macro strlen(x, y) { 42 } begin { print(strlen("a")); print(strlen("a", 1)); exit(); }', '1\n42\n'],
];

test('imports: scripts, headers, C sources and directories', { skip }, () => {
  const folder = mkdtempSync(join(homedir(), 'imports-'));
  const put = (name: string, text: string) => writeFileSync(join(folder, name), text);
  try {
    mkdirSync(join(folder, 'lib'), { mode: 0o755 });
    put('lib/a.bt', 'macro seven() { 7 }\nbegin { print("imported"); }');
    put('types.h', '#define ANSWER 42\nstruct pair { int a; char b[4]; };\n');
    put(
      'sums.bpf.c',
      '#include <linux/types.h>\nstatic const int zero = 0;\nint add_one(int a) { return a + 1; }\nint first(const char *s) { return s[0]; }\n',
    );
    put(
      'main.bt',
      'import "lib"; import "types.h"; import "sums.bpf.c"; begin { print((seven, ANSWER, sizeof(struct pair), add_one(1), first("a"))); exit(); }',
    );
    const { stdout, stderr, status } = ebpfnb(['trace', '-q', join(folder, 'main.bt')]);
    assert.equal(status, 0, stderr);
    assert.equal(stdout.trimEnd(), 'imported\n(7, 42, 8, 2, 97)');
    put('wrong.bpf.c', 'int wrong(void) { return no_such; }\n');
    put('main.bt', 'import "wrong.bpf.c"; begin { print(wrong()); }');
    assert.match(
      ebpfnb(['trace', join(folder, 'main.bt')]).stderr,
      /wrong\.bpf\.c:1:26-27: ERROR: .*'no_such'/,
    );
    chmodSync(join(folder, 'lib'), 0o777);
    put('main.bt', 'import "lib/a.bt"; begin { exit(); }');
    assert.match(ebpfnb(['trace', join(folder, 'main.bt')]).stderr, /global write permissions/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe('whole programs print what they compute', { skip }, () => {
  for (const [program, expected] of PROGRAMS) {
    test(program, () => {
      const { stdout, stderr, status } = ebpfnb(['trace', '-q', '-e', program]);
      assert.equal(status, 0, stderr);
      assert.equal(stdout.trimEnd(), expected.trimEnd(), stderr);
    });
  }
});

describe('programs print what they compute', { skip }, () => {
  for (const [program, expected] of RESULTS) {
    test(program, () => {
      const { stdout, stderr, status } = ebpfnb([
        'trace',
        '-q',
        '-e',
        `begin { ${program}; } interval:ms:1 { exit(); }`,
      ]);
      assert.equal(status, 0, stderr);
      assert.equal(stdout.trimEnd(), expected.trimEnd(), stderr);
    });
  }
});
