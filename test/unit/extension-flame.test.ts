/** A flame graph's places, searches and words. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { boxAt, layoutFlame, neighbour } from '../../extension/renderer/flame/layout.ts';
import { matcher } from '../../extension/renderer/flame/search.ts';
import { change, details, percent } from '../../extension/renderer/flame/words.ts';
import { flameTree } from '../../kernel/notebook/flame.ts';
import type { FlamePanel } from '../../kernel/protocol.ts';

const PANEL: FlamePanel = {
  id: 'map:@',
  kind: 'flame',
  title: '@',
  valueName: 'sum',
  unit: 'ns',
  keys: [{ name: 'comm', kind: 'string' }],
  frames: [
    { name: 'bash', of: 'key' },
    { name: 'a', of: 'user' },
    { name: 'b', of: 'kernel' },
    { name: 'c', of: 'kernel', note: 'cut off' },
    { name: 'd', of: 'kernel' },
  ],
  stacks: [
    { frames: [0, 1], value: 996_000, before: 300_000 },
    { frames: [0, 2], value: 1_000 },
    { frames: [0, 3], value: 1_000, before: 100_000 },
    { frames: [0, 4], value: 2_000 },
  ],
  more: 0,
};
const root = flameTree(PANEL);
const [bash] = root.children as [(typeof root.children)[0]];

const rounded = (pixels: number) => Number(pixels.toFixed(3));
const outline = (rows: ReturnType<typeof layoutFlame>) =>
  rows.map(boxes =>
    boxes.map(({ nodes, x, width }) => [
      nodes.map(({ frame }) => frame?.name ?? 'all').join(),
      rounded(x),
      rounded(width),
    ]),
  );

describe('places', () => {
  test('neighbours narrower than a pixel are drawn as one', () => {
    assert.deepEqual(outline(layoutFlame(root, 400)), [
      [['all', 0, 400]],
      [['bash', 0, 400]],
      [
        ['a', 0, 398.4],
        ['b,c,d', 398.4, 1.6],
      ],
    ]);
  });

  test('who is zoomed into has all of the width, and so have its callers', () => {
    const rows = layoutFlame(bash.children[1]!, 400);
    assert.deepEqual(outline(rows), [[['all', 0, 400]], [['bash', 0, 400]], [['b', 0, 400]]]);
  });

  test('what is beside a place', () => {
    const rows = layoutFlame(root, 1000);
    const [a] = rows[2]!;
    assert.equal(boxAt(rows, 2, 995.5), a);
    assert.equal(boxAt(rows, 3, 10), undefined);
    assert.equal(neighbour(rows, rows[1]![0]!, 1), a);
    assert.equal(neighbour(rows, a!, -1), rows[1]![0]);
    assert.equal(neighbour(rows, a!, 1), undefined);
  });
});

const SEARCHES: [query: string, name: string, found: boolean | 'all' | 'wrong'][] = [
  ['', 'x', 'all'],
  ['Read', 'vfs_READ', true],
  ['a.b', 'axb', false],
  ['/a.b/', 'axb', true],
  ['/^AX/', 'axb', false],
  ['/^AX/i', 'axb', true],
  ['/x', '/x', true],
  ['/(/', '(', 'wrong'],
];
for (const [query, name, found] of SEARCHES) {
  test(`search for ${JSON.stringify(query)} in ${name}: ${found}`, () => {
    const matches = matcher(query);
    assert.equal(matches === null ? 'wrong' : matches === undefined ? 'all' : matches(name), found);
  });
}

test('shares in words', () => {
  assert.deepEqual([0, 0.00001, 0.12345, 0.5, 1].map(percent), ['0%', '< 0.01%', '12.3%', '50%', '100%']);
});

test('what is told of a frame: exact numbers, shares, the run before, its kind', () => {
  const [a, , c] = bash.children;
  const figures = { panel: PANEL, root };
  assert.deepEqual(details({ nodes: [a!], x: 0, width: 0, row: 2 }, figures), {
    name: 'a',
    rows: [
      ['sum', '996,000 (996µs) · 99.6% of all · 99.6% of its caller'],
      ['self', '996,000 (996µs) · 99.6% of all'],
      ['run before', '300,000 (300µs) · 75% of all'],
      ['change', '+696,000 · +24.6 points of all'],
      ['frame', 'user'],
    ],
  });
  assert.deepEqual(details({ nodes: [bash], x: 0, width: 0, row: 1 }, figures).rows.at(-1), [
    'frame',
    'key: comm',
  ]);
  const ofC = details({ nodes: [c!], x: 0, width: 0, row: 2 }, figures).rows;
  assert.deepEqual(ofC.slice(-3), [
    ['change', '-99,000 · -24.9 points of all'],
    ['frame', 'kernel'],
    ['note', 'cut off'],
  ]);
  assert.deepEqual(details({ nodes: [c!, a!], x: 0, width: 0, row: 2 }, figures), {
    name: '2 frames, too narrow to show',
    rows: [['sum', '997,000 (997µs) · 99.7% of all · 99.7% of its caller']],
  });
  assert.deepEqual(
    [root, a!, c!, bash.children[1]!].map(node => Number(change(node, root).toFixed(3))),
    [0, 0.247, -0.996, 1],
  );
});
