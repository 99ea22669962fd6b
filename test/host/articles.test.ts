/** The one-liners and scripts of articles on tracing, as readers paste them: each runs here, or gets an answer. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { scratchFolder } from '../scratch.ts';
import { ebpfnb, fixture, skip } from './kernel-helpers.ts';

const folder = scratchFolder();
const calls = join(folder, 'calls');

before(() => {
  const { status, stderr } = spawnSync('cc', ['-o', calls, fixture('articles/calls.c')], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
});

/** Runs a program with the calls of the fixture; only they are traced. */
const traced = (program: string, ...flags: string[]) =>
  ebpfnb(['trace', ...flags, '-e', program, '-c', calls]);

interface Row {
  shows: string;
  program: string;
  stdout?: RegExp;
  stderr?: RegExp;
  status?: number;
}

const RUNS: Row[] = [
  {
    shows: 'hello, upper case, no blank before the brace, no semicolon at the end',
    program: 'BEGIN{ printf("hello world\\n") } END{ printf("Bye\\n") }',
    stdout: /^hello world\n[\s\S]*Bye\n/,
  },
  {
    shows: 'accept',
    program:
      'tracepoint:syscalls:sys_enter_accept4 /pid == cpid/ { printf("accept %s %ld\\n", comm, args->fd); }',
    stdout: /^accept calls 3\n/,
  },
  {
    shows: 'connect',
    program: 'tracepoint:syscalls:sys_enter_connect /pid == cpid/ { printf("connect %ld\\n", args->fd); }',
    stdout: /^connect 4\n/,
  },
  {
    shows: 'read and its result',
    program:
      't:syscalls:sys_enter_read /pid == cpid/ { @fd = args.fd; } t:syscalls:sys_exit_read /pid == cpid/ { @size = args->ret; }',
    stdout: /@fd: 4\n@size: 0\n/,
  },
  {
    // The length that str() takes counts the NUL.
    shows: 'written data by its length',
    program:
      't:syscalls:sys_enter_write /pid == cpid/ { printf("%s|%d\\n", str(args->buf, args->count + 1), args->count); }',
    stdout: /^data\tx\|6\n/,
  },
  {
    shows: 'close counted by probe',
    program: 't:syscalls:sys_enter_close /pid == cpid && args.fd >= 4/ { @[probe] = count(); }',
    stdout: /@\[tracepoint:syscalls:sys_enter_close\]: 2\n/,
  },
  {
    shows: 'kernel memory by command',
    program: 'tracepoint:kmem:kmalloc /pid == cpid/ { @bytes[comm] = sum(args->bytes_alloc); }',
    stdout: /@bytes\[\w+\]: \d+\n/,
  },
  {
    shows: 'kernel memory by the stack that asks for it',
    program: 'tracepoint:kmem:kmalloc /pid == cpid/ { @bytes[kstack] = sum(args->bytes_alloc); }',
    stdout: /@bytes\[\n( {8}[\w.]+\+\d+\n)+\]: \d+\n/,
  },
  {
    shows: 'stacks counted until a time is over',
    program: 't:syscalls:sys_enter_write /pid == cpid/ { @[kstack()] = count(); } interval:s:10 { exit(); }',
    stdout: /^\n*@\[\n( {8}[\w.]+\+\d+\n)+\]: 1\n+$/,
  },
  {
    shows: 'no more than three frames',
    program: 't:syscalls:sys_enter_write /pid == cpid/ { @[kstack(3)] = count(); }',
    stdout: /^\n*@\[\n( {8}[\w.]+\+\d+\n){3}\]: 1\n+$/,
  },
  {
    shows: 'memory by user stack and command, when the process has ended',
    program: `u:${libc()}:malloc /pid == cpid/ { @[ustack, comm] = sum(arg0) }`,
    stdout: /@\[\n {8}malloc\+0\n( {8}.*\n)+, calls\]: 100000\n/,
  },
  {
    shows: 'malloc of a library by its path',
    program: `u:${libc()}:malloc /pid == cpid && comm == "calls"/ { @[comm] = sum(arg0) }`,
    stdout: /@\[calls\]: 100000\n/,
  },
  {
    shows: 'brk',
    program: 't:syscalls:sys_enter_brk /comm == "calls" && pid == cpid/ { @brk = count(); }',
    stdout: /@brk: \d+\n/,
  },
  {
    shows: 'how far brk moves the end of the heap',
    program:
      't:syscalls:sys_enter_brk /pid == cpid && args.brk/ { @asked = args.brk; } t:syscalls:sys_exit_brk /pid == cpid && @asked/ { @[comm] = max(args.ret == (int64)@asked ? 1 : 0); }',
    stdout: /@\[calls\]: 1\n/,
  },
  {
    shows: 'what a probe knows of the task, the processor and the time',
    program:
      't:syscalls:sys_enter_connect /pid == cpid/ { printf("%d %d %d %d %d %d %s %s %s\\n", uid, tid == pid, cpu < ncpus, cgroup > 0, nsecs > 0, curtask != 0, comm, probe, str(curtask.comm)); }',
    stdout: /^0 1 1 1 1 1 calls tracepoint:syscalls:sys_enter_connect calls\n/,
  },
  {
    shows: 'latency by thread as a histogram, the start forgotten',
    program:
      't:syscalls:sys_enter_write /pid == cpid/ { @start[tid] = nsecs; } t:syscalls:sys_exit_write /@start[tid]/ { @ns = hist(nsecs - @start[tid]); delete(@start[tid]); }',
    stdout: /^\n*@ns:\n\[\d+[KMG]?, \d+[KMG]?\)\s+1 \|@+\|\n\n$/,
  },
  {
    shows: 'several probes with predicates over names',
    program:
      't:syscalls:sys_enter_connect,t:syscalls:sys_enter_accept4 /comm == "calls" || comm == "git-remote-http"/ { @[probe, comm] = count(); }',
    stdout: /@\[tracepoint:syscalls:sys_enter_accept4, calls\]: 1\n/,
  },
  {
    shows: 'a table: header, time of day, addresses, widths',
    program:
      'BEGIN { printf("%-8s %-6s %-15s\\n", "TIME", "PID", "ADDR"); time("%H:%M:%S "); printf("%-6d %-15s\\n", 12, ntop(0x0100007f)); }',
    stdout: /^TIME {5}PID {4}ADDR {11}\n\d\d:\d\d:\d\d 12 {5}127\.0\.0\.1 {6}\n/,
  },
  {
    shows: "a kernel header's struct without the header",
    program:
      '#include <net/sock.h>\nt:syscalls:sys_enter_accept4 /pid == cpid/ { $sock = (struct sock *)0; printf("%d\\n", offsetof(struct sock, __sk_common) + (uint64)$sock); }',
    stdout: /^0\n/,
  },
  {
    shows: 'Chinese comments',
    program: '// 打印一次\nBEGIN { printf("你好\\n"); }',
    stdout: /^你好\n/,
  },
];

describe('what articles show runs', { skip }, () => {
  for (const { shows, program, stdout } of RUNS) {
    test(shows, () => {
      const ended = traced(program);
      assert.equal(ended.status, 0, ended.stderr);
      assert.match(ended.stdout, stdout!);
      assert.doesNotMatch(ended.stderr, /ERROR/);
    });
  }

  test('the status line is kept apart from the data', () => {
    const { stdout, stderr } = traced('BEGIN { printf("data\\n"); }');
    assert.match(stderr, /^Attached 1 probe\n/);
    assert.doesNotMatch(stdout, /Attached/);
  });

  test('an end after some time, maps printed once', () => {
    const program = 'interval:ms:20 { @[comm] = count(); @ticks++; } interval:ms:200 { exit(); }';
    assert.match(ebpfnb(['trace', '-e', program]).stdout, /^\n*(@\[.*\]: \d+\n)+\n*@ticks: \d+\n$/);
  });

  test('page faults by user stack and command', {
    skip: process.arch !== 'x64' && 'only x86-64 has them',
  }, () => {
    const { stdout, stderr } = traced(
      't:exceptions:page_fault_user /pid == cpid/ { @[ustack, comm] = count(); }',
    );
    assert.match(stdout, /@\[\n( {8}.+\n)+, calls\]: \d+\n/, stderr);
  });

  test('a program in a file of any name', () => {
    const { stdout, status } = ebpfnb(['trace', fixture('articles/main.pt')]);
    assert.equal(status, 0);
    assert.match(stdout, /^Hello\n[\s\S]*Bye\n/);
  });

  test('arguments are listed, -lv before or behind', () => {
    const probe = 'tracepoint:syscalls:sys_enter_openat';
    for (const args of [
      ['-lv', probe],
      [probe, '-lv'],
    ])
      assert.match(
        ebpfnb(['trace', ...args]).stdout,
        /^tracepoint:syscalls:sys_enter_openat\n( {4}.*\n)* {4}const char \* filename\n/,
      );
    assert.match(ebpfnb(['trace', '-l', '*accept*']).stdout, /tracepoint:syscalls:sys_enter_accept4\n/);
  });
});

const ANSWERS: Row[] = [
  {
    shows: 'argN in a tracepoint: args has the names',
    program: 't:syscalls:sys_enter_read /arg0 == 3/ { }',
    stderr: /arg0 builtin can only be used with [\s\S]*args\.NAME/,
  },
  {
    shows: 'retval in a tracepoint: args.ret',
    program: 't:syscalls:sys_exit_read { print(retval); }',
    stderr: /retval builtin can only be used with [\s\S]*args\.ret/,
  },
  {
    shows: 'args in a kprobe: fentry has the names',
    program: 'kprobe:vfs_read { print(args->count); }',
    stderr: /args builtin can only be used with [\s\S]*Use arg0, arg1, …, or a fentry probe/,
  },
  {
    shows: 'args->ret in a kretprobe: retval',
    program: 'kretprobe:vfs_read { print(args->ret); }',
    stderr:
      /args builtin can only be used with [\s\S]*Use retval \(args\.ret belongs to sys_exit tracepoints\)/,
  },
  {
    shows: 'a lost $',
    program: 'BEGIN { idx = 0; }',
    stderr: /'idx' cannot be assigned to[\s\S]*\$idx/,
  },
  {
    shows: 'a field that is misspelt',
    program: 't:syscalls:sys_enter_openat { print(args->filenam); }',
    stderr: /does not contain a field named 'filenam'[\s\S]*Did you mean filename\?/,
  },
  {
    shows: 'a tracepoint that is misspelt',
    program: 't:syscalls:sys_entr_openat { }',
    stderr:
      /No matches for tracepoint syscalls:sys_entr_openat[\s\S]*Did you mean syscalls:sys_enter_openat\?/,
  },
  {
    shows: 'a file that is not there',
    program: 'uprobe:./main:main.sum { print(1); }',
    stderr: /uprobe target file '.*main' does not exist/,
  },
];

describe('what articles get wrong is answered', { skip }, () => {
  for (const { shows, program, stderr } of ANSWERS) {
    test(shows, () => {
      const ended = traced(program);
      assert.notEqual(ended.status, 0);
      assert.match(ended.stderr, stderr!);
    });
  }

  test('a pointer printed as text, and a text without end: hints, and the program runs', () => {
    const pointer = traced('t:syscalls:sys_enter_openat /pid == cpid/ { printf("%s\\n", args->filename); }');
    assert.equal(pointer.status, 0);
    assert.match(pointer.stderr, /args\.filename is a pointer[\s\S]*str\(args\.filename\)/);
    const endless = traced('t:syscalls:sys_enter_write /pid == cpid/ { printf("%s\\n", str(args->buf)); }');
    assert.equal(endless.status, 0);
    assert.match(endless.stderr, /str\(args\.buf, args\.count \+ 1\)/);
  });
});

/** The C library of this Linux, by its path. */
function libc(): string {
  const places = ['/lib/x86_64-linux-gnu', '/lib/aarch64-linux-gnu', '/lib64', '/usr/lib'];
  return join(places.find(place => existsSync(join(place, 'libc.so.6'))) ?? '/lib', 'libc.so.6');
}
