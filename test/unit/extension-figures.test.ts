import assert from 'node:assert/strict';
import { test } from 'node:test';
import { average, FIGURES, type Figure, percent } from '../../extension/run/figures.ts';
import { startingSnapshot } from '../../extension/run/snapshot.ts';
import type { MapFill, RunSnapshot } from '../../kernel/protocol.ts';

const live: RunSnapshot = { ...startingSnapshot('run', 'cell', 0), phase: 'stream', elapsedMs: 4000 };
const fill = (name: string, entries: number): MapFill => ({ name, entries, capacity: 1000 });

const ROWS: [name: Figure['name'], run: Partial<RunSnapshot>, text: string | undefined, title?: string][] = [
  ['phase', {}, 'stream'],
  ['elapsed', {}, '4.0 s'],
  ['rate', { totals: { events: 9, rate: 12_345, dropped: 0, missed: 0 } }, '12.3k/s'],
  [
    'events',
    { totals: { events: 1200, rate: 0, dropped: 0, missed: 0 } },
    '1,200 events',
    'In total; on average 300/s',
  ],
  ['dropped', {}, undefined],
  ['dropped', { totals: { events: 9, rate: 0, dropped: 1500, missed: 0 } }, '1,500 dropped'],
  ['missed', { totals: { events: 9, rate: 0, dropped: 0, missed: 2 } }, '2 missed'],
  ['fill', { fills: [fill('@a', 499)] }, undefined, '@a: 499 of 1,000 entries, 49%'],
  ['fill', { fills: [fill('@a', 999), fill('@b', 20)] }, '@a 99% full'],
  ['fill', { fills: [fill('@a', 1000), fill('@b', 500), fill('@c', 1)] }, '@a 100% full, +1'],
  ['cost', {}, undefined],
  ['cost', { cost: { cpu: 0.0213, probes: [] } }, '2.1% CPU', 'What the probes take of one CPU'],
  ['memory', { memory: { maps: 1024, records: 512 } }, '1.5KiB'],
  ['exit', { exitCode: 0 }, undefined],
  ['exit', { exitCode: 3 }, 'exit code 3'],
];
for (const [name, run, text, title] of ROWS)
  test(`${name}: ${text ?? 'not shown'}`, () => {
    const figure = FIGURES.find(one => one.name === name)!;
    assert.equal(figure.text({ ...live, ...run }), text);
    if (title !== undefined) assert.equal(figure.title?.({ ...live, ...run }), title);
  });

test('only what is full is full, and nothing is fuller', () => {
  assert.deepEqual(
    [0, 9, 999, 1000, 1200].map(entries => percent(fill('@', entries))),
    ['0%', '0%', '99%', '100%', '100%'],
  );
  assert.equal(percent({ name: '@', entries: 3, capacity: 0 }), '0%');
});

test('averages of runs that took no time', () => assert.equal(average(5, 0), '5/s'));
