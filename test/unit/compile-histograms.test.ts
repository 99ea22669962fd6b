/** Which maps of BPF C are taken for histograms. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findHistogram } from '../../kernel/compile/histograms.ts';
import type { DataType, Field } from '../../kernel/layout.ts';

const u32: DataType = { kind: 'int', size: 4, signed: false };
const u64: DataType = { kind: 'int', size: 8, signed: false };
const text: DataType = { kind: 'string', size: 16 };
const counts = (length: number): DataType => ({ kind: 'array', size: 4 * length, element: u32, length });

function fields(members: { [name: string]: DataType }): Field[] {
  let offset = 0;
  return Object.entries(members).map(([name, type]) => {
    const field = { name, offset, type };
    offset += type.size;
    return field;
  });
}
const struct = (members: { [name: string]: DataType }): DataType => ({
  kind: 'struct',
  size: Object.values(members).reduce((sum, { size }) => sum + size, 0),
  fields: fields(members),
});

const CASES: [what: string, name: string, key: Field[], value: DataType, found: unknown][] = [
  ['slots in a value', 'm', fields({ key: u32 }), struct({ slots: counts(26) }), { slots: 'slots' }],
  [
    'slots beside a name',
    'm',
    fields({ key: u32 }),
    struct({ comm: text, slots: counts(4) }),
    { slots: 'slots' },
  ],
  [
    'slots within a struct within',
    'm',
    fields({ key: u32 }),
    struct({ total: u64, hist: struct({ slots: counts(26) }) }),
    { slots: 'hist.slots' },
  ],
  ['slots that are no counts', 'm', fields({ key: u32 }), struct({ slots: text }), undefined],
  [
    'an array of counts that is called so',
    'latency_hist',
    fields({ key: u32 }),
    counts(32),
    { slots: 'slots' },
  ],
  ['an array of counts that is not', 'ports', fields({ key: u32 }), counts(32), undefined],
  ['two counts', 'hist', fields({ key: u32 }), counts(2), undefined],
  ["the kernel samples' key", 'm', fields({ comm: text, index: u32 }), u64, { bucket: 'index' }],
  ['a key of a bucket and nothing else', 'm', fields({ bucket: u32 }), u64, undefined],
  ['counts by a key, called so', 'dist', fields({ key: u32 }), u64, { bucket: 'key' }],
  ['counts by a key', 'counts', fields({ key: u32 }), u64, undefined],
  ['a name in the middle of a word', 'history', fields({ key: u32 }), u64, undefined],
];

for (const [what, name, key, value, found] of CASES)
  test(`${what}: ${found ? 'a histogram' : 'none'}`, () => {
    assert.deepEqual(findHistogram(name, key, value), found);
  });
