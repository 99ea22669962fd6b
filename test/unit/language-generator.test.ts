/** Generated C, a golden file per construct. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readableC } from '../../kernel/language/index.ts';
import { compile, golden } from './language-fixtures.ts';

const PROGRAMS: Readonly<Record<string, string>> = {
  hello: 'begin { printf("hello\\n"); exit(); } end { printf("bye\\n"); }',
  'tracepoint-strings':
    'tracepoint:syscalls:sys_enter_openat /pid == cpid/ { printf("%s %s\\n", comm, str(args.filename)); @[comm] = count(); }',
  'data-loc': 'tracepoint:sched:sched_process_exec { printf("%d %s\\n", args.pid, args->filename); }',
  latency: `t:syscalls:sys_enter_openat { @start[tid] = nsecs; }
t:syscalls:sys_exit_openat /@start[tid]/ {
  @ns = hist(nsecs - @start[tid]);
  @by[comm] = lhist(args.ret, 0, 100, 10);
  delete(@start[tid]);
}`,
  aggregations:
    'begin { @c = count(); @s[1] = sum(-2); @mi = min(1); @ma[comm] = max(2); @a = avg(3); @st[1, comm] = stats(4); }',
  'map-actions': 'interval:s:1 { print(@x); print(@x, 5, 2); clear(@x); zero(@x); @x[pid] = count(); }',
  control:
    'begin { $a = 3; if ($a > 2 && comm == "x") { $a++; } else if ($a == 1) { $a -= 2; } else { unroll(3) { $a = $a * 2; } } while ($a < 10) { $a += 1; } printf("%d", $a); }',
  strings:
    'begin { $s = "hello"; @m = $s; @k[$s, 1] = comm; if (@m == $s) { print(@m); } if (strncmp(comm, "ab", 2) == 0) { print(@k["x", 1]); } }',
  tuples: 'begin { $t = (1, "x", comm); @t = $t; @k[$t] = (a=1, b=2); print($t.1); print((1, $t)); }',
  arithmetic:
    'begin { $a = nsecs; print($a / 3); print(-$a / 3); print($a % (uint64)cpu); print($a >> 2); print(1 << 40); print((int8)$a); print($a > 5 ? 1 : 2); }',
  series: 'interval:ms:100 { @ = tseries(cpu, 1s, 20); @by[comm] = tseries(pid, 100ms, 5, "max"); }',
  actions:
    't:syscalls:sys_enter_openat { cat("/proc/%d/maps", pid); errorf("odd: %s", comm); assert(pid > 0, "pid"); @[username] = strftime("%H:%M", nsecs); }',
  uprobe:
    'uprobe:/bin/x:main { @[str(arg0)] = count(); } uretprobe:/bin/x:main { printf("%d %s\\n", retval, probe); }',
  'compile-time':
    'config = { unstable_typeinfo = enable } macro show(x) { if comptime is_str(x) { print(strlen(x)) } else { print(x + 1) } } begin { show("abc"); show(5); print(typeinfo(pid).full_type); if (probetype == "special") { print(1 < 2 ? "a" : "b") } }',
  arrays:
    'begin { $a = (int8[4])0x12345678; for ($i : 0..4) { print($a[$i]); } $t = (1, "x"); print($t[1]); let $n: uint8 = 255; $n++; @n = $n; }',
  functions:
    'fn sum($n: int64): int64 { $t = 0; for ($i : 0..$n) { if ($i == 9) { return -1; } $t += $i; } return $t; } fn greet($s: string[16]) { printf("hi %s\n", $s); } begin { print(sum(4)); greet(comm); }',
  stacks:
    't:sched:sched_switch { @[kstack, comm] = count(); print((1, ustack(perf, 3))); $k = kstack(raw, 5); @k = $k; if ($k == @k) { print(len($k)); } } uprobe:/bin/x:main { printf("%s %s", ustack(build_id), usym(arg0)); @f[func] = count(); }',
  loops:
    'begin { @m[1, "a"] = 2; @c[1] = count(); for ($kv : @m) { if ($kv.1 > 1) { break; } for ($i : 0..$kv.1) { if ($i == 2) { return; } print(($kv.0.1, $i)); } } for ($kv : @c) { @s = sum($kv.1); } }',
  structs:
    'struct I { int x; short y; } struct A { struct I in; int a[2]; unsigned f : 3; char name[8]; struct A *next; } uprobe:/bin/x:f { $a = (struct A *)arg0; @s[$a.in] = $a.next.a[1]; print(*$a); $i = $a.in; print(($i.y, $a.name, $a.f)); print(curtask.real_parent.comm); }',
  'kernel-functions':
    'kprobe:vfs_read { @start[tid] = nsecs; printf("%s %d", probe, arg2); } kretprobe:vfs_read /@start[tid]/ { @ = hist(retval); } k:vfs_* { @by[func] = count(); } kprobe:overlay:ovl_open+4 { print(reg("ip")); }',
  fentry:
    'fentry:vfs_read { printf("%d %d", args.count, args.flags); } fexit:vfs_read /retval < 0/ { @[args.buf] = sum(retval); } kretfunc:vfs_readv { print(retval); }',
  'read-aggregation': 'begin { @c = count(); @m[1] = min(3); if (@c > 1) { print(@m[1] + 1); } }',
};

for (const [name, source] of Object.entries(PROGRAMS)) {
  test(`generates ${name}`, () => {
    const { cell, diagnostics } = compile(source);
    assert.deepEqual(
      diagnostics.filter(d => d.severity === 'error'),
      [],
    );
    golden(`${name}.c`, readableC(cell!.c));
    golden(`${name}.json`, `${JSON.stringify(cell!.layout, null, 1)}\n`);
  });
}
