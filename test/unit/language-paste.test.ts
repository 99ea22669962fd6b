/** Programs as they come out of articles and terminals, and what is said about them: one golden file. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pastedCommand } from '../../kernel/language/paste.ts';
import { compile, golden, messages } from './language-fixtures.ts';

/** Damage → sources that have it. */
const DAMAGED: Readonly<Record<string, string[]>> = {
  'lost backslash': ['begin { printf("hello n"); }', 'begin { printf("accept 4 %ld n", pid); }'],
  'typographic quotes': [
    'begin { printf(“hello ‘you’\\n”); }',
    'begin { printf(‘hello’); }',
    'begin { printf(“hello"); }',
  ],
  'shell prompt and command': [
    '# bpftrace -e \'begin { printf("hi\\n"); }\'',
    "$ sudo bpftrace -p 12 -e 'tracepoint:sched:sched_switch { @ = count(); }' -c 'ls /'",
  ],
  'lost dash, doubled word': [
    "bpftrace e 'begin { exit(); }'",
    "#bpf trace e 'begin { exit(); }'",
    "bpftrace bpftrace --e 'begin { exit(); }'",
    'bpftrace –e ‘begin { exit(); }’',
    "bpftrace -e 'begin { exit(); }",
  ],
  'missing end': ['begin { printf("x");', 'begin { printf("x'],
  'spaced operator': ['t:sched:sched_process_exec { print(args -->pid); }'],
  'path with spaces': ['u:/lib/x86_64 linux gnu/libc.so.6:malloc { exit(); }'],
  'doubled paste': ['t:sched:sched_switch { @[comm] = count(); } t:sched: sched_switch comm { @[ count(); }'],
  'line break lost after #include': ['#include <net/sock.h>begin { exit(); }'],
  'line break lost after a comment': ['begin {\n  // the address $raddr = 5;\n  print($raddr);\n}'],
  'line numbers above': ['1\n2\n3\n4\nBEGIN\n{\n  printf("x\\n");\n}'],
  'line numbers in front': ['1 BEGIN\n2 {\n3   printf("x\\n");\n4 }'],
  'full-width punctuation': ['begin { print（1）； }', 'begin ｛ exit(); ｝'],
};

/** Glued together or in another language, and sound all the same. */
const SOUND = [
  'begin{printf("a");printf("b")}end{printf("c")}t:sched:sched_switch{@=count()}',
  '// 中文注释，全角\nbegin { printf("你好，世界；\\n"); /* （注） */ }',
];

test('damaged programs', () => {
  const text = Object.entries(DAMAGED).flatMap(([damage, sources]) => [
    `== ${damage}`,
    ...sources.map(source => `${messages(source)}\n`),
  ]);
  golden('paste.txt', text.join('\n'));
});

test('what only looks odd is accepted', () => {
  for (const source of SOUND) assert.deepEqual(compile(source).diagnostics, [], source);
});

test('a pasted command becomes a cell', () => {
  const cell = (source: string) => pastedCommand(source)?.cell;
  assert.equal(cell("$ sudo bpftrace -e 'begin { exit(); }' -p 12"), '//| pid: 12\nbegin { exit(); }');
  assert.equal(cell('bpftrace -c "ls /" -e \'begin { }\''), '//| workload: ls /\nbegin { }');
  assert.equal(cell('begin { printf("bpftrace -e"); }'), undefined);
  assert.equal(cell('#define bpftrace 1\nbegin { }'), undefined);
});
