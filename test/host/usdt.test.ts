/** USDT probes of a program of our own. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { scratchFolder } from '../scratch.ts';
import { ebpfnb, fixture, skip } from './kernel-helpers.ts';

const folder = scratchFolder();
const program = join(folder, 'usdt');

before(() => {
  const { status, stderr } = spawnSync('cc', ['-O1', '-o', program, fixture('probes/usdt.c')], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
});

const trace = (source: string, ...flags: string[]) =>
  ebpfnb(['trace', '-q', '-e', source.replaceAll('BIN', program), ...flags]);

describe('usdt', { skip }, () => {
  test('arguments of all kinds, by provider and without', () => {
    const { stdout } = trace(
      'usdt:BIN:app:hit { printf("%d %d %s\\n", arg0, arg1, str(arg2)); } U:BIN:twice { printf("twice %d %d %s\\n", arg0, arg1, str(arg2)); }',
      '-c',
      program,
    );
    assert.match(stdout, /0 0 text\n1 -2 text\n2 -4 text\n/);
  });

  test('places that keep their arguments in different ways', () => {
    const { stdout } = trace('usdt:BIN:app:twice { printf("<%d %d>\\n", arg0, arg1); }', '-c', program);
    assert.match(stdout, /<7 8>\n<-1 3>\n/);
  });

  test('a semaphore is up while the probe is traced', () => {
    const { stdout } = trace('usdt:BIN:app:guarded { @ = count(); }', '-c', `${program} 5`);
    assert.match(stdout, /@: 5\n/);
  });

  test('a wildcard stands for probes with names of their own', () => {
    const { stdout } = trace('usdt:BIN:* { @[probe] = count(); }', '-c', program);
    for (const row of ['hit]: 3', 'guarded]: 3', 'twice]: 2'])
      assert.ok(stdout.includes(`:app:${row}\n`), stdout);
  });

  test('one process of several', async () => {
    const [traced, other] = [spawn(program, ['2000']), spawn(program, ['2000'])];
    try {
      const { stdout } = trace(
        'usdt:BIN:hit { @[pid] = count(); } interval:ms:200 { exit(); }',
        '-p',
        String(traced.pid),
      );
      assert.match(stdout, new RegExp(`@\\[${traced.pid}\\]: \\d+\n`));
      assert.doesNotMatch(stdout, new RegExp(`@\\[${other.pid}\\]`));
    } finally {
      traced.kill();
      other.kill();
    }
  });

  test('they are listed with their arguments, by position', () => {
    const listed = ebpfnb(['list', '-v', `usdt:${program}:app:hit`]).stdout;
    assert.equal(listed, `usdt:${program}:app:hit\n    int32 arg0\n    int64 arg1\n    uint64 arg2\n`);
  });

  test('what is not there is told, with what is', () => {
    const misspelt = trace('usdt:BIN:app:hot { }');
    assert.match(misspelt.stderr, /No matches for usdt .*:app:hot\.[\s\S]*Did you mean app:hit\?/);
    assert.match(
      trace('usdt:/bin/nothing:app:hit { }').stderr,
      /usdt target file '\/bin\/nothing' does not exist/,
    );
    assert.match(trace('usdt:BIN:hit { print(arg3); }').stderr, /has no arg3/);
    assert.match(
      trace('usdt:BIN:hit { print(args.x); }').stderr,
      /args builtin can only be used with .*usdt used here/,
    );
    assert.match(
      trace('config = { missing_probes = warn } usdt:BIN:hot { } begin { exit(); }').stderr,
      /WARNING: No matches for usdt/,
    );
  });
});
