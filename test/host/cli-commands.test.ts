import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseNotebook, runOfOutput } from '../../kernel/notebook/index.ts';
import { scratchFolder } from '../scratch.ts';
import { ebpfnb, fixture, skip } from './kernel-helpers.ts';

const folder = scratchFolder();

test('without a command: usage', () => {
  for (const args of [[], ['bogus']]) {
    const { status, stderr } = ebpfnb(args);
    assert.equal(status, 1);
    assert.match(stderr, /USAGE:\n {2}ebpfnb COMMAND/);
  }
  assert.equal(ebpfnb(['--help']).status, 0);
});

for (const command of ['trace', 'run', 'repl', 'list', 'emit', 'export', 'doctor', 'kernel', 'loader']) {
  test(`${command} --help`, () => {
    const { status, stdout } = ebpfnb([command, '--help']);
    assert.equal(status, 0);
    assert.match(stdout, new RegExp(`USAGE:\\n {2}ebpfnb ${command}`));
  });
}

test('emit: C, instructions, object', { skip }, () => {
  const program = ['-e', 'tracepoint:sched:sched_switch { @ = count(); }'];
  assert.match(ebpfnb(['emit', 'c', ...program]).stdout, /SEC\("[^"]+"\)/);
  const object = join(folder, 'x.o');
  assert.equal(ebpfnb(['emit', 'object', ...program, '-o', object]).status, 0);
  assert.equal(readFileSync(object).subarray(1, 4).toString(), 'ELF');
  assert.equal(ebpfnb(['emit', 'nothing', ...program]).status, 1);
  assert.match(ebpfnb(['emit', 'c', '-e', 'BEGIN {']).stderr, /^stdin:1:.*ERROR: /);
});

test('doctor finds this host fit', { skip }, () => {
  const { status, stdout } = ebpfnb(['doctor']);
  assert.equal(status, 0, stdout);
  for (const name of ['Linux', 'BTF', 'clang', 'tracefs', 'libbpf', 'privilege'])
    assert.match(stdout, new RegExp(`^ok +${name} `, 'm'));
});

test('run: cells in order, a live one beside them, outputs saved', { skip }, () => {
  const out = join(folder, 'out.ebpfnb');
  const { status, stdout, stderr } = ebpfnb(['run', fixture('cli/cells.ebpfnb'), '--output', out]);
  assert.equal(status, 0, stderr);
  assert.match(stdout, /# Cells/);
  assert.match(stdout, /── workload · shellscript · done \(0\)/);
  assert.match(stdout, /── live · bpftrace · stopped[\s\S]*@execs \(1 entry\)\n/);
  assert.match(stdout, /── table · bpftrace · workload[\s\S]*comm\ntrue\n/);
  const cells = parseNotebook(readFileSync(out, 'utf8')).cells.filter(
    ({ kind, outputs }) => kind === 'code' && outputs.length > 0,
  );
  assert.equal(cells.length, 4);
  assert.ok(cells.every(({ outputs }) => runOfOutput(outputs[0]!)));
});

test('run: the first failure ends it', { skip }, () => {
  const file = join(folder, 'fails.ebpfnb');
  copyFileSync(fixture('cli/cells.ebpfnb'), file);
  writeFileSync(file, readFileSync(file, 'utf8').replace('echo done', 'exit 3'));
  const { status, stdout } = ebpfnb(['run', file, '-f', 'json']);
  assert.equal(status, 1);
  const runs = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line).data);
  assert.deepEqual(
    runs.map(({ cell }) => cell),
    ['workload', 'live'],
  );
  assert.equal(runs[0].exitCode, 3);
});

test('run: what is not a notebook', () => {
  const { status, stderr } = ebpfnb(['run', fixture('cli/exec.h')]);
  assert.equal(status, 1);
  assert.match(stderr, /is not a notebook: .+\nHINT: /);
});
