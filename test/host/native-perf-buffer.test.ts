/** Perf buffers: a ring for each CPU, read as one stream. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { describe, test } from 'node:test';
import { native } from '../../native/addon.ts';
import { compile, entriesOf, Load } from './fixtures/native/support.ts';

/** Two processes that are traced, and what a reader of their records gets. */
async function trace(pages: number) {
  const processes = [new Load(), new Load()] as const;
  const object = new native.BpfObject(compile('perf'), { name: 'test' });
  object.scan();
  const pids = processes.map(({ pid }) => pid);
  object.setGlobal('.rodata', 0, Buffer.from(new Int32Array(pids).buffer));
  await object.load();
  const records: Buffer[] = [];
  const reader = new native.RingReader(object, {
    rings: [{ map: 'events', tagged: false, pages }],
    controls: [],
    onBatch(batch) {
      for (const entry of entriesOf(batch)) if (entry.kind === 'record') records.push(entry.payload);
    },
  });
  await object.attach('np_raw', { kind: 'auto' });
  const end = async () => {
    reader.close();
    await object.detach();
    object.close();
    await Promise.all(processes.map(process => process.end()));
  };
  return { processes, object, reader, records, end };
}

describe('a perf buffer', () => {
  test('gives the records of all CPUs in the order in which they were written', async t => {
    if (availableParallelism() < 2) return t.skip('one CPU only');
    const { processes, reader, records, end } = await trace(8);
    processes.forEach(({ pid }, cpu) => void spawnSync('taskset', ['-p', '-c', String(cpu), String(pid)]));
    for (let i = 0; i < 200; i++) await processes[i % 2]!.calls(1);
    await reader.drain();
    assert.deepEqual(
      records.map(record => record.readUInt32LE(16)),
      Array.from({ length: 200 }, (_, i) => processes[i % 2]!.pid),
    );
    await end();
  });

  test('loses what finds no room, and nothing else; records cross the end of a ring whole', async () => {
    const { processes, object, reader, records, end } = await trace(1);
    await Promise.all(processes.map(process => process.calls(100_000)));
    await reader.drain();
    const [written, lost] = object.counters('totals') as [number, number];
    assert.equal(written, 200_000);
    assert.equal(records.length + lost, written);
    const { pid } = processes[0];
    const known = new Set([pid, processes[1].pid]);
    assert.ok(records.every(record => known.has(record.readUInt32LE(16))));
    await end();
  });

  test('needs a number of pages that Linux takes, and a map of its kind', async () => {
    const { object, end } = await trace(1);
    const open = (map: string, pages: number) =>
      new native.RingReader(object, { rings: [{ map, tagged: false, pages }], controls: [], onBatch() {} });
    assert.throws(() => open('events', 3), { code: 'EINVAL' });
    assert.throws(() => open('totals', 8), { code: 'EINVAL' });
    await end();
  });
});
