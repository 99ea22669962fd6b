/** What `trace` makes of bpftrace's command line. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ebpfnb, skip } from './kernel-helpers.ts';

const PROGRAM = ['-e', 'begin { exit(); }'];

/** Refused before anything is loaded: the words, and whether the usage follows. */
const REFUSED: [args: string[], stderr: RegExp, usage: boolean][] = [
  [['-idonotexist'], /^ERROR: Unknown option '-i'/, true],
  [['-d', 'ast', ...PROGRAM], /^ERROR: -d is not supported\nHINT: "ebpfnb emit c"/, false],
  [['--mode', 'bench', ...PROGRAM], /^ERROR: --mode is not supported\nHINT: /, false],
  [['--emit-elf', 'x', ...PROGRAM], /emit object/, false],
  [['-q', '-f', 'jsonx', ...PROGRAM], /^ERROR: Invalid output format "jsonx"\n/, false],
  [['-p', '111a1', ...PROGRAM], /^ERROR: Failed to parse pid: invalid trailing bytes: 111a1\n$/, false],
  [['-p', 'abc', ...PROGRAM], /^ERROR: Failed to parse pid: not a number: abc\n$/, false],
  [['-p', '5000000', ...PROGRAM], /^ERROR: Pid out of range: 5000000\n$/, false],
  [['--probe-filter', '[', ...PROGRAM], /^ERROR: --probe-filter: /, false],
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
    assert.equal(stderr.includes('USAGE:'), usage, stderr);
  });

test('--version: the line scripts look at, then ours', () => {
  for (const flag of ['--version', '-V'])
    assert.match(ebpfnb(['trace', flag]).stdout, /^bpftrace v\d+\.\d+\.\d+ .*\nebpfnb v\d/);
});

test('-- --help lists what the program declares', () => {
  const { status, stdout } = ebpfnb([
    'trace',
    '-e',
    'begin { print(getopt("aa", 10, "how many")); print(getopt("flag")); }',
    '--',
    '--help',
  ]);
  assert.equal(status, 0);
  assert.equal(stdout, 'OPTIONS of stdin:\n  --aa=10                  how many\n  --flag\n');
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

test('--probe-filter keeps begin and end', { skip }, () => {
  const program =
    'BEGIN { printf("begin\\n"); } i:ms:100 { printf("hit\\n"); exit(); } i:ms:1 { printf("no\\n"); } END { printf("end\\n"); }';
  const { stdout } = ebpfnb(['trace', '-q', '--probe-filter', ':100', '-e', program]);
  assert.equal(stdout.trim(), 'begin\nhit\nend');
});
