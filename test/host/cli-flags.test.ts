/** What `trace` makes of bpftrace's command line. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ebpfnb, skip } from './kernel-helpers.ts';

const PROGRAM = ['-e', 'begin { exit(); }'];

/** Refused before anything is loaded: the words, and whether the usage follows. */
const REFUSED: [args: string[], stderr: RegExp, usage: boolean][] = [
  [['-idonotexist'], /^ERROR: Unknown option '-i'/, true],
  [[], /^ERROR: USAGE: filename or -e 'program' required\.\n/, true],
  [['--aot', 'x', ...PROGRAM], /^ERROR: --aot is not supported\nHINT: .*ebpfnb build/, false],
  [['--dwarf-pid', '1', ...PROGRAM], /^ERROR: --dwarf-pid is not supported\nHINT: /, false],
  [
    ['--mode', 'x', ...PROGRAM],
    /^ERROR: USAGE: --mode can only be 'codegen', .* or 'format', not x\n$/,
    false,
  ],
  [['--mode', 'compiler-bench', ...PROGRAM], /^ERROR: --mode compiler-bench is not supported\n/, false],
  [['--test', '--bench', ...PROGRAM], /^ERROR: USAGE: --bench conflicts with existing --test\n$/, false],
  [
    ['-k', '--no-warnings', ...PROGRAM],
    /^ERROR: USAGE: -k, --warnings conflicts with --no-warnings\n$/,
    false,
  ],
  [['-B', 'x', ...PROGRAM], /^ERROR: USAGE: -B can only be 'none', 'line' or 'full', not x\n$/, false],
  [['-q', '-f', 'jsonx', ...PROGRAM], /^ERROR: Invalid output format "jsonx"\n/, false],
  [
    ['-o', '/no/such/folder/x', ...PROGRAM],
    /^ERROR: Failed to open output file: "\/no\/such\/folder\/x": /,
    false,
  ],
  [['-p', '111a1', ...PROGRAM], /^ERROR: Failed to parse pid: invalid trailing bytes: 111a1\n$/, false],
  [['-p', 'abc', ...PROGRAM], /^ERROR: Failed to parse pid: invalid integer: abc\n$/, false],
  [['-p', '5000000', ...PROGRAM], /^ERROR: Pid out of range: 5000000\n$/, false],
  [['-p', '4194303', ...PROGRAM], /^ERROR: Failed to attach to pid: there is no process 4194303\n$/, false],
  [['-p', '1', '-c', 'true', ...PROGRAM], /^ERROR: USAGE: Cannot use both -c and -p\.\n/, true],
  [
    ['--no-feature', 'uprobe_multi,x', ...PROGRAM],
    /^ERROR: USAGE: --no-feature can only be 'kprobe_multi', .* or 'fentry', not x\n$/,
    false,
  ],
  [['--probe-filter', '[', ...PROGRAM], /^ERROR: Invalid --probe-filter regex '\[': /, false],
  [
    ['-e', 'begin { print(getopt("aa", 10)); }', '--', '--bb'],
    /^ERROR: unexpected program command line options: --bb\nHINT: expected program options: --aa\n$/,
    false,
  ],
];

for (const [args, expected, usage] of REFUSED)
  test(`trace ${args.join(' ')}`, () => {
    const { status, stdout, stderr } = ebpfnb(['trace', ...args]);
    assert.deepEqual([status, stdout], [1, '']);
    assert.match(stderr, expected);
    assert.equal(stderr.includes('USAGE:\n'), usage, stderr);
  });

test('--version: the line scripts look at, then ours', () => {
  for (const flag of ['--version', '-V'])
    assert.match(ebpfnb(['trace', flag]).stdout, /^bpftrace v\d+\.\d+\.\d+ .*\nebpfnb v\d/);
});

test('-- --help lists what the program declares', () => {
  const program = 'begin { print(getopt("aa", 10, "how many")); print(getopt("flag")); }';
  const { status, stderr } = ebpfnb(['trace', '-e', program, '--', '--help']);
  assert.deepEqual([status, stderr], [1, 'HINT: expected program options:\n--aa: how many\n--flag\n']);
  assert.equal(
    ebpfnb(['trace', ...PROGRAM, '--', '--help']).stderr,
    'HINT: no custom program options defined.\n',
  );
});

const OPTIONS = 'begin { print((getopt("n", 1), getopt("b", true), getopt("s", "x"))); }';
for (const [word, wrong] of [
  ['--n', 'expects an integer (value: true)'],
  ['--n=abc', 'invalid integer (value: abc)'],
  ['--n=5x', 'invalid trailing bytes (value: 5x)'],
  ['--b=maybe', "expects a boolean (e.g. 'true') (value: maybe)"],
  ['--s', 'expects a string (value: true)'],
] as const)
  test(`-- ${word}`, () => {
    const { status, stderr } = ebpfnb(['trace', '-e', OPTIONS, '--', word]);
    const name = /^--\w/.exec(word)![0];
    assert.deepEqual([status, stderr], [1, `ERROR: program command line option ${name} ${wrong}\n`]);
  });

test('named parameters in all their spellings', { skip }, () => {
  const { stdout } = ebpfnb(['trace', '-q', '-e', OPTIONS, '--', '--n=0x10', '--b=OFF', '--s=']);
  assert.equal(stdout.trim(), '(16, false, )');
});

test('--info: features as bpftrace names them', { skip }, () => {
  const { status, stdout } = ebpfnb(['trace', '--info']);
  assert.equal(status, 0);
  assert.match(stdout, /^ {2}btf: yes$/m);
  assert.match(stdout, /^ {2}fentry: (yes|no)$/m);
});

test('--dry-run prints nothing that the program would', { skip }, () => {
  const program =
    'begin { printf("hello\\n"); @ = 1; } i:ms:1 { printf("tick\\n"); } end { printf("bye\\n"); }';
  const { status, stdout, stderr } = ebpfnb(['trace', '--dry-run', '-e', program]);
  assert.deepEqual([status, stdout, stderr], [0, '', '']);
});

test('--dry-run still finds what does not load', { skip }, () => {
  assert.equal(ebpfnb(['trace', '--dry-run', '-e', 'tracepoint:no:such { }']).status, 1);
});

test('positional and named parameters', { skip }, () => {
  const program =
    'begin { print(($1, getopt("aa", 10), getopt("bb", -1), $2, getopt("cc", "hello"), getopt("dd"))); exit(); }';
  const words = ['pos1', '--', '--aa=20', '--bb=5', '--cc=bye', 'pos2', '--dd'];
  assert.equal(
    ebpfnb(['trace', '-q', '-e', program, ...words]).stdout.trim(),
    '(pos1, 20, 5, pos2, bye, true)',
  );
});

test('--no-feature uprobe_multi: user probes by perf', { skip }, () => {
  const program = 'uprobe:libc:getenv /pid == cpid/ { printf("hit\\n"); exit(); } interval:s:3 { exit(1); }';
  const { status, stdout } = ebpfnb([
    'trace',
    '-q',
    '--no-feature',
    'uprobe_multi',
    '-c',
    '/bin/ls /dev/null',
    '-e',
    program,
  ]);
  assert.equal(status, 0);
  assert.match(stdout, /^hit$/m);
});

test('--probe-filter keeps begin and end', { skip }, () => {
  const program =
    'BEGIN { printf("begin\\n"); } i:ms:100 { printf("hit\\n"); exit(); } i:ms:1 { printf("no\\n"); } END { printf("end\\n"); }';
  const { stdout } = ebpfnb(['trace', '-q', '--probe-filter', ':100', '-e', program]);
  assert.equal(stdout.trim(), 'begin\nhit\nend');
});
