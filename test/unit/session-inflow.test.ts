/** Batches stay in order, whatever each waits for. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Inflow } from '../../kernel/session/inflow.ts';

const batch = (name: string) => Buffer.from(name);

test('without anything to wait for a batch is taken at once', () => {
  const taken: string[] = [];
  const inflow = new Inflow(
    () => undefined,
    bytes => void taken.push(bytes.toString()),
  );
  inflow.push(batch('a'));
  inflow.push(batch('b'));
  assert.deepEqual(taken, ['a', 'b']);
});

test('a batch waits for its own needs and for those before it', async () => {
  const taken: string[] = [];
  /** name → how long its preparation and its taking take; 0 = neither */
  const needs: Record<string, [number, number]> = { a: [20, 0], b: [0, 0], c: [5, 20], d: [0, 5], e: [0, 0] };
  const inflow = new Inflow(
    bytes => {
      const [ms] = needs[bytes.toString()]!;
      return ms ? sleep(ms) : undefined;
    },
    bytes => {
      const name = bytes.toString();
      const [, ms] = needs[name]!;
      if (ms) return sleep(ms).then(() => void taken.push(name));
      taken.push(name);
      return undefined;
    },
  );
  for (const name of Object.keys(needs)) inflow.push(batch(name));
  assert.deepEqual(taken, []);
  await inflow.settled();
  assert.deepEqual(taken, ['a', 'b', 'c', 'd', 'e']);
  inflow.push(batch('b'));
  assert.equal(taken.at(-1), 'b', 'nothing is behind any more');
});
