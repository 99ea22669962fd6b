/** Stacks and series as text, fitted to any width. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { panelText } from '../../kernel/notebook/text.ts';
import { displayWidth } from '../../kernel/notebook/width.ts';
import type { FlamePanel, Frame, SeriesPanel } from '../../kernel/protocol.ts';

const names: [name: string, of: Frame['of']][] = [
  ['bash', 'key'],
  ['main', 'user'],
  ['__libc_start_main_impl', 'user'],
  ['entry_SYSCALL_64_after_hwframe', 'kernel'],
  ['do_syscall_64', 'kernel'],
  ['vfs_\u001b[31mread\n', 'kernel'],
];
const FLAME: FlamePanel = {
  id: 'map:@',
  kind: 'flame',
  title: '@',
  valueName: 'count',
  frames: names.map(([name, of]) => ({ name, of })),
  stacks: [
    { frames: [0, 2, 1, 3, 4, 5], value: 2998 },
    { frames: [0, 2, 1], value: 1 },
    { frames: [0], value: 1 },
    { frames: [0, 1], value: 0, before: 7 },
  ],
  more: 3,
};

test('stacks: value, share and key, then the frames from the innermost', () => {
  assert.equal(
    panelText(FLAME, { width: 60 }),
    `@ (count, 3 of 6 stacks)
2998  99.9%  bash: vfs_\\x1b[31mread\\n ← do_syscall_64 ←
             entry_SYSCALL_64_after_hwframe ← main ←
             __libc_start_main_impl
   1   0.0%  bash: main ← __libc_start_main_impl
   1   0.0%  bash: [no stack]
`,
  );
});

test('deep stacks end with what is left of them', () => {
  const deep = {
    ...FLAME,
    unit: 'ns' as const,
    stacks: [{ frames: Array(60).fill(4), value: 1_234_567 }],
    more: 0,
  };
  const line = Array(3).fill('do_syscall_64').join(' ← ');
  assert.equal(
    panelText(deep, { width: 64 }),
    [
      '@ (count, 1 stack)',
      `1.23ms  100.0%  ${line} ←`,
      ...Array(4).fill(`                ${line} ←`),
      '                do_syscall_64 ← do_syscall_64 ← … 43 more',
      '',
    ].join('\n'),
  );
});

test('no line is wider than the terminal', () => {
  for (let width = 30; width < 130; width += 7)
    for (const line of panelText(FLAME, { width }).split('\n')) assert.ok(displayWidth(line) <= width, line);
});

test('a bar an interval, a dash where nothing came', () => {
  const panel: SeriesPanel = {
    id: 'map:@',
    kind: 'series',
    title: '@',
    valueName: 'avg',
    unit: 'us',
    times: [0, 1000, 2500].map(ms => new Date(2024, 0, 1, 12, 30).getTime() + ms),
    series: [
      { key: 'bash', values: [250, null, 500] },
      { key: '', values: [2000, 0, 1] },
    ],
    more: 2,
  };
  assert.equal(
    panelText(panel, { width: 40 }),
    `@[bash] (avg)
12:30:00.000  250µs |@@@@@@@@@         |
12:30:01.000      - |                  |
12:30:02.500  500µs |@@@@@@@@@@@@@@@@@@|

@ (avg)
12:30:00.000  2ms |@@@@@@@@@@@@@@@@@@@@|
12:30:01.000  0ns |                    |
12:30:02.500  1µs |                    |

… 2 more keys
`,
  );
  assert.match(panelText({ ...panel, series: [], more: 0 }), /^@ \(empty\)\n$/);
  assert.match(panelText(panel, { width: 40, rows: 1 }), /^@\[bash\] \(avg\)\n12:30:02.500 .*\n\n@ /);
});
