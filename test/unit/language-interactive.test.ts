import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readInteractive } from '../../kernel/language/index.ts';

const UNFINISHED = [
  'begin',
  'begin {',
  'begin { printf("a',
  'begin { printf("%d",',
  'begin { if (1) {',
  'begin /* what follows',
  'tracepoint:sched:sched_switch',
  'tracepoint:sched:sched_switch,',
  'tracepoint:sched:sched_switch /pid == 1/',
  'tracepoint:sched:sched_switch /pid ==',
  'struct x {',
  'struct x { int a; };',
  'macro one() { 1 }',
  'config = { max_strlen = 64 }',
  'let @x = hash(10);',
  '//| duration: 1s',
  'print(',
  '1 +',
  '@x["a',
  'if (1) {',
  '$x = ',
  "bpftrace -e 'begin {",
];
for (const text of UNFINISHED)
  test(`unfinished: ${text}`, () => assert.equal(readInteractive(text).kind, 'unfinished'));

const PROGRAMS: [typed: string, source?: string][] = [
  ['begin { print(1) }'],
  ['BEGIN{exit()}'],
  ['begin, end { print(1) }'],
  ['interval:ms:10 { }'],
  ['t:sched:sched_* { @ = count() }'],
  ['kprobe:f { }'],
  ['//| duration: 1s\nbegin { }'],
  ['struct x { int a; };\nbegin { }'],
  ['begin {\n  print(1);\n}'],
  ['begin { 1 + * 2 }'],
  ["$ sudo bpftrace -e 'begin { print(1) }'", 'begin { print(1) }'],
  ["bpftrace -e 'begin { }' -c 'ls /'", '//| workload: ls /\nbegin { }'],
];
for (const [typed, source = typed] of PROGRAMS)
  test(`program: ${typed}`, () => assert.deepEqual(readInteractive(typed), { kind: 'program', source }));

const STATEMENTS: [typed: string, source: string][] = [
  ['1 + 2', 'begin { print(1 + 2); }'],
  ['nsecs', 'begin { print(nsecs); }'],
  ['@x', 'begin { print(@x); }'],
  ['@x[1, "a"]', 'begin { print(@x[1, "a"]); }'],
  ['@', 'begin { print(@); }'],
  ['@x = 5', 'begin { @x = 5 }'],
  ['@x++', 'begin { @x++ }'],
  ['@x = count();', 'begin { @x = count(); }'],
  ['print(nsecs)', 'begin { print(nsecs) }'],
  ['printf("a: b\\n");', 'begin { printf("a: b\\n"); }'],
  ['clear(@x)', 'begin { clear(@x) }'],
  ['len(@x)', 'begin { print(len(@x)); }'],
  ['$a = 2; $a * 3', 'begin { $a = 2; print($a * 3); }'],
  ['let $x = 1', 'begin { let $x = 1 }'],
  ['comm // who', 'begin { print(comm); // who\n}'],
  ['//| unsafe: system\nsystem("ls")', '//| unsafe: system\nbegin { system("ls") }'],
  ['for ($kv : @x) { print($kv) }', 'begin { for ($kv : @x) { print($kv) } }'],
  ['1 ? 2 : 3', 'begin { print(1 ? 2 : 3); }'],
  ['1 + * ]', 'begin { 1 + * ] }'],
];
for (const [typed, source] of STATEMENTS)
  test(`statement: ${typed}`, () => assert.deepEqual(readInteractive(typed), { kind: 'statement', source }));
