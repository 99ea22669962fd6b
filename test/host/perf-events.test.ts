/** Probes on counted events and on memory, in processes of our own. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { RunSnapshot } from '../../kernel/protocol.ts';
import { scratchFolder } from '../scratch.ts';
import { ebpfnb, fixture, skip, TestKernel } from './kernel-helpers.ts';

const folder = scratchFolder();
const trace = (source: string, ...flags: string[]) => ebpfnb(['trace', '-q', '-e', source, ...flags]);

describe('counted events', { skip }, () => {
  test('software events, by name and alias', () => {
    for (const name of ['page-faults', 'faults']) {
      const { stdout } = trace(`software:${name}:1 /pid == cpid/ { @[probe] = count(); }`, '-c', '/bin/true');
      assert.match(stdout, new RegExp(`@\\[software:${name}:1\\]: \\d+\n`));
    }
  });

  test('one process of all', () => {
    const program = `s:cs:1 { @[pid == ${process.pid}] = count(); } interval:ms:300 { exit(); }`;
    const { stdout } = trace(program, '-p', String(process.pid));
    assert.doesNotMatch(stdout, /@\[false\]/);
  });

  test('a machine without counters of the processor says so', () => {
    const { status, stderr } = trace('hardware:cycles:1000000 { exit(); } interval:ms:300 { exit(); }');
    if (status !== 0) assert.match(stderr, /no counter of such events[\s\S]*software event/);
  });

  test('what is not there is told, with what is', () => {
    assert.match(
      trace('software:page-fault:1 { }').stderr,
      /page-fault is not a software probe[\s\S]*Did you mean page-faults\?/,
    );
    assert.match(trace('hardware:nope { }').stderr, /There are: cpu-cycles/);
    assert.match(trace('software:* { }').stderr, /wildcards are not allowed for software probe type/);
    assert.match(trace('software:faults:0 { }').stderr, /Invalid count for software probe: 0/);
  });
});

describe('SEC("perf_event")', { skip }, () => {
  const tests = new TestKernel();
  after(() => tests.kernel.close());

  const cell = (...options: string[]) => `${options.map(option => `//| ${option}\n`).join('')}
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
char LICENSE[] SEC("license") = "GPL";
u64 hits;
SEC("perf_event") int sample(struct bpf_perf_event_data *ctx) { __sync_fetch_and_add(&hits, 1); return 0; }`;
  const run = (...options: string[]) => tests.run(cell(...options), { language: 'bpf-c' });

  /** The value of the variable, as it is shown in the end. */
  const hits = ({ panels }: RunSnapshot) =>
    Number(
      panels
        .flatMap(panel => ('rows' in panel ? panel.rows : []))
        .find(([name]) => name === 'hits')
        ?.at(-1) ?? 0,
    );

  test('runs as often as the cell says, on each CPU', async () => {
    const often = await run('duration: 400ms', 'freq: 997');
    assert.deepEqual(often.diagnostics, []);
    const rarely = await run('duration: 400ms', 'freq: 10');
    assert.ok(hits(rarely) > 0 && hits(often) > 5 * hits(rarely), `${hits(often)}, ${hits(rarely)}`);
  });

  test('runs at an event, in one process', async () => {
    const ended = await run('event: cs:1', `pid: ${process.pid}`, 'duration: 300ms');
    assert.deepEqual(ended.diagnostics, []);
    assert.ok(hits(ended) > 0);
  });

  test('an event that nobody counts is told, with what is meant', async () => {
    const { diagnostics } = await run('event: page-fault:1');
    assert.deepEqual(
      diagnostics.map(({ message, remedy }) => [message, remedy]),
      [['Linux counts no event page-fault', 'Did you mean page-faults?']],
    );
  });
});

describe('watchpoints', { skip }, () => {
  test('writes to a variable of one process', async t => {
    const program = join(folder, 'watched');
    const { status, stderr } = spawnSync('cc', ['-o', program, fixture('probes/watched.c')], {
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    const child = spawn(program);
    t.after(() => child.kill());
    const [address] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
    const ended = trace(
      `watchpoint:${address.trim()}:8:w { @[pid] = count(); } interval:ms:200 { exit(); }`,
      '-p',
      String(child.pid),
    );
    if (/watchpoint/.test(ended.stderr) && ended.status !== 0) {
      t.skip(`this Linux refuses watchpoints: ${ended.stderr.split('\n')[0]}`);
      return;
    }
    assert.match(ended.stdout, new RegExp(`@\\[${child.pid}\\]: \\d+\n`));
  });

  test('parts that make no sense are told', () => {
    assert.match(trace('watchpoint:here:8:w { }').stderr, /Invalid function\/address argument: here/);
    assert.match(trace('watchpoint:0x10:3:w { }').stderr, /watchpoint length must be one of \(1,2,4,8\)/);
    assert.match(trace('watchpoint:0x10:8:q { }').stderr, /watchpoint mode must be combination of \(r,w,x\)/);
    assert.match(trace('watchpoint:0x10:8 { }').stderr, /requires 3 argument/);
  });
});
