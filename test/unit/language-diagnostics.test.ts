/** What is said about wrong programs: one golden file, all of them in a row. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile, golden, messages } from './language-fixtures.ts';

const WRONG = [
  'begin { print(x) }',
  'begin { print(comn); }',
  'begin { prinft("hello"); }',
  'begin { printf("%d %d\\n", 1); }',
  'begin { printf("%d\\n", comm); }',
  'begin { printf("%y\\n", 1); }',
  'begin { $x = 1; $x = "a"; }',
  'begin { print($y); }',
  'begin { @x = 1; @x = "s"; }',
  'begin { @g[1, "hi"] = 2; if (has_key(@g, (1, 2))) { printf("ok\\n"); }  }',
  'begin { @x[1] = 1; @x = 2; }',
  'begin { print(@never); }',
  'begin { idx = 0; }',
  'begin { $a = count(); }',
  'begin { lhist(1, 2, 3, 4); @ = lhist(1, 0, 5000, 1); @h = hist(1, 9); }',
  'begin { unroll(101) { } }',
  'begin { break; }',
  'begin { exit(); print(1); }',
  'begin { 1 + 1; }',
  'begin { if ("a") { } }',
  'begin { $x = "a" - 1; }',
  'bgin { }',
  'tracepoint:sched:sched_swtich { }',
  'tracepoint:sched { }',
  'tracepoint:sched:sched_switch { print(arg0); print(retval); }',
  'tracepoint:sched:sched_switch { print(args.next_pidd); }',
  'interval:x:1 { } interval:s:0 { }',
  'config = { bad_config=raw } begin {}',
  'config = { max_strlen = 0 } begin {}',
  'begin { printf("no end); }',
  'begin { printf("x"); ',
  'begin { @a = 1 @b = 2; print(1); } end { print(); }',
  'begin { printf(“hello”); }',
  'tracepoint:sched:sched_switch { print(args --> next_pid); }',
  'begin { print("a" 1); $ = 3; }',
  '',
  'begin { system("ls"); print(kstack); }',
  'begin { printf("hello n"); }',
  'begin { str("a", "b", "c"); strncmp("a", "b"); }',
  'begin { $x = (int8)"a"; }',
  'macro m(x) { x } begin { print(m(1, 2)); }',
  'macro r(x) { r(x) } begin { r(1); }',
  'begin { for ($i : "a"..3) { } @s = 1; for ($k : @s) { } @h[1] = hist(2); for ($k : @h) { } }',
  'begin { for ($i : 0..3) { exit(); } }',
  'struct A { int x; } begin { $a = (struct A *)0; print($a.y); print($a.x.z); print((struct B)1); }',
  'struct A { foo x; } begin { }',
  'begin { print(curtask.pidd); print(curtask[0]); print((1, 2).5); }',
  'begin { static_assert(1 == 2, "sums"); print(pton("1.2.3")); buf(5); strlen(1); }',
  'begin { print(nsecs(wrong)); print(getopt(comm)); }',
  'let @m = foo(1); let @n = hash(); begin { }',
  'begin { print(1) } }',
  '#include <net/sock.h>begin { }',
  'macro bad() { @x++; return 1; } macro twice(x, x) { x } begin { bad(); }',
  'macro same(x) { x } macro same(y) { y } macro own($a) { let $a = 1; } begin { same(1); }',
  'macro a(x) { b(x) } macro b(x) { a(x) } macro v($x) { $x } begin { a(1); v(@x); }',
  'begin { $x = nsecs; print(comptime $x); print(typeinfo(1)); print(typeof(uint8)); }',
  'begin { $a = (int8[4])1; print($a[4]); print($a[-1]); print(1 / 0); print(&@a[1]); }',
  'begin { let $a: uint8 = 256; let $b: uint8 = -1; $c = (int64)-1; if ($c < nsecs) { } }',
  'fn r($x: int64): int64 { return r($x - 1); } fn r() { } fn s(): string { return "a"; } begin { }',
  'fn a(): int64 { } fn b(): void { return 1; } fn c($x: int8) { print(retval); } begin { c(300); c("s"); c(); }',
  'rawtracepoint:nonsense { } uretprobe:libc:puts+4 { }',
  'begin { kstack(fast); kstack(2, raw); ustack(2000); ustack(-1); $n = 3; ustack(raw, $n); }',
  'begin { kstack(build_id); print(dw_ustack(perf)); usym("main"); len(comm); }',
  'config = { stack_mode = build_id } begin { print(kstack); }',
  'begin { @a = kstack; @a = ustack; @b[kstack(raw)] = 1; @b[kstack(raw, 3)] = 1; if (kstack) { } }',
  'begin { print(kstack + 1); print(kstack == ustack); print((int64)ustack); printf("%d", kstack); }',
  'fn depth(): int64 { return len(kstack); } begin { print(depth()); }',
];

test('diagnostics', () => {
  golden('diagnostics.txt', WRONG.map(source => `${messages(source)}\n`).join('\n'));
});

test('strings that need more memory than there is are an error, not a refused program', () => {
  const strings = Array.from({ length: 5 }, () => 'str(args.filename)').join(', ');
  const probe = `t:syscalls:sys_enter_openat { printf("${'%s'.repeat(5)}", ${strings}); }`;
  const source = `config = { max_strlen = 1048576 } ${probe}`;
  assert.deepEqual(
    compile(source).diagnostics.map(d => d.code),
    ['scratch-size'],
  );
});

test('several errors are found in one compile', () => {
  const { diagnostics, cell } = compile('begin { print($a); prinft(1); @x = ; } tracepoint:no:such { }');
  assert.equal(cell, undefined);
  assert.ok(diagnostics.filter(d => d.severity === 'error').length >= 4, JSON.stringify(diagnostics));
});

test('every wrong program yields a diagnostic with a span, and never throws', () => {
  for (const source of WRONG) {
    const { diagnostics } = compile(source);
    assert.ok(diagnostics.length > 0, source);
    assert.ok(
      diagnostics.every(d => d.span),
      source,
    );
  }
});

test('options from outside win, and those of others are left alone', () => {
  const source = 'config = { max_strlen = 8 } begin { print(default_str_length()); }';
  const c = (config: Record<string, string>) => compile(source, { config }).cell?.c ?? '';
  assert.match(c({}), /= 8;/);
  assert.match(c({ max_strlen: '16', debug_output: '1' }), /= 16;/);
  assert.deepEqual(
    compile(source, { config: { max_strlen: 'long' } }).diagnostics.map(d => d.code),
    ['config-value'],
  );
});
