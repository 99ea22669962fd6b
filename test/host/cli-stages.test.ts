/** What `trace` prints and writes of a program itself, and what C it reads in front of it. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratchFolder } from '../scratch.ts';
import { COMMAND, ebpfnb, skip } from './kernel-helpers.ts';

const folder = scratchFolder();
const PROGRAM = 'begin { @x[1, "a"] = count(); $a = (int64)5; print($a); exit(); }';
const trace = (...args: string[]) => ebpfnb(['trace', '-q', ...args]);

/** Stage → what its text holds. */
const STAGES: [stage: string, text: RegExp][] = [
  ['ast', /^Tree\n-{4}\nprogram\n {2}probes probe \[1:1\]\n {4}attachPoints text=begin \[1:1\]\n/],
  ['types', /^Types\n-{5}\n@x\[.*\]: count_t\nbegin\n {2}\$a: int64\n/],
  ['codegen', /^Generated C\n-{11}\n[\s\S]*^SEC\("raw_tp"\)$/m],
  ['codegen-opt', /^LLVM IR after optimization\n-{26}\n; ModuleID/],
  ['dis', /^Instructions\n-{12}\nDisassembly of section raw_tp:/],
  ['libbpf', /^libbpf\n-{6}\nlibbpf: loading object/],
  ['verifier', /^Verifier\n-{8}\nlibbpf: prog '.*': -- BEGIN PROG LOAD LOG --\n[\s\S]*\nprocessed \d+ insns/],
];
for (const [stage, text] of STAGES)
  test(`-d ${stage}`, { skip }, () => {
    const { status, stdout } = trace('-d', stage, '-e', PROGRAM);
    assert.equal(status, 0);
    assert.match(stdout, text);
    assert.match(stdout, /\n\n5\n/, 'then the program runs');
  });

test('-d all, and names that are none', { skip }, () => {
  const { stdout } = trace('-d', 'all', '-e', PROGRAM);
  for (const title of ['Tree', 'Types', 'Generated C', 'LLVM IR', 'Instructions', 'libbpf', 'Verifier'])
    assert.match(stdout, new RegExp(`^${title}`, 'm'));
  assert.match(
    trace('-d', 'parse', '-e', PROGRAM).stderr,
    /^ERROR: USAGE: -d can only be 'ast', .* or 'all', not parse\n$/,
  );
});

test('--emit-elf writes the object and runs nothing', { skip }, () => {
  const file = join(folder, 'program.o');
  const { status, stdout } = trace('--emit-elf', file, '-e', PROGRAM);
  assert.deepEqual([status, stdout], [0, '']);
  assert.equal(readFileSync(file).subarray(1, 4).toString(), 'ELF');
});

test('--emit-llvm writes both forms', { skip }, () => {
  const file = join(folder, 'ir');
  assert.equal(trace('--emit-llvm', file, '-e', PROGRAM).status, 0);
  for (const form of ['original', 'optimized'])
    assert.match(readFileSync(`${file}.${form}.ll`, 'utf8'), /target triple = "bpf"/);
});

test('--mode codegen only compiles', { skip }, () => {
  assert.deepEqual(trace('--mode', 'codegen', '-e', PROGRAM), { status: 0, stdout: '', stderr: '' });
  assert.equal(trace('--mode', 'codegen', '-e', 'begin { print($undefined); }').status, 1);
});

test('--fmt prints the program, or puts it in its place', () => {
  const formatted = 'begin\n{\n  print(1);\n}\n';
  assert.equal(trace('--fmt', '-e', 'begin{print(1);}').stdout, formatted);
  const file = join(folder, 'unformatted.bt');
  writeFileSync(file, 'begin   {print(1);}');
  assert.equal(trace('--fmt', file, '-o', file).status, 0);
  assert.equal(readFileSync(file, 'utf8'), formatted);
  const { status, stdout, stderr } = trace('--fmt', '-e', 'begin {');
  assert.deepEqual([status, stdout], [1, '']);
  assert.match(stderr, /^stdin:1:.*ERROR: /);
});

mkdirSync(join(folder, 'include'));
writeFileSync(
  join(folder, 'include', 'own.h'),
  `#pragma once
#define ANSWER 42
#define NEXT (ANSWER + 1)
struct own { int a; char b[8]; };
enum color { RED = 3, GREEN };
typedef unsigned long own_t;
static inline int function(void) { return 1; }
extern int other(int);
`,
);
const HEADERS = 'begin { print((ANSWER, NEXT, sizeof(struct own), GREEN, sizeof(own_t))); exit(); }';
const EXPECTED = '(42, 43, 12, GREEN, 8)';

test('headers: -I, --include, CPATH, beside the program', { skip }, () => {
  const include = join(folder, 'include');
  const program = `#include <own.h>\n${HEADERS}`;
  const script = join(folder, 'script.bt');
  writeFileSync(script, `#!/usr/bin/env bpftrace\n#include "include/own.h"\n${HEADERS}`);
  const ways = [
    trace('-I', include, '-e', program),
    trace('--include', join(include, 'own.h'), '-e', HEADERS),
    trace('-I', include, '--include', 'own.h', '-e', HEADERS),
    ebpfnb(['trace', '-q', '-e', program], { env: { CPATH: include } }),
    trace(script),
  ];
  for (const { status, stdout, stderr } of ways)
    assert.deepEqual([status, stdout.trim()], [0, EXPECTED], stderr);
});

test('conditions in the preamble, definitions around them', { skip }, () => {
  const program = `#ifdef BPFTRACE_HAVE_BTF
#define X 7
#else
#include <missing.h>
#endif
struct a { int x; } struct b { struct a a[3]; };
begin { print((X, sizeof(struct b))); }`;
  assert.equal(trace('-e', program).stdout.trim(), '(7, 12)');
});

test('headers that are missing: those of Linux are not needed', { skip }, () => {
  const known = ebpfnb(['trace', '-e', '#include <net/sock.h>\nbegin { print(sizeof(struct sock) > 0); }']);
  assert.equal(known.stdout.trim(), 'true');
  assert.match(known.stderr, /^stdin:1:1-22: HINT: net\/sock\.h is not installed, and not needed/);
  const unknown = trace('-e', '#include <no/such.h>\nbegin { }');
  assert.equal(unknown.status, 1);
  assert.match(unknown.stderr, /^stdin:1:10-21: ERROR: 'no\/such\.h' file not found\n/);
});

test('a link called bpftrace runs its scripts', { skip }, () => {
  const link = join(folder, 'bpftrace');
  symlinkSync(COMMAND, link);
  assert.ok(existsSync(link));
  const script = join(folder, 'arguments.bt');
  writeFileSync(script, '#!/usr/bin/env bpftrace\nbegin { printf("%s %d\\n", str($1), $2); exit(); }');
  const { stdout } = ebpfnb(['-q', script, 'word', '5'], {}, link);
  assert.equal(stdout.trim(), 'word 5');
});

test('output that cannot be written', { skip }, () => {
  const { status, stderr } = trace('-o', '/dev/full', '-e', 'begin { print(1); }');
  assert.equal(status, 1);
  assert.match(stderr, /^ERROR: Failed to write the output: ENOSPC/);
});

test('messages have colours when asked to', { skip }, () => {
  const { stdout, stderr } = ebpfnb(['trace', '-q', '-e', 'begin { print($undefined); }'], {
    env: { BPFTRACE_COLOR: 'always' },
  });
  assert.equal(stdout, '');
  assert.match(stderr, /^\u001b\[31mstdin:1:15-25: ERROR: .*\u001b\[0m\n/);
});
