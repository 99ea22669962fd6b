import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { native } from '../../native/addon.ts';
import type { BpfObject } from '../../native/types.ts';
import { compile, type Entry, entriesOf, Load, load, snapshotOf } from './fixtures/native/support.ts';

const { RingReader } = native;
const numbers = (values: Buffer[]) =>
  values.map(value => Number(value.length === 4 ? value.readUInt32LE() : value.readBigUInt64LE()));
const sum = (values: Buffer[]) => numbers(values).reduce((a, b) => a + b, 0);

/** A reader of the rings of events.bpf.c that keeps what it gets. */
function collect(
  object: BpfObject,
  ring = 'events',
  controls: ConstructorParameters<typeof RingReader>[1]['controls'] = [],
) {
  const entries: Entry[] = [];
  const batches: number[] = [];
  const reader = new RingReader(object, {
    rings: [{ map: ring, tagged: controls.length > 0 }],
    controls,
    onBatch(batch) {
      batches.push(batch.length);
      entries.push(...entriesOf(batch));
    },
  });
  return { reader, entries, batches };
}

describe('records', () => {
  test('arrive in order, and within 50 ms without being asked for', async () => {
    const process = new Load();
    const object = await load(compile('events'), process.pid);
    const { reader, entries } = collect(object);
    await object.attach('nt_tp', { kind: 'auto' });
    await process.calls(1);
    const started = performance.now();
    while (!entries.length && performance.now() - started < 1000) await sleep(1);
    assert.ok(performance.now() - started < 50 + 50, `${performance.now() - started} ms`);
    await process.calls(999);
    await reader.drain();
    const seen = entries.map(
      entry =>
        entry.kind === 'record' && [entry.payload.readUInt32LE(8), Number(entry.payload.readBigUInt64LE())],
    );
    assert.deepEqual(
      seen,
      Array.from({ length: 1000 }, (_, i) => [process.pid, i + 1]),
    );
    reader.close();
    await object.detach();
    object.close();
    await process.end();
  });

  test('none is lost uncounted by a ring that is too small', async () => {
    const process = new Load();
    const object = await load(compile('events', 'RING_BYTES=4096'), process.pid);
    const { reader, entries } = collect(object);
    await object.attach('nt_raw', { kind: 'auto' });
    await process.calls(200_000);
    await reader.drain();
    const [generated, lost] = object.counters('totals') as [number, number];
    assert.equal(generated, 200_000);
    assert.equal(entries.length + lost, generated);
    reader.close();
    await object.detach();
    object.close();
    await process.end();
  });

  test('are held back while batches are in flight, and none is lost in a large ring', async () => {
    const process = new Load();
    const object = await load(compile('events', 'RING_BYTES=(1<<23)'), process.pid);
    let release = () => {};
    const held = new Promise<void>(resolve => {
      release = resolve;
    });
    let records = 0;
    let inFlight = 0;
    const reader = new RingReader(object, {
      rings: [{ map: 'events', tagged: false }],
      controls: [],
      onBatch(batch) {
        records += entriesOf(batch).length;
        inFlight++;
        return held;
      },
    });
    await object.attach('nt_raw', { kind: 'auto' });
    for (let i = 0; i < 20; i++) {
      await process.calls(5000);
      await sleep(15);
    }
    assert.equal(inFlight, 8);
    release();
    await reader.drain();
    assert.equal(records, 100_000);
    assert.deepEqual(object.counters('totals'), [100_000, 0]);
    reader.close();
    await object.detach();
    object.close();
    await process.end();
  });
});

describe('control records', () => {
  const CONTROLS = [
    { id: 1, do: 'print-map', map: 'counts' },
    { id: 2, do: 'zero', map: 'counts' },
    { id: 3, do: 'clear', map: 'counts' },
    { id: 4, do: 'print-map', map: 'total' },
    { id: 5, do: 'clear', map: 'total' },
    { id: 6, do: 'exit' },
  ] as const;

  test('are carried out in stream order', async () => {
    const object = await load(compile('controls'));
    const { reader, entries } = collect(object, 'stream', [...CONTROLS]);
    assert.equal(object.run('nt_begin'), 7);
    await reader.drain();
    const told = entries.map(entry =>
      entry.kind === 'record'
        ? entry.payload.readUInt32LE()
        : { [object.maps[entry.index]!.name]: entry.snapshot.entries.map(({ values }) => sum(values)) },
    );
    const expected = [
      100,
      1,
      { counts: [42] },
      2,
      1,
      { counts: [0] },
      3,
      1,
      { counts: [] },
      4,
      { total: [42] },
      5,
      4,
      { total: [0] },
      101,
      6,
    ];
    assert.deepEqual(told, expected);
    reader.close();
    object.close();
  });

  test('a ring without tags has none', async () => {
    const object = await load(compile('controls'));
    const { reader, entries } = collect(object, 'stream');
    object.run('nt_begin');
    await reader.drain();
    assert.ok(entries.every(entry => entry.kind === 'record'));
    assert.equal(entries.length, 11);
    reader.close();
    object.close();
  });
});

describe('snapshots', () => {
  test('hold every kind of map, per-CPU values whole', async () => {
    const process = new Load();
    const object = await load(compile('events'), process.pid);
    await object.attach('nt_raw', { kind: 'raw_tracepoint', event: 'sys_enter' });
    await process.calls(50);
    await object.detach();
    const read = (map: string) => snapshotOf(object.snapshot(map));
    assert.deepEqual(
      read('hash').entries.map(({ key, values }) => [key.readUInt32LE(), numbers(values)]),
      [[process.pid, [50]]],
    );
    assert.deepEqual(
      read('array').entries.map(({ values }) => numbers(values)[0]),
      [0, 0, 50],
    );
    const [wide] = read('percpu_hash').entries;
    assert.equal(wide?.values.length, read('totals').entries[0]?.values.length);
    assert.equal(sum(wide!.values), 50);
    assert.equal(sum(read('totals').entries[0]!.values), 50);
    assert.deepEqual(object.counters('totals'), [50, 0]);
    object.close();
    await process.end();
  });

  test('stand in the stream behind what was read before', async () => {
    const process = new Load();
    const object = await load(compile('events'), process.pid);
    const { reader, entries } = collect(object);
    await object.attach('nt_raw', { kind: 'auto' });
    await process.calls(3);
    await reader.drain();
    await reader.snapshot('hash');
    const last = entries.at(-1);
    assert.ok(last?.kind === 'snapshot' && entries.length === 4);
    assert.equal(object.maps[last.index]?.name, 'hash');
    assert.throws(() => reader.snapshot('events'), { code: 'EOPNOTSUPP' });
    reader.close();
    await object.detach();
    object.close();
    await process.end();
  });
});

describe('ending', () => {
  test('in any order, with requests under way', async () => {
    const object = await load(compile('controls'));
    const { reader, entries } = collect(object, 'stream');
    object.close();
    const drained = reader.drain();
    reader.close();
    reader.close();
    await assert.rejects(drained, { code: 'ECANCELED' });
    assert.throws(() => reader.drain(), { code: 'EBADF', message: 'the reader is closed' });
    assert.equal(entries.length, 0);
  });

  test('nothing is delivered after close', async () => {
    const object = await load(compile('controls'));
    const { reader, entries } = collect(object, 'stream');
    object.run('nt_begin');
    await sleep(0);
    reader.close();
    const before = entries.length;
    await sleep(60);
    assert.equal(entries.length, before);
    object.close();
  });
});
