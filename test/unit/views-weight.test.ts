import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Value } from '../../kernel/protocol.ts';
import { firstWithin, newestWithin, weightOf } from '../../kernel/views/weight.ts';

const VALUES: Value[] = [0, '', 'text', null, true, [1, ['a', { b: 'c' }]], { name: [1, 2, 3] }];
for (const value of VALUES)
  test(`the weight of ${JSON.stringify(value)} is about its JSON's`, () => {
    const { length } = JSON.stringify(value);
    assert.ok(weightOf(value) >= length / 2 && weightOf(value) <= length * 3 + 8, `${weightOf(value)}`);
  });

const rows = Array.from({ length: 10 }, (_, i) => [i, 'x'.repeat(100)]);
const read = (index: number) => rows[index]!;
const numbers = (some: Value[][]) => some.map(([number]) => number);

test('the newest that are light enough', () => {
  assert.deepEqual(numbers(newestWithin(read, { oldest: 0, total: 10, most: 350 })), [7, 8, 9]);
  assert.deepEqual(numbers(newestWithin(read, { oldest: 8, total: 10, most: 10_000 })), [8, 9]);
  assert.deepEqual(newestWithin(read, { oldest: 10, total: 10, most: 10_000 }), []);
});

test('the first that are light enough', () => {
  assert.deepEqual(numbers(firstWithin(rows, 350)), [0, 1, 2]);
  assert.equal(firstWithin(rows, 10_000).length, 10);
  assert.deepEqual(firstWithin([], 10), []);
});

test('one that is too heavy comes alone', () => {
  assert.deepEqual(numbers(newestWithin(read, { oldest: 0, total: 10, most: 5 })), [9]);
  assert.deepEqual(numbers(firstWithin(rows, 5)), [0]);
});
