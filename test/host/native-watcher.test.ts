/** ProcessWatcher: what becomes of processes, as the addon tells it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { native } from '../../native/addon.ts';
import type { NativeProcessEvent } from '../../native/types.ts';
import { skip } from './kernel-helpers.ts';

test('a program that is over is told of: its exec, then what it mapped', { skip }, () => {
  const watcher = new native.ProcessWatcher();
  const { pid } = spawnSync('/bin/true');
  const own = watcher.read().filter(event => event.pid === pid);
  watcher.close();
  const kinds = own.map(({ kind }) => kind);
  assert.ok(kinds.includes('exec'), kinds.join());
  const mapped = own.slice(kinds.lastIndexOf('exec') + 1) as (NativeProcessEvent & { kind: 'mapping' })[];
  assert.ok(mapped.every(({ kind }) => kind === 'mapping'));
  const program = mapped.find(({ path }) => path.endsWith('/true'));
  assert.ok(program && program.end > program.start && program.inode > 0);
  assert.ok(mapped.some(({ path }) => path.includes('libc')));
});

test('a copy of a process is told with its parent', { skip }, () => {
  const watcher = new native.ProcessWatcher();
  const { pid } = spawnSync('/bin/sh', ['-c', '(exit 0); exit 0']);
  const copies = watcher.read().filter(event => event.kind === 'fork' && event.parent === pid);
  watcher.close();
  assert.equal(copies.length, 1);
});

test('closed, it tells nothing; closing again does nothing', { skip }, () => {
  const watcher = new native.ProcessWatcher();
  watcher.close();
  watcher.close();
  assert.deepEqual(watcher.read(), []);
});

test('a name that is none has no other form; anything else is a TypeError', () => {
  assert.equal(native.demangle('main'), undefined);
  assert.equal(native.demangle('_ZN4shop4openEv'), 'shop::open()');
  assert.throws(() => native.demangle(5 as unknown as string), TypeError);
});
