/** Stacks by their numbers: read from their map when a number is new, and not more often than it takes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MapLayout } from '../../kernel/layout.ts';
import { StackIds } from '../../kernel/session/stackIds.ts';
import { map, snapshot, struct, u32, u64 } from './views-fixtures.ts';

const stack = { kind: 'stack', size: 16, space: 'kernel', mode: 'bpftrace', limit: 2 } as const;
const id = { kind: 'stack-id', size: 4, map: 'stacks', stack } as const;
const STACKS: MapLayout = map('stacks', struct([['stack', { kind: 'bytes', size: 16 }]]), {
  type: 'stack_trace',
  keys: [['stack_id', u32]],
});
const COUNTS = map('counts', u64, { keys: [['kern_stack_id', id]] });
const layout = {
  programs: [],
  maps: [COUNTS, STACKS],
  records: [],
  globals: [],
  taggedRings: [],
};

/** Frames of a stack: its number, ten times over. */
const frames = (number: number) => {
  const bytes = Buffer.alloc(16);
  bytes.writeBigUInt64LE(BigInt(10 * number));
  return bytes;
};

function reading() {
  const held: number[] = [];
  const waiting: (() => void)[] = [];
  let reads = 0;
  const ids = new StackIds(layout, { rings: [], maps: ['counts', 'stacks'] }, async () => {
    reads++;
    const now = [...held];
    await new Promise<void>(done => waiting.push(done));
    return snapshot(
      STACKS,
      now.map(number => [[number], [[frames(number)]]]),
    );
  });
  return {
    ids,
    held,
    reads: () => reads,
    /** Lets the reading that is under way end. */
    answer: async () => {
      await new Promise(setImmediate);
      waiting.shift()?.();
      await new Promise(setImmediate);
    },
    counts: (...numbers: number[]) =>
      snapshot(
        COUNTS,
        numbers.map(number => [[number], [1]]),
      ),
  };
}

test('a number is learnt once; one that is not there is not asked for again', async () => {
  const { ids, held, reads, answer, counts } = reading();
  held.push(3);
  const learnt = ids.learnFromMap('counts', counts(3, 4, -14));
  assert.ok(learnt);
  await answer();
  await learnt;
  assert.equal(Buffer.from(ids.of('stacks', 3)!).readBigUInt64LE(), 30n);
  assert.deepEqual([ids.of('stacks', 4), ids.of('stacks', -14)], [undefined, undefined]);
  assert.equal(ids.learnFromMap('counts', counts(3, 4, -14)), undefined);
  assert.equal(reads(), 1);
});

test('what is wanted while a map is read shares the next reading', async () => {
  const { ids, held, reads, answer, counts } = reading();
  held.push(1);
  const all = [ids.learnFromMap('counts', counts(1))];
  await new Promise(setImmediate);
  held.push(2, 5);
  all.push(ids.learnFromMap('counts', counts(2)), ids.learnFromMap('counts', counts(5)));
  await answer();
  await answer();
  await Promise.all(all);
  assert.equal(reads(), 2);
  for (const number of [1, 2, 5]) assert.ok(ids.of('stacks', number), String(number));
});

test('a map that cannot be read leaves numbers without stacks', async () => {
  const ids = new StackIds(layout, { rings: [], maps: ['counts', 'stacks'] }, () =>
    Promise.reject(new Error('gone')),
  );
  await ids.learnFromMap('counts', snapshot(COUNTS, [[[1], [1]]]));
  assert.equal(ids.of('stacks', 1), undefined);
});
