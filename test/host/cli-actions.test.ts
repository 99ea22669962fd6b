/** What records ask of user space, on this host. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratchFolder } from '../scratch.ts';
import { ebpfnb, skip } from './kernel-helpers.ts';

const folder = scratchFolder();
const trace = (program: string, ...flags: string[]) => ebpfnb(['trace', '-q', ...flags, '-e', program]);

test('cat, in order with what is printed around it', { skip }, () => {
  const file = join(folder, 'words');
  writeFileSync(file, 'one\ntwo\n');
  const { stdout } = trace(`begin { printf("a\\n"); cat("%s", "${file}"); printf("b\\n"); exit(); }`);
  assert.equal(stdout.trim(), 'a\none\ntwo\nb');
});

test('cat of what is not there', { skip }, () => {
  const { status, stdout, stderr } = trace('begin { cat("/does/not/exist"); exit(); }');
  assert.deepEqual([status, stdout.trim()], [0, '']);
  assert.equal(stderr, "ERROR: failed to open file '/does/not/exist' (No such file or directory)\n");
});

test('system runs only when allowed', { skip }, () => {
  const program = 'begin { system("echo %d; echo oops >&2", 7); exit(); }';
  assert.equal(trace(program).status, 1);
  const { stdout, stderr } = trace(program, '--unsafe');
  assert.deepEqual([stdout.trim(), stderr], ['7', 'oops\n']);
});

test('messages go to standard error, warnings not with --no-warnings', { skip }, () => {
  const program = 'begin { errorf("bad: %d", 10); warnf("odd"); exit(); }';
  const { stdout, stderr } = trace(program);
  assert.deepEqual(
    [stdout.trim(), stderr],
    ['', 'stdin:1:9-30: ERROR: bad: 10\nstdin:1:32-44: WARNING: odd\n'],
  );
  assert.equal(trace(program, '--no-warnings').stderr, 'stdin:1:9-30: ERROR: bad: 10\n');
});

test('names of the host: user, time, cgroup', { skip }, () => {
  const program =
    'begin { printf("%s %s %s %s\\n", username, strftime("%s", nsecs), cgroup_path(cgroup), ntop(1)); exit(); }';
  const [, user, seconds, cgroup] = /^(\S+) (\d+) (\S+) 1\.0\.0\.0$/m.exec(trace(program).stdout) ?? [];
  assert.equal(user, 'root');
  assert.ok(Math.abs(Number(seconds) - Date.now() / 1000) < 10, seconds);
  assert.match(cgroup ?? '', /^(unified:\/|\d+)/);
});
