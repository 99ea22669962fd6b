/** Batches stay in order, whatever each waits for. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Inflow } from '../../kernel/session/inflow.ts';

const batch = (name: string) => Buffer.from(name);
/** Batches as small as these are never too many. */
const hold = () => assert.fail();

test('without anything to wait for a batch is taken at once', () => {
  const taken: string[] = [];
  const inflow = new Inflow({
    prepare: () => undefined,
    take: bytes => void taken.push(bytes.toString()),
    hold,
  });
  inflow.push(batch('a'));
  inflow.push(batch('b'));
  assert.deepEqual(taken, ['a', 'b']);
});

test('a batch waits for its own needs and for those before it', async () => {
  const taken: string[] = [];
  /** name → how long its preparation and its taking take; 0 = neither */
  const needs: Record<string, [number, number]> = { a: [20, 0], b: [0, 0], c: [5, 20], d: [0, 5], e: [0, 0] };
  const inflow = new Inflow({
    prepare: bytes => {
      const [ms] = needs[bytes.toString()]!;
      return ms ? sleep(ms) : undefined;
    },
    take: bytes => {
      const name = bytes.toString();
      const [, ms] = needs[name]!;
      if (ms) return sleep(ms).then(() => void taken.push(name));
      taken.push(name);
      return undefined;
    },
    hold,
  });
  for (const name of Object.keys(needs)) inflow.push(batch(name));
  assert.deepEqual(taken, []);
  await inflow.settled();
  assert.deepEqual(taken, ['a', 'b', 'c', 'd', 'e']);
  inflow.push(batch('b'));
  assert.equal(taken.at(-1), 'b', 'nothing is behind any more');
});

test('who sends more than can wait is held until half of it is taken in', async () => {
  const told: string[] = [];
  let first = () => {};
  const ready = new Promise<void>(resolve => {
    first = resolve;
  });
  const inflow = new Inflow({
    prepare: () => (told.length === 0 ? ready : undefined),
    take: () => undefined,
    hold: on => void told.push(on ? 'held' : 'free'),
  });
  const piece = Buffer.alloc(300 << 10);
  for (let i = 1; i <= 8; i++) {
    inflow.push(piece);
    assert.deepEqual(told, i * 300 > 1024 ? ['held'] : []);
  }
  first();
  await inflow.settled();
  await sleep(0);
  assert.deepEqual(told, ['held', 'free']);
});
