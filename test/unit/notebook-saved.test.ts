/** Notebooks with outputs, as files: how large they become, and what changes in them when cells run again. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  emptyNotebook,
  newCell,
  parseNotebook,
  runOfOutput,
  runOutput,
  stringifyNotebook,
} from '../../kernel/notebook/index.ts';
import { type Json, type JsonObject, layOut } from '../../kernel/notebook/json.ts';
import type { Bucket, Panel, RunSnapshot, TablePanel } from '../../kernel/protocol.ts';

const MEGABYTE = 1_000_000;
const list = <T>(length: number, make: (i: number) => T): T[] => Array.from({ length }, (_, i) => make(i));
const head = { id: 'p', title: '@' };

/** The largest of each kind that the kernel makes. */
const LARGE: { [kind: string]: Panel } = {
  'a table of 10,000 rows': {
    ...head,
    kind: 'table',
    columns: list(8, i => ({ name: `column ${i}`, kind: 'integer' })),
    rows: list(10_000, i => list(8, j => i * 1_000_003 + j)),
    first: 5_000_000,
    total: 5_010_000,
    of: 'records',
  },
  'wide strings': {
    ...head,
    kind: 'table',
    columns: [
      { name: 'ascii', kind: 'string' },
      { name: 'wide', kind: 'string' },
    ],
    rows: list(10_000, i => [`${i}`.repeat(2000), '漢'.repeat(5000)]),
    first: 0,
    total: 10_000,
    of: 'records',
  },
  'a histogram of 50 keys with text and history': {
    ...head,
    kind: 'histogram',
    scale: 'log2',
    unit: 'ns',
    series: list(50, key => ({ key: `process ${key}`, buckets: list(40, bucket) })),
    text: list(50 * 42, i => `[${i}K, ${i + 1}K)   ${i} |${'@'.repeat(52)}|`),
    history: {
      times: list(121, i => 1_700_000_000_000 + 1000 * i),
      heat: {
        buckets: list(40, bucket),
        counts: list(120, i => list(40, j => i * j)),
      },
    },
  },
  'a flame graph of 2,000 stacks': {
    ...head,
    kind: 'flame',
    valueName: 'count',
    frames: list(3000, i => ({ name: `a_function_of_some_length_${i}`, of: 'kernel' })),
    stacks: list(2000, i => ({ frames: list(40, j => (i * 7 + j * 13) % 3000), value: 2000 - i, before: i })),
    more: 1234,
    text: list(80_000, i => `        a_function_of_some_length_${i}+17`),
  },
  'lines of many keys': {
    ...head,
    kind: 'bars',
    valueName: 'count',
    bars: list(100, i => ({ key: `process ${i}`, value: 1000 - i })),
    more: 9900,
    history: {
      times: list(121, i => 1_700_000_000_000 + 1000 * i),
      lines: list(50, i => ({ key: `process ${i}`, values: list(120, j => i * j) })),
    },
  },
  'a series': {
    ...head,
    kind: 'series',
    valueName: 'avg',
    times: list(600, i => 1_700_000_000_000 + 1000 * i),
    series: list(50, i => ({ key: `cpu ${i}`, values: list(600, j => (j % 7 ? i * j : null)) })),
    more: 0,
  },
  text: {
    ...head,
    kind: 'text',
    lines: list(10_000, i => `line ${i} ${'x'.repeat(300)}`),
    first: 0,
    total: 10_000,
    stream: 'stdout',
  },
};

function bucket(i: number): Bucket {
  return { lo: 2 ** i, hi: 2 ** (i + 1), count: i * 1000 };
}

const snapshot = (panels: Panel[]): RunSnapshot => ({
  run: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
  cell: 'c',
  phase: 'ended',
  startedAt: 1_700_000_000_000,
  elapsedMs: 1234,
  reason: 'stopped',
  totals: { events: 10, rate: 0, dropped: 2, missed: 0 },
  rates: list(60, i => i * 1000),
  probes: list(700, i => `tracepoint:syscalls:sys_enter_${i}`),
  diagnostics: [],
  panels,
});

const notebookOf = (outputs: JsonObject[]): string => {
  const notebook = emptyNotebook();
  notebook.cells = outputs.map((output, i) => ({
    ...newCell('code', 'bpftrace', 'tracepoint:a:b { print(1); }', `cell-${i}`),
    outputs: [output],
  }));
  return stringifyNotebook(notebook);
};

/** Of 50 cells with the same output. */
const fifty = (panels: Panel[]): string => {
  const output = runOutput(snapshot(panels));
  return notebookOf(list(50, () => output));
};

/** Of a notebook of one cell. */
const linesOf = (run: RunSnapshot): string[] => notebookOf([runOutput(run)]).split('\n');

const bytesOf = (text: string) => Buffer.byteLength(text);

describe('a notebook of 50 cells stays below 5 MB', () => {
  for (const [name, panel] of Object.entries(LARGE))
    test(name, () => {
      const file = fifty([panel]);
      assert.ok(bytesOf(file) < 5 * MEGABYTE, `${bytesOf(file)} bytes`);
      // It is worth something all the same.
      assert.ok(bytesOf(file) > 0.3 * MEGABYTE, `${bytesOf(file)} bytes`);
    });

  test('all of it in each cell', () => {
    const panels = Object.values(LARGE).map((panel, i) => ({ ...panel, id: `p${i}` }));
    const file = fifty(panels);
    assert.ok(bytesOf(file) < 5 * MEGABYTE, `${bytesOf(file)} bytes`);
    const saved = runOfOutput(parseNotebook(file).cells[0]!.outputs[0]!)!;
    assert.deepEqual(
      saved.panels.map(({ kind }) => kind),
      panels.map(({ kind }) => kind),
    );
    const [table] = saved.panels as [TablePanel];
    assert.deepEqual([table.total, table.first + table.rows.length], [5_010_000, 5_010_000]);
  });
});

describe('running it again', () => {
  const panels = [LARGE['a table of 10,000 rows']!, LARGE['lines of many keys']!];
  const before = linesOf(snapshot(panels));

  test('with the same results changes nothing', () => {
    const again = { ...snapshot(panels), run: 'ffffffff-7425-40de-944b-e07fc1f90ae7' };
    assert.deepEqual(linesOf(again), before);
  });

  test('at another time changes the times', () => {
    const again = { ...snapshot(panels), startedAt: 1_800_000_000_000, elapsedMs: 1299 };
    const after = linesOf(again);
    assert.equal(after.length, before.length);
    const changed = after.filter((line, i) => line !== before[i]);
    assert.equal(changed.length, 4, changed.join('\n'));
    for (const line of changed) assert.match(line, /"startedAt"|"elapsedMs"|1\.3s/);
  });

  test('with one more row changes the row and what counts it', () => {
    const [table] = panels as [TablePanel];
    const rows = table.rows.with(
      9_999,
      list(8, () => 7),
    );
    const after = linesOf(snapshot([{ ...table, rows }, panels[1]!]));
    const changed = after.filter((line, i) => line !== before[i]);
    // Our own form, HTML and text.
    assert.equal(changed.length, 3, changed.join('\n'));
  });
});

test('a file with outputs keeps its bytes', () => {
  const file = notebookOf([runOutput(snapshot([LARGE['a series']!]))]);
  assert.equal(stringifyNotebook(parseNotebook(file)), file);
});

describe('JSON as it stands in files', () => {
  const VALUES: Json[] = [
    null,
    [],
    {},
    [[], {}, [[]]],
    { a: 1, b: [1, 'two', null, true], c: { d: {} } },
    'line\nend\u2028"',
    [1.5, -0, 1e30],
    { '__proto__ ': 1, ü: '\ud800' },
  ];
  for (const value of VALUES)
    for (const indent of ['', ' ', '\t', '    '])
      test(`${JSON.stringify(value)} by ${JSON.stringify(indent)}`, () =>
        assert.equal(
          layOut(value, indent, () => false),
          JSON.stringify(value, null, indent),
        ));

  test('what is dense has a line for each row', () => {
    const rows = [
      [1, 2],
      ['a', 'b'.repeat(200)],
    ];
    const text = layOut({ sparse: rows, dense: rows }, ' ', key => key === 'dense');
    assert.deepEqual(JSON.parse(text), { sparse: rows, dense: rows });
    assert.equal(text.split('\n').length, 10 + 4 + 2);
    assert.match(text, /\n {2}\[1,2\],\n/);
  });
});
