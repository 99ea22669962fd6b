/** What a diagnostic offers mends the program: for each kind of damage, the text before and after. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fix } from '../../kernel/errors.ts';
import { compile } from './language-fixtures.ts';

const FIXED: [damaged: string, title: string, mended: string][] = [
  ['begin { printf(“hello”); }', 'Replace “ by "', 'begin { printf("hello”); }'],
  ['begin { exit(）; }', 'Replace ） by )', 'begin { exit(); }'],
  ["# bpftrace -e 'begin { exit(); }'", 'Convert to a cell', 'begin { exit(); }'],
  [
    "$ sudo bpftrace -p 12 -c 'ls -l' -e 'begin { exit(); }'",
    'Convert to a cell',
    '//| pid: 12\n//| workload: ls -l\nbegin { exit(); }',
  ],
  ['begin { exit();', 'Add }', 'begin { exit();\n}'],
  ['begin { printf("x\\n', 'Add "', 'begin { printf("x\\n"'],
  [
    't:sched:sched_switch { print(args -->next_pid); }',
    'Change to ->',
    't:sched:sched_switch { print(args ->next_pid); }',
  ],
  [
    'u:/lib/x86_64 linux gnu/libc.so.6:malloc { @ = count(); }',
    'Change to u:/lib/x86_64-linux-gnu/libc.so.6:malloc',
    'u:/lib/x86_64-linux-gnu/libc.so.6:malloc { @ = count(); }',
  ],
  ['#include <net/sock.h>begin { }', 'Start a new line', '#include <net/sock.h>\nbegin { }'],
  ['begin { idx = 0; print("idx", idx); }', 'Write $idx', 'begin { $idx = 0; print("idx", $idx); }'],
  ['begin { printf("hello n"); }', 'Write \\n', 'begin { printf("hello\\n"); }'],
  [
    'begin { // the address $a = 1;\n print($a); }',
    'Break the line before $a',
    'begin { // the address \n$a = 1;\n print($a); }',
  ],
  ['1 begin {\n2   exit();\n3 }\n4 end { }', 'Remove the line numbers', 'begin {\n  exit();\n}\nend { }'],
  ['begin { prinft("x"); }', 'Change to printf', 'begin { printf("x"); }'],
  ['begin { system("ls"); }', 'Allow system() in this cell', '//| unsafe: system\nbegin { system("ls"); }'],
  [
    '//| unsafe: signal\nbegin { system("ls"); }',
    'Allow system() in this cell',
    '//| unsafe: signal, system\nbegin { system("ls"); }',
  ],
  [
    't:sched:sched_swtich { @ = count(); }',
    'Change to sched:sched_switch',
    't:sched:sched_switch { @ = count(); }',
  ],
];

function applied(source: string, { edits }: Fix): string {
  const lines = source.split('\n');
  const offset = ({ line, column }: { line: number; column: number }) =>
    lines.slice(0, line).reduce((sum, text) => sum + text.length + 1, 0) + column;
  return edits.reduceRight(
    (text, { span, text: put }) => text.slice(0, offset(span.start)) + put + text.slice(offset(span.end)),
    source,
  );
}

for (const [damaged, title, mended] of FIXED) {
  test(`${title}: ${damaged.split('\n')[0]}`, () => {
    const fixes = compile(damaged).diagnostics.flatMap(({ fix }) => fix ?? []);
    const fix = fixes.find(one => one.title === title);
    assert.ok(fix, `offered: ${fixes.map(one => one.title).join(', ') || 'nothing'}`);
    assert.equal(applied(damaged, fix), mended);
  });
}

test('a conflict of types shows where the other type comes from', () => {
  const related = (source: string) => compile(source).diagnostics.flatMap(one => one.related ?? []);
  const [type] = related('begin { @x = 1; }\nend { @x = "s"; }');
  assert.equal(type?.message, '@x has its type from here');
  assert.deepEqual(type?.span.start, { line: 0, column: 8 });
  const [key] = related('begin { @x[1] = 1; }\nend { @x["s"] = 1; }');
  assert.deepEqual(key?.span.start, { line: 0, column: 8 });
});
