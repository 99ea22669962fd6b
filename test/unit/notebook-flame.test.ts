/** Stacks as a tree, as folded stacks and for speedscope. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { condensed } from '../../kernel/notebook/condense.ts';
import {
  type FlameNode,
  flameTree,
  foldedStacks,
  isCompared,
  matchedTotal,
  pathOf,
  speedscope,
} from '../../kernel/notebook/flame.ts';
import type { FlamePanel } from '../../kernel/protocol.ts';

const PANEL: FlamePanel = {
  id: 'map:@',
  kind: 'flame',
  title: '@',
  valueName: 'count',
  frames: [
    { name: 'bash', of: 'key' },
    { name: 'main', of: 'user' },
    { name: 'read', of: 'user' },
    { name: 'vfs_read', of: 'kernel' },
    { name: 'copy;in\n', of: 'inlined' },
  ],
  stacks: [
    { frames: [0, 1, 2, 3], value: 7, before: 2 },
    { frames: [0, 1, 2], value: 3 },
    { frames: [0, 1, 4], value: '9007199254740993' },
    { frames: [0, 1, 1], value: 0, before: 5 },
    { frames: [], value: 1 },
  ],
  more: 0,
};

const outline = ({ frame, total, self, before, children }: FlameNode): unknown => [
  frame?.name ?? 'all',
  ...[total, self, before].map(String),
  ...children.map(outline),
];

test('a tree: exact beyond doubles, children by name, the run before beside it', () => {
  const main = [
    'main',
    '9007199254741003',
    '0',
    '7',
    ['copy;in\n', '9007199254740993', '9007199254740993', '0'],
    ['main', '0', '0', '5'],
    ['read', '10', '3', '2', ['vfs_read', '7', '7', '2']],
  ];
  assert.deepEqual(outline(flameTree(PANEL)), [
    'all',
    '9007199254741004',
    '1',
    '7',
    ['bash', '9007199254741003', '0', '7', main],
  ]);
  assert.equal(isCompared(PANEL), true);
});

test('a path, and what goes through a name, counted once where it calls itself', () => {
  const root = flameTree(PANEL);
  const read = root.children[0]!.children[0]!.children[2]!;
  assert.deepEqual(
    pathOf(read).map(({ frame }) => frame!.name),
    ['bash', 'main', 'read'],
  );
  assert.equal(
    matchedTotal(root, name => name === 'read' || name === 'vfs_read'),
    10n,
  );
  assert.equal(
    matchedTotal(root, name => name === 'main'),
    9007199254741003n,
  );
  assert.equal(
    matchedTotal(root, () => false),
    0n,
  );
});

test('folded stacks: one line each, marked as the tools around them mark frames', () => {
  assert.equal(
    foldedStacks(PANEL),
    'bash;main;read;vfs_read_[k] 7\nbash;main;read 3\nbash;main;copy:in\\n_[i] 9007199254740993\n[no stack] 1\n',
  );
});

test('speedscope: sampled profiles, their weights in its units', () => {
  const file = JSON.parse(speedscope({ ...PANEL, unit: 'KiB', stacks: PANEL.stacks.slice(0, 2) }));
  assert.deepEqual(file.shared.frames.at(-1), { name: 'copy;in\\n_[i]' });
  assert.deepEqual(file.profiles, [
    {
      type: 'sampled',
      name: '@',
      unit: 'bytes',
      startValue: 0,
      endValue: 10240,
      samples: [
        [0, 1, 2, 3],
        [0, 1, 2],
      ],
      weights: [7168, 3072],
    },
    {
      type: 'sampled',
      name: '@, the run before',
      unit: 'bytes',
      startValue: 0,
      endValue: 2048,
      samples: [[0, 1, 2, 3]],
      weights: [2048],
    },
  ]);
});

test('condensed: what is small is put together below its caller, totals stay', () => {
  const stack = (value: number, ...frames: number[]) => ({ frames, value });
  const panel: FlamePanel = {
    ...PANEL,
    stacks: [
      stack(500, 0, 1, 2, 3),
      stack(400, 0, 1),
      stack(40, 0, 1, 2),
      stack(30, 0, 3, 4),
      stack(20, 0, 3, 2),
      stack(9, 2),
      stack(1, 0, 1, 3),
    ],
    more: 5,
  };
  const written = (most: number) => {
    const { stacks, frames, more } = condensed(panel, most);
    return [...stacks.map(one => [one.frames.map(i => frames[i]!.name).join(' '), one.value]), more];
  };
  assert.deepEqual(written(6), [
    ['bash main read vfs_read', 500],
    ['bash main', 400],
    ['bash vfs_read …', 50],
    ['bash main read', 40],
    ['…', 9],
    ['bash main …', 1],
    6,
  ]);
  assert.deepEqual(written(4), [['bash main …', 541], ['bash main', 400], ['bash …', 50], ['…', 9], 8]);
  assert.equal(condensed(panel, 7), panel);
  for (let most = 1; most < 7; most++) assert.equal(flameTree(condensed(panel, most)).total, 1000n);
  const compared = condensed({ ...PANEL, more: 0 }, 2);
  assert.deepEqual([flameTree(compared).total, flameTree(compared).before], [9007199254741004n, 7n]);
});
