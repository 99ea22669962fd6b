import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { compile } from './fixtures/native/support.ts';

const fixture = fileURLToPath(new URL('./fixtures/native/attached.mjs', import.meta.url));

/** Ids of the maps that hold this many entries, as Linux tells them: a size that no other test uses marks ours. */
function mapsOfSize(entries: number): number[] {
  const rows = JSON.parse(execFileSync('bpftool', ['--json', 'map', 'show'], { encoding: 'utf8' })) as {
    id: number;
    max_entries: number;
  }[];
  return rows.filter(row => row.max_entries === entries).map(row => row.id);
}

async function gone(entries: number): Promise<void> {
  for (let i = 0; mapsOfSize(entries).length && i < 100; i++) await sleep(20);
  assert.deepEqual(mapsOfSize(entries), []);
}

test('a worker thread that ends leaves nothing behind, whatever it was doing', async () => {
  const elf = compile('controls');
  for (const how of ['exit', 'terminate']) {
    const worker = new Worker(fixture, { workerData: { elf, entries: 12_345 } });
    await once(worker, 'message');
    assert.equal(mapsOfSize(12_345).length, 1);
    if (how === 'exit') worker.postMessage('exit');
    else await worker.terminate();
    if (how === 'exit') await once(worker, 'exit');
    await gone(12_345);
  }
});

test('two threads use the addon at once', async () => {
  const elf = compile('controls');
  const workers = [1, 2, 3].map(() => new Worker(fixture, { workerData: { elf, entries: 12_346 } }));
  await Promise.all(workers.map(worker => once(worker, 'message')));
  assert.equal(mapsOfSize(12_346).length, 3);
  await Promise.all(workers.map(worker => worker.terminate()));
  await gone(12_346);
});

test('an error in onBatch is an uncaught exception of its thread', async () => {
  const workerData = { elf: compile('controls'), entries: 12_347, throws: true };
  const worker = new Worker(fixture, { workerData });
  const [error] = (await once(worker, 'error')) as [Error];
  assert.equal(error.message, 'from onBatch');
  await gone(12_347);
});

test('with few capabilities left, on all threads, everything still attaches', async () => {
  const script = fileURLToPath(new URL('./fixtures/native/dropped.ts', import.meta.url));
  const output = execFileSync(process.execPath, ['--import', 'tsx', script], { encoding: 'utf8' });
  const told = JSON.parse(output) as { capabilities: string[]; totals: Record<string, number> };
  // BPF, PERFMON, DAC_READ_SEARCH, SYS_PTRACE, SYSLOG
  const allowed = (1n << 39n) | (1n << 38n) | (1n << 2n) | (1n << 19n) | (1n << 34n);
  assert.equal(told.capabilities.length, 1, `threads differ: ${told.capabilities}`);
  assert.equal(BigInt(`0x${told.capabilities[0]}`) & ~allowed, 0n);
  assert.deepEqual(told.totals, {
    nt_tp: 5,
    nt_raw: 5,
    nt_uprobe: 5,
    nt_uretprobe: 5,
    nt_multi: 5,
    nt_tp_btf: 5,
    clock: 1,
  });
});

test('who switches statistics can do nothing else, and ends with the process that started it', () => {
  const script = `
    const native = require(${JSON.stringify(fileURLToPath(new URL('../../.build/native/ebpfnb.node', import.meta.url)))});
    const { readFileSync } = require('node:fs');
    native.prepareDescriptors();
    native.dropCapabilities();
    for (const on of [true, true, false, false, true]) native.keepStatistics(on);
    const [pid] = readFileSync('/proc/self/task/' + process.pid + '/children', 'utf8').split(' ');
    console.log(JSON.stringify({ pid, status: readFileSync('/proc/' + pid + '/status', 'utf8') }));`;
  const output = execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  const { pid, status } = JSON.parse(output) as { pid: string; status: string };
  const value = (name: string) => new RegExp(`^${name}:\\s*(\\w+)`, 'm').exec(status)?.[1];
  assert.equal(BigInt(`0x${value('CapEff')}`), 1n << 21n, 'CAP_SYS_ADMIN');
  assert.equal(BigInt(`0x${value('CapBnd')}`), 0n);
  assert.deepEqual([value('NoNewPrivs'), value('Seccomp')], ['1', '2']);
  assert.equal(existsSync(`/proc/${pid}`), false);
});

test('a process that is tied to its parent ends with it', async () => {
  const child = `require(${JSON.stringify(fileURLToPath(new URL('../../.build/native/ebpfnb.node', import.meta.url)))}).dieWithParent(); console.log(process.pid); setInterval(() => {}, 1000)`;
  const parent = spawn(process.execPath, [
    '-e',
    `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}], { stdio: ['ignore', 'inherit', 'inherit'] })`,
  ]);
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  const state = () => {
    try {
      return readFileSync(`/proc/${line.toString().trim()}/stat`, 'utf8').split(' ')[2];
    } catch {
      return 'gone';
    }
  };
  for (let i = 0; !['gone', 'Z'].includes(state()!) && i < 50; i++) await sleep(20);
  assert.match(state()!, /gone|Z/);
});
