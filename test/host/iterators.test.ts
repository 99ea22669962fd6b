/** Iterators over what Linux has: rows come, and the run ends by itself. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ebpfnb, skip } from './kernel-helpers.ts';

const trace = (source: string, ...flags: string[]) => ebpfnb(['trace', '-q', '-e', source, ...flags]);
const self = ['-p', String(process.pid)];

describe('iterators', { skip }, () => {
  test('tasks of one process, with fields behind pointers', () => {
    const { stdout, status } = trace(
      'iter:task { printf("%d %s\\n", ctx->task->tgid, ctx.task.group_leader.comm); }',
      ...self,
    );
    assert.equal(status, 0);
    const rows = stdout.split('\n').filter(Boolean);
    assert.ok(rows.length >= 1);
    for (const row of rows) assert.match(row, new RegExp(`^${process.pid} \\S`));
  });

  test('maps are filled, begin and end run', () => {
    const { stdout } = trace(
      'begin { printf("first\\n"); } it:task_file { @[ctx.task.tgid] = count(); } end { printf("last\\n"); }',
      ...self,
    );
    assert.match(stdout, new RegExp(`^first\n[\\s\\S]*last\n[\\s\\S]*@\\[${process.pid}\\]: \\d+\n`));
  });

  test('what has no process', () => {
    assert.match(trace('iter:bpf_map { @ = count(); }').stdout, /@: [1-9]\d*\n/);
  });

  test('what is wrong is told', () => {
    assert.match(
      trace('iter:tsk { }').stderr,
      /iter tsk not available for your kernel version[\s\S]*Did you mean task\?/,
    );
    assert.match(trace('iter:task { } interval:s:1 { }').stderr, /iter probe only supports one attach point/);
    assert.match(trace('iter:task:list { }').stderr, /cannot be pinned/);
    assert.match(trace('iter:task { print(ctx.taks); }').stderr, /does not contain a field named 'taks'/);
    assert.match(
      trace('t:sched:sched_switch { print(ctx); }').stderr,
      /Use args instead of ctx in tracepoint[\s\S]*args\.NAME/,
    );
  });
});
