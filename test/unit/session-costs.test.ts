/** What probes cost, and which of them cost too much. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CellLayout, ProgramLayout } from '../../kernel/layout.ts';
import type { Counters } from '../../kernel/loader/protocol.ts';
import { type Cost, costsOf, Watchdog, writtenProbes } from '../../kernel/session/costs.ts';
import { percent } from '../../kernel/session/guard.ts';

const program = (symbol: string, column: number, end: number): ProgramLayout => ({
  symbol,
  probe: `tracepoint:${symbol}`,
  attach: { kind: 'auto' },
  span: { start: { line: 0, column }, end: { line: 0, column: end } },
});

const SOURCE = 'tracepoint:syscalls:* { } tracepoint:one { }';
const layout: CellLayout = {
  programs: [program('a', 0, 21), program('b', 0, 21), program('one', 26, 40)],
  maps: [],
  records: [],
  globals: [],
  taggedRings: [],
};
const probes = writtenProbes(layout, SOURCE);

const counters = (at: number, ns: Record<string, [hits: number, ns: number]>): Counters => ({
  at,
  lost: [],
  programs: Object.entries(ns).map(([program, [hits, ns]]) => ({
    program,
    hits,
    ns,
    recursion: 0,
    missed: 0,
  })),
});

const shown = (costs: Cost[]) => costs.map(({ written: _, ...cost }) => cost);

test('programs of a wildcard are one probe, by the name that was written', () => {
  assert.deepEqual(
    probes.map(({ name, programs }) => [name, programs.length]),
    [
      ['tracepoint:syscalls:*', 2],
      ['tracepoint:one', 1],
    ],
  );
  const imported = {
    ...layout,
    programs: layout.programs.map(p => ({ ...p, span: { ...p.span!, file: 'x.bt' } })),
  };
  assert.equal(writtenProbes(imported, SOURCE)[0]!.name, 'tracepoint:a and 1 more');
});

test('a cost is what was added between two readings, the costliest first', () => {
  const before = counters(1e9, { a: [10, 1e6], b: [0, 0], one: [0, 0] });
  const after = counters(1.1e9, { a: [20, 1.001e6], b: [10, 1e3], one: [100, 5e7] });
  assert.deepEqual(shown(costsOf(probes, before, after)), [
    { probe: 'tracepoint:one', hits: 1000, ns: 500_000, cpu: 0.5 },
    { probe: 'tracepoint:syscalls:*', hits: 200, ns: 100, cpu: 2e-5 },
  ]);
  assert.deepEqual(costsOf(probes, after, after), []);
});

test('who is over the limit in each measurement for three seconds is guilty, once', () => {
  const costs = (...cpu: number[]): Cost[] =>
    probes.map((written, i) => ({ probe: written.name, written, hits: 1, ns: 1, cpu: cpu[i]! }));
  const cases: [why: string, measured: [at: number, ...cpu: number[]][], guilty: string[]][] = [
    [
      'a moment',
      [
        [0, 0.9, 0],
        [1000, 0.9, 0],
        [2999, 0.9, 0],
      ],
      [],
    ],
    [
      'for long',
      [
        [0, 0.9, 0],
        [1000, 0.9, 0],
        [3000, 0.9, 0],
        [4000, 0.9, 0],
      ],
      ['tracepoint:syscalls:*'],
    ],
    [
      'with a pause',
      [
        [0, 0.9, 0],
        [1000, 0.2, 0],
        [2000, 0.9, 0],
        [4000, 0.9, 0],
      ],
      [],
    ],
    [
      'exactly the limit',
      [
        [0, 0.25, 0],
        [3000, 0.25, 0],
      ],
      [],
    ],
    [
      'both',
      [
        [0, 0.3, 0.3],
        [3000, 0.3, 0.3],
      ],
      ['tracepoint:syscalls:*', 'tracepoint:one'],
    ],
  ];
  for (const [why, measured, guilty] of cases) {
    const watchdog = new Watchdog(0.25);
    const found = measured.flatMap(([at, ...cpu]) =>
      watchdog.judge(costs(...cpu), at).map(({ probe }) => probe),
    );
    assert.deepEqual(found, guilty, why);
  }
});

test('shares are shown by two digits', () => {
  assert.deepEqual([0.384, 0.25, 1.5, 0.000123].map(percent), ['38', '25', '150', '0.012']);
});
