import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RecordBudget } from '../../kernel/views/budget.ts';
import { RecordRing } from '../../kernel/views/ring.ts';
import { entry } from './views-fixtures.ts';

const MEGABYTE = 1024 * 1024;
const MANY = 1_000_000;

/** Fills a ring with records of so many bytes, numbered from the ring's total on. */
function fill(ring: RecordRing, records: number, bytes = 1000): void {
  const one = entry(0, 0, Buffer.alloc(bytes, 7));
  for (let i = 0; i < records; i++) {
    one.writeUInt32LE(ring.total, 8);
    ring.push(one, [0], 1, one.length);
  }
}

/** Whatever is kept is the newest, and is what was put in. */
function check(ring: RecordRing): void {
  for (let i = ring.first; i < ring.total; i++) {
    const { bytes, start } = ring.locate(i);
    assert.equal(new DataView(bytes.buffer, bytes.byteOffset).getUint32(start, true), i);
  }
}

const held = (rings: RecordRing[]) => rings.reduce((sum, { heldBytes }) => sum + heldBytes, 0);

describe('memory for records', () => {
  test('one ring may have nearly all of it', () => {
    const budget = new RecordBudget(10 * MEGABYTE);
    const ring = new RecordRing(MANY, budget);
    fill(ring, 20_000);
    assert.ok(ring.heldBytes > 8 * MEGABYTE && ring.heldBytes <= 10 * MEGABYTE);
    check(ring);
  });

  test('a large ring makes room for others, which come later', () => {
    const budget = new RecordBudget(10 * MEGABYTE);
    const rings = Array.from({ length: 20 }, () => new RecordRing(MANY, budget));
    for (const ring of rings) fill(ring, 10_000);
    assert.ok(held(rings) <= 10 * MEGABYTE, `${held(rings)}`);
    for (const ring of rings) {
      assert.ok(ring.heldBytes > MEGABYTE / 5, `${ring.heldBytes}`);
      check(ring);
    }
    // Those that go on do not take it back from those that are still.
    for (let round = 0; round < 3; round++) for (const ring of rings.slice(0, 2)) fill(ring, 10_000);
    for (const ring of rings) check(ring);
    assert.ok(held(rings) <= 10 * MEGABYTE);
  });

  test('small rings are left alone', () => {
    const budget = new RecordBudget(4 * MEGABYTE);
    const [small, large] = [new RecordRing(100, budget), new RecordRing(MANY, budget)];
    fill(small, 500, 100);
    fill(large, 10_000);
    assert.deepEqual([small.first, small.total], [400, 500]);
    check(small);
    check(large);
  });

  test('what is released is there for others', () => {
    const budget = new RecordBudget(4 * MEGABYTE);
    const [first, second] = [new RecordRing(MANY, budget), new RecordRing(MANY, budget)];
    fill(first, 5000);
    first.release();
    fill(second, 5000);
    assert.ok(second.heldBytes > 2 * MEGABYTE);
  });

  test('a ring that is trimmed takes what its records take, and can go on', () => {
    const ring = new RecordRing(1000);
    fill(ring, 700);
    const before = ring.heldBytes;
    ring.trim();
    assert.ok(ring.heldBytes < before && ring.heldBytes < 700 * 1008 + 16_384, `${ring.heldBytes}`);
    assert.deepEqual([ring.first, ring.total], [0, 700]);
    check(ring);
    fill(ring, 900);
    assert.deepEqual([ring.first, ring.total], [600, 1600]);
    check(ring);
  });

  test('one that keeps nothing', () => {
    const ring = new RecordRing(10);
    ring.trim();
    assert.deepEqual([ring.first, ring.total], [0, 0]);
    fill(ring, 3);
    check(ring);
  });

  test('a record that is larger than all of it is not kept', () => {
    const ring = new RecordRing(10, new RecordBudget(MEGABYTE));
    fill(ring, 2);
    fill(ring, 1, 2 * MEGABYTE);
    assert.deepEqual([ring.first, ring.total], [3, 3]);
    fill(ring, 2);
    assert.deepEqual([ring.first, ring.total], [3, 5]);
    check(ring);
  });
});
