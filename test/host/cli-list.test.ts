/** What `list` and `trace -l` show. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { native } from '../../native/addon.ts';
import { scratchFolder } from '../scratch.ts';
import { ebpfnb, skip } from './kernel-helpers.ts';

const folder = scratchFolder();
const lines = (...args: string[]) => ebpfnb(args).stdout.split('\n').slice(0, -1);

test('a whole name, a part of names, nothing', { skip }, () => {
  const [name] = ['tracepoint:syscalls:sys_enter_openat'];
  assert.deepEqual(lines('list', name!), [name]);
  const found = lines('list', 'SCHED_PROCESS_E');
  assert.ok(found.includes('rawtracepoint:sched_process_exec'), String(found));
  assert.ok(found.includes('tracepoint:sched:sched_process_exit'), String(found));
  assert.equal(ebpfnb(['list', 'no_such_probe']).status, 1);
  // bpftrace's own -l is never a failure.
  assert.equal(ebpfnb(['trace', '-l', 'no_such_probe']).status, 0);
});

/** Pattern → lines that are there. */
const LISTED: [pattern: string, lines: string[]][] = [
  ['interval:*', ['interval:hz:', 'interval:ms:', 'interval:s:', 'interval:us:']],
  ['p:*', ['profile:hz:', 'profile:ms:', 'profile:s:', 'profile:us:']],
  ['*ware:*', ['hardware:cpu-cycles:', 'software:page-faults:']],
  ['iter:*', ['iter:task', 'iter:task_file']],
  ['begin', ['begin']],
  ['self:*', ['self:signal:SIGUSR1']],
  ['rt:sched_sw*', ['rawtracepoint:sched_switch']],
  ['kprobe:vfs_rea*', ['kprobe:vfs_read', 'kprobe:vfs_readv']],
  ['kprobe:vmlinux:vfs_read', ['kprobe:vmlinux:vfs_read']],
  ['kretprobe:vfs_read', ['kretprobe:vfs_read']],
  ['fentry:vfs_read', ['fentry:vmlinux:vfs_read']],
  ['*:vfs_read', ['fentry:vmlinux:vfs_read', 'kprobe:vfs_read']],
  ['t:sched_switch', ['tracepoint:sched:sched_switch']],
  ['t:sched:sched_switch, k:vfs_read', ['tracepoint:sched:sched_switch', 'kprobe:vfs_read']],
  ['struct task_str*', ['struct task_struct']],
  ['enum pid_type', ['enum pid_type']],
];
for (const [pattern, expected] of LISTED)
  test(`-l ${pattern}`, { skip }, () => {
    const found = lines('trace', '-l', pattern);
    for (const line of expected) assert.ok(found.includes(line), `${line} in ${found}`);
  });

test('everything: kinds in order, each sorted, return probes and clocks left out', { skip }, () => {
  const found = lines('trace', '-l');
  const kinds = [...new Set(found.map(name => name.slice(0, name.indexOf(':'))))];
  assert.deepEqual(kinds, [
    'fentry',
    'hardware',
    'iter',
    'kprobe',
    'rawtracepoint',
    'software',
    'tracepoint',
  ]);
  const kprobes = found.filter(name => name.startsWith('kprobe:'));
  assert.deepEqual(kprobes, kprobes.toSorted());
  assert.ok(kprobes.length > 10_000);
});

test('arguments, as C writes them', { skip }, () => {
  assert.deepEqual(
    lines('trace', '-lv', 'fexit:vfs_read,t:sched:sched_wakeup,it:task,rt:sched_process_exec'),
    [
      'fexit:vmlinux:vfs_read',
      '    struct file * file',
      '    char * buf',
      '    size_t count',
      '    loff_t * pos',
      '    ssize_t retval',
      'tracepoint:sched:sched_wakeup',
      '    char comm[16]',
      '    pid_t pid',
      '    int prio',
      '    int target_cpu',
      'iter:task',
      '    struct task_struct * task',
      'rawtracepoint:sched_process_exec',
      '    struct task_struct * p',
      '    pid_t old_pid',
      '    struct linux_binprm * bprm',
    ],
  );
});

test('in JSON, a line each', { skip }, () => {
  const found = (...args: string[]) => lines('list', '-f', 'json', ...args).map(line => JSON.parse(line));
  assert.deepEqual(found('-v', 'iter:task, t:sched:sched_wakeup_new').slice(0, 2), [
    { type: 'probe', data: { name: 'iter:task', args: [{ name: 'task', type: 'struct task_struct *' }] } },
    {
      type: 'probe',
      data: {
        name: 'tracepoint:sched:sched_wakeup_new',
        args: [
          { name: 'comm', type: 'char[16]' },
          { name: 'pid', type: 'pid_t' },
          { name: 'prio', type: 'int' },
          { name: 'target_cpu', type: 'int' },
        ],
      },
    },
  ]);
  assert.deepEqual(found('iter:task'), [{ type: 'probe', data: { name: 'iter:task' } }]);
  assert.deepEqual(found('struct task_struct'), [{ type: 'type', data: 'struct task_struct' }]);
  assert.match(ebpfnb(['list', '-f', 'yaml']).stderr, /^ERROR: .*-f.*'text' or 'json'/);
});

test('definitions of types', { skip }, () => {
  const types = ebpfnb(['trace', '-lv', 'struct task_struct,struct file, enum pid_type']).stdout;
  assert.match(types, /^vmlinux: struct task_struct \{\n[^}]*\bpid_t pid;/);
  assert.match(types, /^vmlinux: struct file \{$/m);
  assert.match(types, /^vmlinux: enum pid_type \{\n\tPIDTYPE_PID = 0,$/m);
  assert.equal(ebpfnb(['list', 'struct no_such_type']).status, 1);
});

test('the probes of a program', { skip }, () => {
  const program = 'begin { } i:s:1, t:sched:sched_switch, kprobe:vfs_rea[d] { $x = undefined; } end { }';
  const expected = ['interval:s:', 'tracepoint:sched:sched_switch', 'kprobe:vfs_read'];
  assert.deepEqual(lines('trace', '-l', '-e', program), expected);
  const file = join(folder, 'program.bt');
  writeFileSync(file, program);
  assert.deepEqual(lines('trace', '-l', file), expected);
});

test('user functions, of a library and of a process', { skip }, () => {
  const [malloc = ''] = lines('trace', '-l', 'uprobe:libc:malloc');
  assert.match(malloc, /^uprobe:\/.*\/libc\.so\.6:malloc$/);
  const child = spawn('/bin/sleep', ['10']);
  try {
    const found = lines('trace', '-l', 'uprobe:*', '-p', String(child.pid));
    assert.ok(
      found.some(name => /libc\.so\.6:malloc$/.test(name)),
      `${found.length} functions`,
    );
  } finally {
    child.kill();
  }
});

test('all functions of a file that is named alone', { skip }, () => {
  const found = lines('list', 'uprobe:libc');
  assert.ok(found.some(name => name.endsWith(':malloc')) && found.length > 1000, `${found.length} functions`);
});

test('kernel functions from a list', { skip }, () => {
  const file = join(folder, 'functions');
  writeFileSync(file, 'vfs_open\nvfs_fsync [btrfs]\nvfs_x.part.0\n');
  assert.deepEqual(lines('trace', '--traceable-functions', file, '-l', 'kprobe:*'), [
    'kprobe:vfs_fsync',
    'kprobe:vfs_open',
  ]);
  assert.equal(ebpfnb(['trace', '--traceable-functions', '/no/such', '-l', 'kprobe:*']).status, 1);
});

test('a pattern that looks like a file', { skip }, () => {
  assert.match(
    ebpfnb(['trace', '-l', 'script.bt']).stderr,
    /^WARNING: It appears that 'script\.bt' is a filename/,
  );
});

/** What cannot be probed here is listed all the same, and told with its reason; what is not there, with what is. */
const TOLD: [pattern: string, told: RegExp][] = [
  ['kprobe:vfs_raed', /Did you mean vfs_read\?/],
  ['vfs_raed', /Did you mean vfs_read\?/],
  ['tracepoint:sched:sched_swich', /Did you mean sched:sched_switch\?/],
  ['tracepoint:exceptions:page_fault_usr', /No matches.*\n.*page_fault_user/],
  ['uprobe:libc:mallok', /No matches for uprobe .*libc.*:mallok.*\n.*Did you mean malloc\?/],
  ['kprob:vfs_read', /Invalid probe type: kprob\n.*Did you mean kprobe\?/],
  ['tracepoint:nonsuch:*', /No matches for tracepoint nonsuch:\*/],
  ['usdt:/nonsuch:x', /'\/nonsuch' does not exist/],
  ['kprobe:nonsuch:vfs_read', /nonsuch in probe kprobe:nonsuch:vfs_read is not loaded.*\n.*modprobe nonsuch/],
];
for (const [pattern, told] of TOLD)
  test(`${pattern} is answered`, { skip }, () => assert.match(ebpfnb(['list', pattern]).stderr, told));

test('a function that cannot be probed here is told with tracepoints about the same', { skip }, () => {
  const { kprobe } = native.missingFeatures();
  const { stdout, stderr } = ebpfnb(['list', 'kprobe:vfs_read']);
  assert.equal(stdout, 'kprobe:vfs_read\n');
  if (kprobe) assert.match(stderr, /syscalls:sys_enter_read/);
  else assert.equal(stderr, '');
});
