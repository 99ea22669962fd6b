/** What can be wrong with a program: one row a class, each told where it is, why, and what to do. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ErrorCode } from '../../kernel/errors.ts';
import { compile } from './language-fixtures.ts';

/** The class, a program of one line, what is told, the words it is about, and what the remedy names. */
const ROWS: [about: string, program: string, code: ErrorCode, place: string, remedy?: RegExp][] = [
  ['unknown probe type', 'bgin { }', 'unknown-probe-type', 'bgin', /begin/],
  [
    'wrong number of parts',
    'tracepoint:sched { }',
    'probe-parts',
    'tracepoint:sched',
    /tracepoint:category:event/,
  ],
  ['a probe without a function', 'kprobe: { }', 'probe-target', 'kprobe:', /kprobe:\[module:\]function/],
  ['unknown unit', 'interval:x:1 { }', 'probe-clock', 'interval:x:1', /interval:hz:N/],
  ['too often', 'interval:10 { }', 'probe-clock', 'interval:10', /10ms/],
  ['mode twice', 'watchpoint:0x10:8:ww { }', 'watchpoint-parts', 'watchpoint:0x10:8:ww', /rw/],
  ['no such file', 'uprobe:/nowhere:f { }', 'no-binary', 'uprobe:/nowhere:f', /path/],
  ['offset of letters', 'kprobe:vfs_read+x { }', 'probe-offset', 'kprobe:vfs_read+x', /function\+offset/],
  ['wildcard for a provider', 'xx*:y { }', 'no-provider', 'xx*:y'],
  ['begin with a target', 'begin:x { }', 'probe-parts', 'begin:x', /begin/],
  ['a name for a probe', 'mine=begin { }', 'probe-name', 'begin', /alone/],
  ['misspelt tracepoint', 't:sched:sched_swtich { }', 'no-matches', 't:sched:sched_swtich', /sched_switch/],
  [
    'builtin of other probes',
    't:sched:sched_switch { print(retval); }',
    'not-in-probe',
    'retval',
    /args\.ret/,
  ],
  [
    'arguments of a tracepoint have names',
    't:sched:sched_switch { print(arg0); }',
    'not-in-probe',
    'arg0',
    /args\./,
  ],
  ['too few arguments', 'begin { strncmp("a", "b"); }', 'argument-count', 'strncmp("a", "b")'],
  [
    'an argument that must be constant',
    'begin { $n = nsecs; @ = lhist(1, 0, $n, 1); }',
    'constant-argument',
    '$n',
  ],
  ['arguments in no register', 'uprobe:/bin/x:f { print(arg9); }', 'argument-register', 'arg9', /arg5/],
  ['removed stack arguments', 'uprobe:/bin/x:f { print(sarg0); }', 'stack-arguments', 'sarg0', /reg\("sp"\)/],
  ['bounds of buckets', 'begin { @ = lhist(1, 10, 5, 1); }', 'bucket-bounds', 'lhist(1, 10, 5, 1)'],
  ['too many buckets', 'begin { @ = lhist(1, 0, 5000, 1); }', 'bucket-bounds', 'lhist(1, 0, 5000, 1)'],
  ['unroll too often', 'begin { unroll(101) { } }', 'unroll-most', '101'],
  ['unroll never', 'begin { unroll(0) { } }', 'unroll-least', '0'],
  ['conversion of another type', 'begin { printf("%d", comm); }', 'format-type', 'comm'],
  ['arguments of a format', 'begin { printf("%d"); }', 'format-arguments', 'printf("%d")'],
  ['undefined variable', 'begin { print($x); }', 'undefined-variable', '$x'],
  [
    'variable used before it was assigned',
    'begin { let $x; print($x); $x = 1; }',
    'variable-unassigned',
    '$x',
    /0/,
  ],
  ['declared twice', 'begin { let $x = 1; let $x = 2; }', 'variable-declared-twice', '$x'],
  ['undefined map', 'begin { print(@x); }', 'undefined-map', '@x', /assigned/],
  ['unused map', 'let @x = hash(1); begin { }', 'unused-map', 'let @x = hash(1)'],
  ['kind of map', 'let @x = hush(1); begin { }', 'map-kind', 'hush', /hash/],
  ['discarded value', 'begin { 1 + 1; }', 'discarded-value', '1 + 1', /_ =/],
  ['key where there is none', 'begin { @x = 1; @x[1] = 2; }', 'map-without-key', '@x[1]'],
  ['no key where there is one', 'begin { @x[1] = 1; @x = 2; }', 'map-needs-key', '@x'],
  ['other value', 'begin { @x = 1; @x = "a"; }', 'map-type-mismatch', '@x = "a"', /line 1/],
  ['other key', 'begin { @x[1] = 1; @x["a"] = 1; }', 'map-key-mismatch', '@x["a"]'],
  ['other type of a variable', 'begin { $x = 1; $x = "a"; }', 'type-mismatch', '$x = "a"', /line 1/],
  ['constant too large for its type', 'begin { let $x: uint8 = 256; }', 'type-mismatch', '256', /line 1/],
  ['signs that differ', 'begin { $x = (int64)-1; print($x < nsecs); }', 'sign-mismatch', 'nsecs', /cast/],
  ['an aggregation as key', 'begin { @h = hist(1); @x[@h] = 1; }', 'map-key-type', '@h'],
  ['impossible cast', 'begin { $x = (int8)"abc"; }', 'cast-types', '(int8)"abc"'],
  ['index out of range', 'begin { $a = (int8[4])1; print($a[4]); }', 'index-range', '4'],
  ['part of a tuple', 'begin { print((1, 2).5); }', 'tuple-index', '5', /from 0/],
  ['field of a record', 'begin { print((one=1, two=2).tow); }', 'record-field', 'tow', /two/],
  ['a tuple is not changed', 'begin { $t = (1, 2); $t.0 = 3; }', 'parts-fixed', '$t.0'],
  ['text that is no constant', 'begin { $f = "x"; printf($f); }', 'literal-needed', '$f'],
  ['loop over a known name', 'begin { $i = 1; for ($i : 0..2) { } }', 'loop-shadows', '$i', /own/],
  [
    'misspelt field',
    't:sched:sched_switch { print(args.next_pidd); }',
    'unknown-field',
    'next_pidd',
    /next_pid/,
  ],
  ['misspelt builtin', 'begin { print(comn); }', 'unknown-identifier', 'comn', /comm/],
  ['misspelt function', 'begin { prinft("x"); }', 'unknown-function', 'prinft', /printf/],
  ['a feature that may change', 'begin { print(typeinfo(1)); }', 'unstable-refused', 'typeinfo(1)'],
  [
    'string too long',
    `config = { max_strlen = 4 } begin { $x = "abcd"; }`,
    'string-too-long',
    '"abcd"',
    /max_strlen/,
  ],
  [
    'print of a map in a loop',
    'begin { @x[1] = 1; for ($i : 0..2) { print(@x); } }',
    'print-in-loop',
    'print(@x)',
    /behind/,
  ],
  ['exit in a loop', 'begin { for ($i : 0..2) { exit(); } }', 'exit-in-loop', 'exit()', /break/],
  ['loop over a scalar', 'begin { @x = 1; for ($k : @x) { } }', 'for-scalar-map', '@x'],
  ['old loop', 'begin { while (0) { } }', 'while-deprecated', 'while', /for \(/],
  ['break outside of loops', 'begin { break; }', 'not-in-loop', 'break'],
  ['code that is never reached', 'begin { exit(); print(1); }', 'unreachable', 'print(1)'],
  ['aggregation out of place', 'begin { $x = count(); }', 'aggregation-place', 'count()', /@name =/],
  ['unsafe function', 'begin { system("ls"); }', 'unsafe-function', 'system("ls")', /unsafe/],
  ['option', 'config = { max_strln = 4 } begin { }', 'unknown-config', 'max_strln = 4', /max_strlen/],
  ['constant arithmetic', 'begin { print(1 / 0); }', 'constant-overflow', '1 / 0', /64 bits/],
  ['argument of a macro', 'macro m(@a) { 1 } begin { print(m(2)); }', 'macro-argument', '2', /m\(@a\)/],
  ['recursive macros', 'macro m(x) { m(x) } begin { m(1); }', 'macro-endless', 'm(x)'],
];

for (const [about, program, code, place, remedy] of ROWS) {
  test(about, () => {
    const { diagnostics } = compile(program);
    const told = diagnostics.find(diagnostic => diagnostic.code === code);
    assert.ok(told, diagnostics.map(d => `${d.code}: ${d.message}`).join('\n') || 'nothing is told');
    const { start, end } = told.span!;
    assert.equal(program.slice(start.column, end.column), place);
    assert.ok(told.message.length > 0);
    if (remedy) assert.match(told.remedy ?? '', remedy);
  });
}
