/** What is known of numbers in bpftrace: times stay times, their difference is a duration, all else is a number. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MapLayout } from '../../kernel/layout.ts';
import { RowReader } from '../../kernel/views/columns.ts';
import { mapPanel } from '../../kernel/views/map-panel.ts';
import { shownMap } from '../../kernel/views/snapshot.ts';
import { compile } from './language-fixtures.ts';

function layoutOf(source: string) {
  const { cell, diagnostics } = compile(source);
  assert.ok(cell, JSON.stringify(diagnostics));
  return cell.layout;
}

/** An expression → the column that printf has for it. */
const EXPRESSIONS: [expression: string, kind: string][] = [
  ['nsecs', 'time'],
  ['nsecs()', 'time'],
  ['nsecs(boot)', 'time'],
  ['nsecs(monotonic)', 'integer'],
  ['nsecs(tai)', 'integer'],
  ['elapsed', 'duration'],
  ['@start[tid]', 'time'],
  ['$at', 'time'],
  ['nsecs - @start[tid]', 'duration'],
  ['nsecs - $at', 'duration'],
  ['(nsecs - $at) / 1000', 'microseconds'],
  ['(nsecs - $at) / 1000000', 'milliseconds'],
  ['(nsecs - $at) / 1000 / 1000000', 'seconds'],
  ['(uint64)(nsecs - $at) / 1000', 'microseconds'],
  ['(uint32)(nsecs - $at)', 'integer'],
  ['(nsecs - $at) / 1024', 'integer'],
  ['(nsecs - $at) * 2', 'integer'],
  ['(nsecs - $at) % 1000', 'integer'],
  ['nsecs - $at + elapsed', 'duration'],
  ['elapsed + 5', 'duration'],
  ['nsecs - elapsed', 'time'],
  ['nsecs - 5', 'integer'],
  ['nsecs + nsecs', 'integer'],
  ['nsecs / 1000', 'integer'],
  ['nsecs - @mixed', 'integer'],
  ['@mixed', 'integer'],
  ['nsecs > 5 ? nsecs : 0', 'integer'],
];
for (const [expression, kind] of EXPRESSIONS)
  test(`${expression} is ${kind}`, () => {
    const layout = layoutOf(
      `begin { @start[tid] = nsecs; @mixed = nsecs; @mixed = 0; $at = nsecs; printf("%d\\n", ${expression}); print(@mixed); print($at); }`,
    );
    const printf = layout.records.find(({ action }) => action.do === 'printf')!;
    assert.deepEqual(
      new RowReader(printf).columns.map(column => column.kind),
      [kind],
    );
  });

/** How a map of what was computed is shown: the last column of its table, or the unit of its chart. */
const MAPS: [value: string, shown: string | undefined][] = [
  ['nsecs', 'time'],
  ['nsecs - $at', 'duration'],
  ['hist(nsecs - $at)', 'ns'],
  ['hist((nsecs - $at) / 1000)', 'us'],
  ['lhist((nsecs - $at) / 1000000, 0, 100, 1)', 'ms'],
  ['hist(nsecs)', undefined],
  ['hist(5)', undefined],
  ['tseries(nsecs - $at, 1s, 5)', 'ns'],
  ['avg(nsecs - $at)', 'duration'],
  ['max(nsecs - $at)', 'duration'],
  ['min(nsecs)', 'time'],
  ['avg(nsecs)', 'integer'],
  ['stats(nsecs - $at)', 'duration'],
];
const shownAs = (map: MapLayout): string | undefined => {
  const panel = mapPanel(shownMap(map), new Uint8Array(16), 10);
  if (panel.kind === 'histogram' || panel.kind === 'series') return panel.unit;
  return panel.kind === 'table' ? panel.columns.at(-1)!.kind : panel.kind;
};
for (const key of ['', '[comm]'])
  for (const [value, shown] of MAPS)
    test(`@${key} = ${value} is ${shown}`, () => {
      const { maps } = layoutOf(`begin { $at = nsecs; @${key} = ${value}; }`);
      assert.equal(shownAs(maps.find(({ name }) => name === '@')!), shown);
    });

test('what is only sometimes a duration is none', () => {
  const { maps } = layoutOf('begin { $at = nsecs; @ = hist(nsecs - $at); @ = hist(pid); }');
  assert.equal(shownAs(maps.find(({ name }) => name === '@')!), undefined);
});

test('sums of durations have bars of them', () => {
  const { maps } = layoutOf('begin { $at = nsecs; @[comm] = sum(nsecs - $at); }');
  const panel = mapPanel(shownMap(maps.find(({ name }) => name === '@')!), new Uint8Array(16), 10);
  assert.ok(panel.kind === 'bars');
  assert.equal(panel.unit, 'ns');
});
