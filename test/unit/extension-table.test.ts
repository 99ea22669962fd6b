import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { groupsOf, nameInGroup } from '../../extension/renderer/table/groups.ts';
import { stretching, TableModel, visibleRange } from '../../extension/renderer/table/model.ts';
import { shortNames } from '../../kernel/notebook/labels.ts';
import type { Column, TablePanel, Value } from '../../kernel/protocol.ts';

const COLUMNS: Column[] = [
  { name: 'comm', kind: 'string' },
  { name: 'ns', kind: 'duration' },
];

const panel = (rows: Value[][], columns = COLUMNS): TablePanel => ({
  id: 't',
  kind: 'table',
  title: '',
  columns,
  rows,
  first: 0,
  total: rows.length,
  of: 'records',
});

describe('the table model', () => {
  it('says when columns are others', () => {
    const model = new TableModel();
    assert.equal(model.take(panel([])), true);
    assert.equal(model.take(panel([['ls', 1]])), false);
    assert.equal(model.take(panel([], [{ name: 'comm', kind: 'integer' }])), true);
  });

  it('tells what may not fit, and stacks line by line', () => {
    const model = new TableModel();
    const columns: Column[] = [...COLUMNS, { name: 'kstack', kind: 'stack' }];
    model.take(panel([['a name of many characters', 1, 'vfs_read+16\nmain\u001b+4']], columns));
    assert.equal(model.text(0, 2), 'vfs_read+16 ← main\\x1b+4');
    assert.deepEqual(
      [0, 1, 2].map(column => model.title(0, column)),
      ['a name of many characters', '', 'vfs_read+16\nmain\\x1b+4'],
    );
  });

  it('shows values by their kind', () => {
    const model = new TableModel();
    model.take(panel([['ls', 1_500_000]]));
    assert.deepEqual([model.text(0, 0), model.text(0, 1), model.text(7, 0)], ['ls', '1.5ms', '']);
  });

  it('widens columns for longer values and never narrows them', () => {
    const model = new TableModel();
    model.take(panel([['a-rather-long-name', 1]]));
    const [wide] = model.widths;
    model.take(
      panel([
        ['a-rather-long-name', 1],
        ['x', 2],
      ]),
    );
    assert.equal(model.widths[0], wide);
    assert.ok(wide! >= 'a-rather-long-name'.length);
  });

  it('holds its rows while paused and counts what comes', () => {
    const model = new TableModel();
    const rows: Value[][] = [['a', 1]];
    model.take(panel(rows));
    model.pause();
    rows.push(['b', 2]);
    model.take(panel(rows));
    assert.deepEqual([model.rows.length, model.behind, model.paused], [1, 1, true]);
    model.resume();
    model.take(panel(rows));
    assert.deepEqual([model.rows.length, model.behind, model.paused], [2, 0, false]);
  });
});

describe('the rows in view', () => {
  for (const [scrollTop, rows, expected] of [
    [0, 0, { start: 0, end: 0 }],
    [0, 1000, { start: 0, end: 16 }],
    [2000, 1000, { start: 94, end: 116 }],
    [19_800, 1000, { start: 984, end: 1000 }],
  ] as const)
    it(`at ${scrollTop} px of ${rows} rows are ${expected.start} to ${expected.end}`, () =>
      assert.deepEqual(visibleRange(scrollTop, 200, 20, rows), expected));
});

describe('stretching', () => {
  const columns = (...kinds: Column['kind'][]) => kinds.map(kind => ({ name: kind, kind }));

  it('gives the rest of the line to a stack, to text at the end, or to nothing', () => {
    assert.equal(stretching(columns('stack', 'integer')), 0);
    assert.equal(stretching(columns('integer', 'string')), 1);
    assert.equal(stretching(columns('string', 'integer')), 2);
    assert.equal(stretching([]), 0);
  });
});

describe('columns that belong together', () => {
  const named = (...names: string[]) => names.map((name): Column => ({ name, kind: 'integer' }));

  it('stand side by side under one heading', () => {
    assert.deepEqual(groupsOf(named('pid', 'from.addr', 'from.port', 'to.addr', 'to.port', 'ns')), [
      { name: '', columns: 1 },
      { name: 'from', columns: 2 },
      { name: 'to', columns: 2 },
      { name: '', columns: 1 },
    ]);
    assert.deepEqual(groupsOf(named('a.b.c', 'a.b.d', 'a.e')), [
      { name: 'a.b', columns: 2 },
      { name: 'a', columns: 1 },
    ]);
  });

  it('are none where no name has a dot', () => assert.equal(groupsOf(named('pid', 'comm')), undefined));

  it('go by their last names there', () =>
    assert.deepEqual(['from.addr', 'pid', 'a.b.c'].map(nameInGroup), ['addr', 'pid', 'c']));
});

it('names in text are as short as they stay apart', () =>
  assert.deepEqual(
    shortNames(['pid', 'proc.comm', 'proc.pid', 'proc.parent.comm', 'proc.parent.pid', 'ns']),
    ['pid', 'proc.comm', 'proc.pid', 'parent.comm', 'parent.pid', 'ns'],
  ));
