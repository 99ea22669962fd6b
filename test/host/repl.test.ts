/** `ebpfnb repl`, through a pipe and at a terminal. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { scratchFolder } from '../scratch.ts';
import { ebpfnb, fixture, heldBy, skip, until } from './kernel-helpers.ts';
import { skipTerminal, Terminal } from './terminal.ts';

const state = scratchFolder();
const env = { ...process.env, XDG_STATE_HOME: state, TERM: 'xterm', BPFTRACE_COLOR: 'never' };

describe('lines from a pipe', { skip }, () => {
  const typed = (...lines: string[]) =>
    ebpfnb(['repl'], { input: lines.map(line => `${line}\n`).join(''), env });

  const ROWS: [what: string, lines: string[], output: string][] = [
    ['a value', ['1 + 2', '"text"', '(1, "a")'], '3\ntext\n(1, a)\n'],
    ['a statement', ['printf("%d\\n", 5)'], '5\n'],
    ['a map, shown by its owner and again', ['@x = 5', '@x'], '@x: 5\n@x: 5\n'],
    ['keys', ['@m["a"] = 1', '@m["a"]', 'len(@m)'], '@m[a]: 1\n1\n1\n'],
    ['several lines', ['begin {', '  printf("a%s\\n",', '    "b");', '}'], 'ab\n'],
    ['options above', ['//| unsafe: system', 'system("echo out")'], 'out\n'],
    ['a shell command', [`# bpftrace -e 'BEGIN { printf("pasted\\n"); }'`], 'pasted\n'],
    ['the end of a program', ['begin { exit(3); } end { printf("end\\n"); }'], 'end\n'],
    ['maps and cells', ['@x["a"] = 1', '.maps'], '@x[a]: 1\n@x[string[2]]: int8  (cell 1, done, 0.1 s)\n'],
    ['a workload', ['//| workload: /bin/echo hello', 'begin { @w = 1; }'], 'hello\n@w: 1\n'],
  ];
  for (const [what, lines, output] of ROWS) {
    test(what, () => {
      const { status, stdout, stderr } = typed(...lines);
      assert.equal(stdout.replace(/\d\.\d s/g, '0.1 s'), output, stderr);
      assert.deepEqual([status, stderr], [0, '']);
    });
  }

  test('a program with no end of its own is live for those below, until the input ends', () => {
    const { status, stdout } = typed(
      'interval:ms:10 { @ticks = count(); }',
      'interval:ms:200 { exit(); }',
      'printf("%d\\n", @ticks > 1)',
      '.cells',
    );
    assert.match(stdout, /^1\n\[1\] live.*\n\[2\] exit.*\n\[3\] done.*\n@ticks: \d+\n$/);
    assert.equal(status, 0);
  });

  test('a failed input says why, the others are run, the status tells', () => {
    const { status, stdout, stderr } = typed('@x = nosuch', 'print(@nomap)', '2 * 21');
    assert.deepEqual([status, stdout], [1, '42\n']);
    assert.match(
      stderr,
      /^cell 1:1:14-20: ERROR: Unknown identifier: 'nosuch'\nbegin { @x = nosuch }\n {13}~{6}$/m,
    );
    assert.match(stderr, /^cell 2:.*Undefined map: @nomap$/m);
    assert.match(stderr, /run the cell that fills it first/);
  });

  test('input that breaks off is an error', () => {
    const { status, stderr } = typed('begin {', 'print(1);');
    assert.equal(status, 1);
    assert.match(stderr, /not closed/);
  });

  test('commands', () => {
    const { status, stdout, stderr } = typed(
      '@x = 1',
      '.c 1',
      '.list tracepoint:sched:sched_process_exec',
      '.help',
    );
    assert.equal(status, 0, stderr);
    assert.match(stdout, /SEC\("\.maps"\)/);
    assert.match(stdout, /^tracepoint:sched:sched_process_exec$/m);
    assert.match(stdout, /^ {2}\.load FILE/m);
    const wrong = typed('.nothing', '.load /no/such', '.language cobol', '.stop 7', '.c');
    assert.equal(wrong.status, 1);
    assert.deepEqual(
      wrong.stderr.match(/^ERROR: .*$/gm)?.map(line => line.split(/[;:]/)[1]?.trim()),
      [
        'there is no command .nothing',
        "failed to open file '/no/such'",
        'inputs can be bpftrace or bpf-c',
        'there is no cell 7',
        'there is no such cell',
      ],
    );
  });

  test('the variables of a live BPF C cell, and its maps for cells below', () => {
    const { status, stdout, stderr } = typed(
      '.language bpf-c',
      '#include "vmlinux.h"',
      '#include <bpf/bpf_helpers.h>',
      'int step = 5;',
      'struct { __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 2); __type(key, u32); __type(value, u16); } two SEC(".maps");',
      'SEC("tp/syscalls/sys_enter_getppid") int call(void *ctx) { return step + !bpf_map_lookup_elem(&two, &step); }',
      'char LICENSE[] SEC("license") = "GPL";',
      '.run',
      '.vars',
      '.set step = 0x7',
      '.set 1 step many',
      '.vars 1',
      '.language bpftrace',
      'len(@two)',
    );
    assert.match(stdout, /^step = 5 {2}\(int\)\nstep = 7 {2}\(int\)\n2\n/);
    assert.match(stdout, /\nstep +7\n$/);
    assert.match(stderr, /variable step cannot be "many": expected a whole number/);
    assert.equal(status, 1);
  });

  test('BPF C, from a file and typed', () => {
    const source = readFileSync(fixture('session/shared.bpf.c'), 'utf8');
    const file = join(scratchFolder(), 'shared.bpf.c');
    writeFileSync(file, `//| duration: 100ms\n${source}`);
    const { status, stdout, stderr } = typed(
      `.load ${file}`,
      '.language bpf-c',
      '//| duration: 100ms',
      source,
      '.run',
      '.cells',
    );
    assert.equal(status, 0, stderr);
    assert.match(stdout, /\[1\] duration.*\n\[2\] duration/);
  });
});

const replTerminal = () => new Terminal(['repl'], { env });

describe('at a terminal', { skip: skipTerminal }, () => {
  test('prompts, several lines, live maps, Ctrl-C stops the cell', async () => {
    const terminal = replTerminal();
    await terminal.answers('ebpfnb 1> ', 'begin {\r');
    await terminal.answers('... ', 'printf("from two lines\\n"); }\r');
    await terminal.sees('\nfrom two lines');
    await terminal.answers('ebpfnb 2> ', 'interval:ms:20 { @ticks[cpu] = count(); }\r');
    await terminal.sees('@ticks (count)');
    await terminal.answers('live · ', '\x03');
    await terminal.sees('@ticks[');
    await terminal.answers('ebpfnb 3> ', 'len(@ticks) > 0\r');
    await terminal.sees('\ntrue');
    await terminal.answers('ebpfnb 4> ', '\x04');
    assert.equal(await terminal.ended, 0);
  });

  test('in the background, until it is stopped', async () => {
    const terminal = replTerminal();
    await terminal.answers('ebpfnb 1> ', 'interval:ms:50 { printf("tick\\n"); @n = count(); } &\r');
    await terminal.sees('[1] is live');
    await terminal.sees('tick');
    await terminal.answers('ebpfnb 2> ', '40 + 2\r');
    await terminal.sees('\n42');
    await terminal.answers('ebpfnb 3> ', '.stop 1\r');
    await terminal.sees('[1] is over: stopped');
    await terminal.answers('ebpfnb 3> ', '.exit\r');
    assert.equal(await terminal.ended, 0);
  });

  test('Ctrl-C forgets what is typed, twice at an empty prompt leaves; history stays', async () => {
    mkdirSync(state, { recursive: true });
    const first = replTerminal();
    await first.answers('ebpfnb 1> ', '"remember me"\r');
    await first.answers('ebpfnb 2> ', 'begin {\r');
    await first.answers('... ', '\x03');
    await first.answers('ebpfnb 2> ', '\x03');
    await first.answers('once more leaves', '\x03');
    assert.equal(await first.ended, 0);
    const second = replTerminal();
    await second.sees('ebpfnb 1> ');
    // Up twice: to the line before the one that was given up.
    second.child.stdin!.write('\x1b[A\x1b[A\r');
    await second.sees('\nremember me');
    await second.answers('ebpfnb 2> ', '\x04');
    await second.ended;
  });

  test('Tab completes probes, functions, maps and commands', async () => {
    const terminal = replTerminal();
    for (const [typed, completed] of [
      ['tracepoint:sched:sched_process_exe', 'sched_process_exec'],
      ['print(nse', 'nsecs'],
      ['.mapsss'.slice(0, 3), '.maps'],
    ] as const) {
      await terminal.sees('ebpfnb 1> ');
      terminal.child.stdin!.write(typed);
      await sleep(50);
      terminal.child.stdin!.write('\t');
      await terminal.sees(completed);
      terminal.child.stdin!.write('\x03');
    }
    await terminal.answers('ebpfnb 1> ', '\x04');
    await terminal.ended;
  });

  test('a pasted program of several probes is one cell; leaving leaves no probe behind', async () => {
    const terminal = replTerminal();
    await terminal.answers(
      'ebpfnb 1> ',
      'begin { @repl_paste[1] = 1; }\r\rinterval:s:60 { @repl_paste[2] = 2; }\rend { printf("over\\n"); }\r',
    );
    await terminal.sees('live · ');
    const held = heldBy('map_repl_paste');
    assert.equal(held.maps.length, 1);
    terminal.child.stdin!.write('\x03');
    await terminal.sees('over');
    await terminal.answers('ebpfnb 2> ', '\x04');
    await terminal.ended;
    await until(() => heldBy('map_repl_paste').maps.length === 0, 'end of the map');
  });
});
