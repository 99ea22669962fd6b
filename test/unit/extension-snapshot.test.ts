import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { count, elapsed, rate } from '../../extension/run/format.ts';
import { headline } from '../../extension/run/headline.ts';
import { applyDelta, startingSnapshot } from '../../extension/run/snapshot.ts';
import { problem } from '../../kernel/errors.ts';
import type { PanelDelta, RunSnapshot, TablePanel, Value } from '../../kernel/protocol.ts';

const table = (rows: Value[][], first = 0): TablePanel => ({
  id: 't',
  kind: 'table',
  title: 'opens',
  columns: [{ name: 'pid', kind: 'integer' }],
  rows,
  first,
  total: first + rows.length,
  of: 'records',
});

function snapshotWith(...panels: RunSnapshot['panels']): RunSnapshot {
  return { ...startingSnapshot('run', 'cell', 0), panels };
}

function apply(snapshot: RunSnapshot, deltas: PanelDelta[], kept?: number): void {
  const { panels: _, ...head } = snapshot;
  applyDelta(snapshot, { head: { ...head, phase: 'stream' }, panels: deltas }, kept);
}

const rowsOf = (snapshot: RunSnapshot) => {
  const { rows, first, total } = snapshot.panels[0] as TablePanel;
  return { rows: rows.map(([value]) => value), first, total };
};

describe('a snapshot kept current by deltas', () => {
  it('takes over the head', () => {
    const snapshot = snapshotWith();
    apply(snapshot, []);
    assert.equal(snapshot.phase, 'stream');
  });

  it('tells how far attaching is, until it is over', () => {
    const snapshot = snapshotWith();
    const { panels: _, ...head } = { ...snapshot, phase: 'attach' as const };
    applyDelta(snapshot, { head: { ...head, attaching: { done: 120, of: 1900 } }, panels: [] });
    assert.equal(headline(snapshot), 'attaching 120 of 1,900');
    applyDelta(snapshot, { head: { ...head, phase: 'stream' }, panels: [] });
    assert.equal(headline(snapshot), 'stream');
  });

  it('adds panels it has not seen', () => {
    const snapshot = snapshotWith();
    apply(snapshot, [{ id: 't', change: 'replace', panel: table([[1]]) }]);
    assert.deepEqual(rowsOf(snapshot), { rows: [1], first: 0, total: 1 });
  });

  it('appends rows that continue', () => {
    const snapshot = snapshotWith(table([[1], [2]]));
    apply(snapshot, [{ id: 't', change: 'rows', rows: [[3]], first: 2, total: 3 }]);
    assert.deepEqual(rowsOf(snapshot), { rows: [1, 2, 3], first: 0, total: 3 });
  });

  it('starts afresh behind a gap', () => {
    const snapshot = snapshotWith(table([[1], [2]]));
    apply(snapshot, [{ id: 't', change: 'rows', rows: [[9]], first: 8, total: 9 }]);
    assert.deepEqual(rowsOf(snapshot), { rows: [9], first: 8, total: 9 });
  });

  it('keeps the newest rows and their place', () => {
    const snapshot = snapshotWith(table([[0], [1], [2], [3]]));
    apply(snapshot, [{ id: 't', change: 'rows', rows: [[4], [5]], first: 4, total: 6 }], 4);
    assert.deepEqual(rowsOf(snapshot), { rows: [2, 3, 4, 5], first: 2, total: 6 });
  });

  it('appends lines of text', () => {
    const text = {
      id: 'x',
      kind: 'text',
      title: '',
      lines: ['a'],
      first: 0,
      total: 1,
      stream: 'stdout',
    } as const;
    const snapshot = snapshotWith({ ...text, lines: [...text.lines] });
    apply(snapshot, [{ id: 'x', change: 'lines', lines: ['b'], first: 1, total: 2 }]);
    assert.deepEqual(snapshot.panels[0], { ...text, lines: ['a', 'b'], total: 2 });
  });

  it('leaves alone a panel that the change does not fit', () => {
    const snapshot = snapshotWith(table([[1]]));
    apply(snapshot, [{ id: 't', change: 'lines', lines: ['b'], first: 1, total: 2 }]);
    assert.deepEqual(rowsOf(snapshot), { rows: [1], first: 0, total: 1 });
  });
});

describe('words and numbers of a run', () => {
  const refused = problem('verifier-refused', { program: 'p', reason: 'r' });
  for (const [what, expected] of [
    [{ phase: 'compile', diagnostics: [] }, 'compile'],
    [{ phase: 'ended', reason: 'workload', diagnostics: [] }, 'workload ended'],
    [{ phase: 'ended', reason: 'failed', diagnostics: [refused] }, 'failed in load'],
    [{ phase: 'ended', diagnostics: [] }, 'stopped'],
  ] as const)
    it(`says “${expected}”`, () =>
      assert.equal(headline({ ...what, diagnostics: [...what.diagnostics] }), expected));

  for (const [shown, expected] of [
    [count(1234567), '1,234,567'],
    [rate(12), '12/s'],
    [rate(45_678), '45.7k/s'],
    [rate(456_789), '457k/s'],
    [rate(2_345_678), '2.3M/s'],
    [elapsed(400), '0.4 s'],
    [elapsed(125_000), '2:05'],
    [elapsed(3_725_000), '1:02:05'],
  ] as const)
    it(`shows ${expected}`, () => assert.equal(shown, expected));
});
