import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Row } from '../../extension/renderer/table/arrangement.ts';
import { TableChoices } from '../../extension/renderer/table/choices.ts';
import { ColumnWidths, longest, stretching } from '../../extension/renderer/table/columns.ts';
import { rowComparison, type Sort, sortsAfterClick } from '../../extension/renderer/table/compare.ts';
import { COPY_FORMATS, exactText } from '../../extension/renderer/table/copying.ts';
import { columnFilter, searchFilter } from '../../extension/renderer/table/filter.ts';
import { groupsOf, nameInGroup } from '../../extension/renderer/table/groups.ts';
import { keyAction } from '../../extension/renderer/table/keys.ts';
import { TableModel } from '../../extension/renderer/table/model.ts';
import { visibleRange } from '../../extension/renderer/table/rows.ts';
import { Selection } from '../../extension/renderer/table/selection.ts';
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

const numbers = (...rows: Value[]): Value[][] => rows.map(value => [value]);
const one = (kind: Column['kind']): Column[] => [{ name: 'x', kind }];
const shown = (model: TableModel) => model.shown().map(({ cells }) => cells[0]);

describe('sorting', () => {
  const sorted = (rows: Value[][], columns: Column[], sorts: Sort[]) =>
    rows.toSorted(rowComparison(sorts, columns)).map(row => row[0]);
  const up = { column: 0, descending: false };
  const down = { column: 0, descending: true };

  for (const [what, kind, values, expected] of [
    ['numbers by value', 'integer', [10, 9, -1], [-1, 9, 10]],
    [
      'integers that no double holds, exactly',
      'integer',
      ['18446744073709551615', 5, '-9223372036854775808', '18446744073709551614', '9007199254740993'],
      ['-9223372036854775808', 5, '9007199254740993', '18446744073709551614', '18446744073709551615'],
    ],
    ['what was not written last', 'integer', [null, 2, null, 1], [1, 2, null, null]],
    ['text by its characters, digits too', 'string', ['9', 'b', '10', 'a'], ['10', '9', 'a', 'b']],
    ['numbers before text', 'other', ['x', 2, { a: 1 }, 1], [1, 2, 'x', { a: 1 }]],
    ['what is false first', 'boolean', [true, false], [false, true]],
  ] as const)
    it(`puts ${what}`, () =>
      assert.deepEqual(sorted(numbers(...(values as unknown as Value[])), one(kind), [up]), expected));

  it('turns round all but what was not written', () =>
    assert.deepEqual(sorted(numbers(1, null, 2), one('integer'), [down]), [2, 1, null]));

  it('by a second key where the first is the same', () => {
    const rows: Value[][] = [
      ['b', 1],
      ['a', 1],
      ['c', 2],
    ];
    assert.deepEqual(sorted(rows, COLUMNS, [{ column: 1, descending: true }, up]), ['c', 'a', 'b']);
  });

  it('goes up, down and away with clicks; beside others with Shift', () => {
    const first = sortsAfterClick([], 0, false);
    assert.deepEqual(first, [up]);
    assert.deepEqual(sortsAfterClick(first, 0, false), [down]);
    assert.deepEqual(sortsAfterClick([down], 0, false), []);
    assert.deepEqual(sortsAfterClick(first, 1, true), [up, { column: 1, descending: false }]);
    assert.deepEqual(sortsAfterClick([up, { column: 1, descending: false }], 0, true), [
      down,
      { column: 1, descending: false },
    ]);
    assert.deepEqual(sortsAfterClick([up, { column: 1, descending: false }], 1, false), [
      { column: 1, descending: true },
    ]);
  });
});

describe('filters of a column', () => {
  /** ns since the epoch, of a local time. */
  const at = (h: number, m: number, s: number) => `${new Date(2026, 1, 3, h, m, s).getTime()}000000`;

  for (const [kind, text, passing, others] of [
    ['integer', '>1000', [1001, '18446744073709551615'], [1000, -5, null]],
    ['integer', '!=0', [1, -1], [0, null]],
    ['integer', '42', [42], [420, 4]],
    ['integer', '10..20', [10, 20], [9, 21]],
    ['time', '>=10:30 <10:31:02', [at(10, 30, 0), at(10, 31, 1)], [at(10, 29, 59), at(10, 31, 2), null]],
    ['time', '10:30..10:30', [at(10, 30, 0), at(10, 30, 59)], [at(10, 31, 0)]],
    ['time', '10:3', [at(10, 30, 0)], [at(11, 0, 0)]],
    ['integer', '10..', [10, 11], [9]],
    ['integer', '..5', [5, -1], [6]],
    ['integer', '>= 10, < 20', [10, 19], [9, 20]],
    ['integer', '18446744073709551615', ['18446744073709551615'], ['18446744073709551614']],
    ['duration', '>1.5ms', [1_500_001], [1_500_000]],
    ['microseconds', '<=1ms', [1000], [1001]],
    ['duration', 'ms', [2_000_000], [2000]],
    ['bytes', '4k..1m', [4096, 1_048_576], [4095]],
    ['kibibytes', '>=1m', [1024], [1023]],
    ['address', '0xffff', ['65535', 65535], [65534]],
    ['address', 'fff8', ['18446612132314218496'], [1]],
    ['string', 'SH', ['bash', 'sh'], ['node', null]],
    ['string', '/usr/lib', ['/usr/lib/x'], ['/usr/x']],
    ['string', '/^b.*h$/', ['bash'], ['Bash', 'ebash']],
    ['string', '/^b.*h$/i', ['BASH'], ['x']],
    ['string', 'a.c', ['a.c'], ['abc']],
    ['string', '=sh', ['sh'], ['bash']],
    ['string', '!=sh', ['bash'], ['sh']],
    ['string', '!sh', ['node'], ['bash']],
    ['string', '\\x1b', ['\x1b[31m'], ['x1b']],
    ['enum', 'TCP', ['TCP_CLOSE'], ['UDP']],
    ['boolean', 'true', [true], [false]],
    ['stack', '/read ← main/', ['vfs_read\nmain'], ['main']],
  ] as [Column['kind'], string, Value[], Value[]][])
    it(`${kind}: ${text}`, () => {
      const { test, problem } = columnFilter(text, { name: 'x', kind });
      assert.equal(problem, undefined);
      assert.deepEqual([...passing, ...others].filter(test!), passing);
    });

  for (const [kind, text, problem] of [
    ['string', '/(/', /unterminated|regular expression/i],
    ['integer', '..', /Not a condition/],
    ['integer', '>x', /Not a condition on numbers: >x/],
    ['integer', '1..x', /Not a condition/],
    ['integer', '>5ms', /Not a condition/],
  ] as const)
    it(`${kind}: ${text} is wrong`, () =>
      assert.match(columnFilter(text, { name: 'x', kind }).problem!, problem));

  it('are none without text', () => assert.deepEqual(columnFilter('  ', COLUMNS[0]!), {}));
});

it('a search looks into all columns, at what they show and at their digits', () => {
  const passes = (text: string) => searchFilter(text, COLUMNS).test!(['bash', 1_500_000]);
  assert.deepEqual(['ASH', '1.5ms', '1500000', '/^b/', 'zsh'].map(passes), [true, true, true, true, false]);
  assert.match(searchFilter('/[/', COLUMNS).problem!, /unterminated/i);
});

describe('the table model', () => {
  const byFirst = rowComparison([{ column: 0, descending: false }], one('integer'));
  const odd = ([value]: Value[]) => Number(value) % 2 === 1;
  const from = (first: number, ...values: number[]) => ({
    ...panel(numbers(...values), one('integer')),
    first,
    total: first + values.length,
  });

  it('holds its rows while paused and counts what comes', () => {
    const model = new TableModel();
    const rows: Value[][] = [['a', 1]];
    model.take(panel(rows));
    model.pause();
    rows.push(['b', 2]);
    model.take(panel(rows));
    assert.deepEqual([model.length, model.behind, model.paused], [1, 1, true]);
    model.resume();
    assert.deepEqual([model.length, model.behind, model.paused], [2, 0, false]);
  });

  it('while paused shows all that the kernel kept then', () => {
    const model = new TableModel();
    model.take(from(7, 7, 8));
    model.pause();
    assert.equal(model.takeAll(from(1, 1, 2, 3, 4, 5, 6, 7, 8, 9)), true);
    assert.deepEqual([model.length, model.total, model.first], [9, 10, 1]);
    assert.equal(model.takeAll(from(20, 1)), false, 'nothing of what was shown is left');
  });

  it('sorts and filters what comes in between what is there', () => {
    const model = new TableModel();
    model.take(from(0, 5, 2, 9));
    model.arrange(odd, byFirst);
    assert.deepEqual(shown(model), [5, 9]);
    model.take(from(0, 5, 2, 9, 7, 1));
    assert.deepEqual(shown(model), [1, 5, 7, 9]);
    assert.deepEqual([model.kept, model.length], [5, 4]);
    model.arrange(undefined, undefined);
    assert.deepEqual([shown(model), model.arranged], [[5, 2, 9, 7, 1], false]);
  });

  it('keeps what was sorted when records are left out on the way', () => {
    const model = new TableModel();
    model.take(from(0, 5, 3));
    model.arrange(undefined, byFirst);
    model.take(from(100, 4));
    assert.deepEqual(shown(model), [3, 4, 5]);
    model.takeAll(from(99, 8, 4));
    model.take(from(100, 4, 6));
    assert.deepEqual(shown(model), [4, 6, 8]);
    // What the kernel keeps may be ahead of what has come here.
    model.takeAll(from(99, 8, 4, 6, 9));
    model.take(from(101, 6));
    assert.deepEqual(shown(model), [4, 6, 8, 9]);
    model.take(from(103, 1));
    model.take(from(110, 2));
    assert.deepEqual(shown(model), [1, 2, 4, 6, 8, 9]);
    model.take(from(105, 1, 2, 3, 4, 5, 6, 7));
    assert.deepEqual(shown(model), [1, 2, 3, 4, 5, 6, 7]);
  });

  it('forgets the rows of a run that is run again, and goes on sorting', () => {
    const model = new TableModel();
    model.take(from(50, 5, 3));
    model.arrange(undefined, byFirst);
    model.clear();
    assert.deepEqual(shown(model), []);
    model.take(from(0, 2, 1));
    assert.deepEqual(shown(model), [1, 2]);
  });

  it('takes entries as a whole, and knows them by their keys', () => {
    const model = new TableModel();
    const entries = (...rows: Value[][]) => ({ ...panel(rows), of: 'map' as const });
    model.take(entries(['ls', 1], ['ps', 2]));
    const { id } = model.row(1)!;
    model.take(entries(['ps', 3], ['ls', 1]));
    assert.equal(model.positionOf(id), 0);
    model.arrange(undefined, rowComparison([{ column: 1, descending: false }], COLUMNS));
    model.take(entries(['ps', 4], ['ls', 1], ['sh', 2]));
    assert.deepEqual(shown(model), ['ls', 'sh', 'ps']);
    assert.equal(model.positionOf(id), 2);
  });

  it('holds on to the newest rows only', () => {
    const model = new TableModel();
    model.take(from(0, 1));
    model.arrange(undefined, byFirst);
    const many = Array.from({ length: 13_000 }, (_, i) => i);
    model.take(from(1, ...many));
    assert.deepEqual([model.kept, model.length, shown(model)[0]], [10_000, 10_000, 3000]);
  });
});

describe('a selection', () => {
  const rows: Row[] = [...'abcdef'].map((cell, id) => ({ id, cells: [cell] }));
  const selection = () =>
    new Selection({
      length: rows.length,
      row: at => rows[at],
      positionOf: id => rows.findIndex(row => row.id === id),
    });
  const chosen = (of: Selection) =>
    of
      .chosen()
      .map(({ cells }) => cells[0])
      .join('');
  const plain = { range: false, toggle: false };

  it('is one row, a range, or rows one by one', () => {
    const of = selection();
    of.choose(1, 0, plain);
    of.choose(3, 0, { range: true, toggle: false });
    assert.equal(chosen(of), 'bcd');
    of.choose(5, 0, { range: false, toggle: true });
    of.choose(2, 0, { range: false, toggle: true });
    assert.equal(chosen(of), 'bdf');
    of.choose(0, 0, { range: true, toggle: false });
    assert.equal(chosen(of), 'abc');
    of.choose(4, 0, plain);
    assert.equal(chosen(of), 'e');
    of.choose(4, 0, plain);
    assert.equal(chosen(of), '');
  });

  it('loses rows that are gone', () => {
    const of = selection();
    of.all();
    of.retain(id => Number(id) > 3);
    assert.equal(chosen(of), 'ef');
    const model = new TableModel();
    model.take({ ...panel([['a', 1]]), first: 7, total: 8 });
    assert.deepEqual([6, 7].map(model.holds), [false, true]);
    model.take({ ...panel([['a', 1]]), of: 'map' });
    assert.deepEqual(['["a"]', '["b"]'].map(model.holds), [true, false]);
  });

  it('grows and shrinks with Shift and an arrow', () => {
    const of = selection();
    of.move(2, 0, false);
    assert.equal(chosen(of), '');
    of.move(3, 0, true);
    of.move(4, 0, true);
    assert.equal(chosen(of), 'cde');
    of.move(1, 0, true);
    assert.equal(chosen(of), 'bc');
    of.all();
    assert.equal(chosen(of), 'abcdef');
  });
});

describe('keys in the rows', () => {
  const plain = { shiftKey: false, ctrlKey: false, metaKey: false, altKey: false };

  for (const [key, held, expected] of [
    ['ArrowDown', {}, { move: { rows: 1, columns: 0 }, range: false }],
    ['PageUp', { shiftKey: true }, { move: { rows: -11, columns: 0 }, range: true }],
    ['End', { ctrlKey: true }, { move: { rows: Infinity, columns: Infinity }, range: false }],
    [' ', {}, 'toggle'],
    ['a', { metaKey: true }, 'all'],
    ['a', {}, undefined],
    ['ArrowDown', { altKey: true }, undefined],
  ] as const)
    it(`${Object.keys(held).join()} ${key}`, () =>
      assert.deepEqual(keyAction({ ...plain, ...held, key }, 11), expected));
});

describe('copied rows', () => {
  const columns: Column[] = [
    { name: 'comm', kind: 'string' },
    { name: 'ns', kind: 'duration' },
    { name: 'address', kind: 'address' },
    { name: 'value', kind: 'other' },
  ];
  const rows: Value[][] = [
    ['a "b", c', 1_500_000, '18446744073709551615', { x: 1 }],
    ['=cmd|x', -5, null, '-7'],
    ['tab\there\x1b[0m', '9007199254740993', 16, '+a'],
  ];

  for (const [format, expected] of [
    [
      'CSV',
      'comm,ns,address,value\r\n"a ""b"", c",1500000,0xffffffffffffffff,"{""x"":1}"\r\n\'=cmd|x,-5,,-7\r\ntab\there\\x1b[0m,9007199254740993,0x10,\'+a\r\n',
    ],
    [
      'TSV',
      'comm\tns\taddress\tvalue\r\n"a ""b"", c"\t1500000\t0xffffffffffffffff\t"{""x"":1}"\r\n\'=cmd|x\t-5\t\t-7\r\n"tab\there\\x1b[0m"\t9007199254740993\t0x10\t\'+a\r\n',
    ],
  ] as const)
    it(`as ${format} are exact, quoted, and no formulas`, () =>
      assert.equal(COPY_FORMATS[format](columns, rows), expected));

  it('as JSON are what they were', () => {
    assert.deepEqual(
      JSON.parse(COPY_FORMATS.JSON(columns, rows)),
      rows.map(row => Object.fromEntries(row.map((value, i) => [columns[i]!.name, value]))),
    );
    assert.equal(COPY_FORMATS.JSON(columns, []), '[]\n');
  });

  it('a cell by itself is exact, and drives no terminal', () =>
    assert.deepEqual(
      [
        exactText(1_500_000, 'duration'),
        exactText(8, 'octal'),
        exactText('\x1b[0m', 'string'),
        exactText(null, 'integer'),
      ],
      ['1500000', '010', '\\x1b[0m', ''],
    ));
});

describe('what was set of a table', () => {
  it('goes when the columns are others, and only then', () => {
    const choices = new TableChoices();
    assert.equal(choices.take(COLUMNS), true);
    choices.hidden.add(0);
    assert.equal(choices.take([...COLUMNS]), false);
    assert.deepEqual(choices.visible, [1]);
    assert.equal(choices.take([{ name: 'comm', kind: 'integer' }]), true);
    assert.deepEqual(choices.visible, [0]);
  });

  it('filters by all that was typed, and says what is wrong', () => {
    const choices = new TableChoices();
    choices.take(COLUMNS);
    choices.search = 'l';
    choices.filters.set(1, '>1');
    const { test } = choices.filter();
    assert.deepEqual([test!(['ls', 2]), test!(['ls', 1]), test!(['x', 2])], [true, false, false]);
    choices.filters.set(1, '>');
    assert.match(choices.filter().problems.get(1)!, /Not a condition/);
  });
});

describe('the widths of columns', () => {
  it('grow with longer values and never shrink', () => {
    const widths = new ColumnWidths(COLUMNS);
    const rows: Value[][] = [['a-rather-long-name', 1]];
    widths.measure(panel(rows));
    const [wide] = widths.characters;
    assert.equal(wide, 'a-rather-long-name'.length);
    rows.push(['x', 2]);
    widths.measure(panel(rows));
    assert.equal(widths.characters[0], wide);
    widths.measure({ ...panel([['an-even-longer-name-still', 2]]), of: 'map' });
    assert.equal(widths.characters[0], 'an-even-longer-name-still'.length);
  });

  it('fit the longest cell on request', () =>
    assert.equal(longest([{ cells: ['x'.repeat(70)] }, { cells: ['y'] }], 0, COLUMNS[0]!), 70));
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
