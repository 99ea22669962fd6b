/** Which files a user probe's target means: by a pattern, in a process, and in one that sees other files. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { scratchFolder } from '../scratch.ts';
import { ebpfnb, fixture, skip } from './kernel-helpers.ts';

const folder = scratchFolder();
const program = join(folder, 'looper');
/** Where the process has files of its own; nothing is there for others. */
const box = join(folder, 'box');
const boxed = join(box, 'looper');

const BOX = `mount -t tmpfs tmpfs "$0" && cp -L "$1" "$2" "$0" &&
echo ready && LD_LIBRARY_PATH="$0" exec "$0/looper"`;

let inside: ChildProcess;
let outside: ChildProcess;

before(async () => {
  mkdirSync(box);
  const built = spawnSync('cc', ['-O1', '-o', program, fixture('probes/looper.c')], { encoding: 'utf8' });
  assert.equal(built.status, 0, built.stderr);
  if (skip) return;
  outside = spawn(program);
  const libc = /=> (\S*libc\.so\.6)/.exec(spawnSync('ldd', [program], { encoding: 'utf8' }).stdout)![1]!;
  inside = spawn('unshare', [
    '-m',
    'sh',
    '-c',
    BOX,
    box,
    program,
    realpathSync(libc).replace(/[^/]*$/, 'libc.so.6'),
  ]);
  await once(inside.stdout!, 'data');
});
after(() => {
  inside?.kill();
  outside?.kill();
});

/** Runs until the probe has fired twice. */
function trace(probe: string, pid?: number) {
  const source = `${probe} { @n++; if (@n == 2) { printf("%s %s\\n", probe, func); exit(); } }`;
  return ebpfnb(['trace', ...(pid === undefined ? [] : ['-p', String(pid)]), '-e', source]);
}

describe('targets of user probes', { skip }, () => {
  test('a path with wildcards', () => {
    const { stdout, stderr } = trace(`uprobe:${folder}/loo*:step_o*`);
    assert.match(stdout, new RegExp(`^uprobe:${program}:step_one step_one\n`));
    assert.match(stderr, /^Attached 1 probe\n/);
    assert.match(trace(`uprobe:${folder}/lou*:step_o*`).stderr, /target file '\S+lou\*' does not exist/);
    assert.match(trace(`uprobe:${folder}/loo*:stop_o*`).stderr, /No matches for uprobe \S+loo\*:stop_o\*\./);
    assert.match(trace(`uprobe:${folder}/loo*:0x10`).stderr, /Cannot use wildcards with absolute address/);
  });

  test('all that runs, and all that a process runs', () => {
    assert.match(trace('uprobe:*:step_tw*').stdout, /^uprobe:\S+looper:step_two step_two\n/);
    const { stdout, stderr } = trace('uprobe:*:step_*', outside.pid);
    assert.match(stdout, new RegExp(`^uprobe:${program}:step_`));
    assert.match(stderr, /^Attached 2 probes\n/);
    assert.match(trace('uprobe:*:usleep', outside.pid).stdout, /libc\.so\.6:usleep usleep\n/);
  });

  test('the program of a process', () => {
    assert.match(trace('uprobe:step_one', outside.pid).stdout, /:step_one step_one\n/);
  });

  describe('a process with files of its own', () => {
    const root = () => `/proc/${inside.pid}/root`;

    test('a path that only it sees', () => {
      const { stdout } = trace(`uprobe:${boxed}:step_one`, inside.pid);
      assert.equal(stdout.split('\n')[0], `uprobe:${root()}${boxed}:step_one step_one`);
      assert.match(trace(`uprobe:${boxed}:step_one`).stderr, /target file '\S+' does not exist/);
      assert.match(trace(`uprobe:${root()}${boxed}:step_one`).stdout, /:step_one step_one\n/);
    });

    test('its own copy of a library, by name', () => {
      const { stdout } = trace('uprobe:libc:usleep', inside.pid);
      assert.equal(stdout.split('\n')[0], `uprobe:${root()}${box}/libc.so.6:usleep usleep`);
    });

    test('all that it runs', () => {
      const { stdout } = trace('uprobe:*:step_*', inside.pid);
      assert.match(stdout, new RegExp(`^uprobe:${root()}${boxed}:step_`));
    });
  });

  test('USDT probes are looked for in the same way', () => {
    const built = spawnSync('cc', ['-o', join(folder, 'usdt'), fixture('probes/usdt.c')], {
      encoding: 'utf8',
    });
    assert.equal(built.status, 0, built.stderr);
    const source = `usdt:${folder}/us*:app:hit { printf("%s\\n", probe); exit(); }`;
    const { stdout } = ebpfnb(['trace', '-e', source, '-c', join(folder, 'usdt')]);
    assert.match(stdout, new RegExp(`^usdt:${folder}/usdt:app:hit\n`));
    assert.match(trace('usdt:nothing_of_this_name', outside.pid).stderr, /No matches for usdt nothing_of/);
    assert.match(trace('usdt:nothing_of_this_name').stderr, /requires 2 or 3 arguments, found 1/);
  });
});
