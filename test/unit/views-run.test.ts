import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CellLayout } from '../../kernel/layout.ts';
import type { PanelDelta, TablePanel, TextPanel } from '../../kernel/protocol.ts';
import { RunViews } from '../../kernel/views/index.ts';
import { RecordRing } from '../../kernel/views/ring.ts';
import {
  cell,
  chars,
  entry,
  HOSTILE,
  i64,
  map,
  mapEntry,
  packed,
  record,
  site,
  snapshot,
  streams,
  struct,
  u32,
  u64,
} from './views-fixtures.ts';

const views = (layout: CellLayout, rows = 100) =>
  new RunViews(layout, {
    ...streams(layout),
    rows,
    language: 'bpftrace',
    now: () => new Date(2026, 2, 4, 15, 6, 7),
  });
const table = (run: RunViews, id = 'table:events:1') =>
  run.panels().find(panel => panel.id === id) as TablePanel;
const text = (run: RunViews) => run.panels().find(panel => panel.id === 'text') as TextPanel;

const opens = site(1, { do: 'printf', format: '%-6d %s\n' }, [
  ['pid', u32],
  ['str(args.filename)', packed],
]);
const header = site(2, { do: 'printf', format: 'PID    FILE\n' });
const exit = site(3, { do: 'exit' }, [['code', i64]]);

test('a printf with fields is a table named by its arguments, and text', () => {
  const run = views(cell([opens, header, exit]));
  assert.deepEqual(
    run.ingest(
      Buffer.concat([record(header, []), record(opens, [7, '/etc/passwd']), record(opens, [8, ''])]),
    ),
    {},
  );
  assert.deepEqual(table(run).columns, [
    { name: 'pid', kind: 'integer' },
    { name: 'str(args.filename)', kind: 'string' },
  ]);
  assert.deepEqual(table(run).rows, [
    [7, '/etc/passwd'],
    [8, ''],
  ]);
  assert.deepEqual(text(run), {
    id: 'text',
    kind: 'text',
    title: 'Output',
    stream: 'stdout',
    first: 0,
    total: 3,
    lines: ['PID    FILE', '7      /etc/passwd', '8      '],
  });
  assert.deepEqual(run.ingest(record(exit, [3])), { exit: { code: 3 } });
  assert.equal(run.events, 4);
});

test('a table shows integers as the format does: %d may be negative, %x is hex', () => {
  const answers = site(1, { do: 'printf', format: '%*d %u %x\n' }, [
    ['width', u32],
    ['retval', u64],
    ['size', u64],
    ['flags', u64],
  ]);
  const run = views(cell([answers]));
  run.ingest(record(answers, [4, 2n ** 64n - 21n, 7, 0x241]));
  assert.deepEqual(
    table(run).columns.map(({ kind }) => kind),
    ['integer', 'integer', 'integer', 'address'],
  );
  assert.deepEqual(table(run).rows, [[4, -21, 7, 0x241]]);
});

test('an empty table is there from the start, text and maps only with content', () => {
  const run = views(cell([opens], [map('@n', u64, { keys: [['k', u32]] })]));
  assert.deepEqual(
    run.panels().map(panel => panel.id),
    ['table:events:1'],
  );
});

test('lines that a table has, too, are sent to who looks at text', () => {
  const run = views(cell([opens]));
  const cursor = run.cursor();
  const lines = (look: { text?: boolean }) =>
    run.delta(cursor, look).flatMap(delta => {
      if (delta.id !== 'text') return [];
      const { lines, first, total } = (delta.change === 'replace' ? delta.panel : delta) as TextPanel;
      return [{ change: delta.change, lines, first, total }];
    });
  const come = (pid: number) => run.ingest(record(opens, [pid, '/']));
  come(1);
  assert.deepEqual(lines({ text: false }), [{ change: 'replace', lines: [], first: 1, total: 1 }]);
  come(2);
  assert.deepEqual(lines({ text: false }), [{ change: 'lines', lines: [], first: 2, total: 2 }]);
  assert.deepEqual(lines({ text: false }), []);
  const all = ['1      /', '2      /'];
  assert.deepEqual(lines({ text: true }), [{ change: 'replace', lines: all, first: 0, total: 2 }]);
  come(3);
  assert.deepEqual(lines({ text: true }), [{ change: 'lines', lines: ['3      /'], first: 2, total: 3 }]);
  assert.deepEqual(lines({ text: false }), []);
  come(4);
  assert.deepEqual(lines({ text: false }), [{ change: 'lines', lines: [], first: 4, total: 4 }]);
});

test('lines put together by several printfs are text only; the last one counts at the end', () => {
  const part = site(1, { do: 'printf', format: '%d ' }, [['n', u32]]);
  const end = site(2, { do: 'printf', format: '= %d\n' }, [['sum', u32]]);
  const run = views(cell([part, end]), 10);
  const cursor = run.cursor();
  run.ingest(Buffer.concat([record(part, [1]), record(part, [2]), record(end, [3]), record(part, [4])]));
  assert.deepEqual(
    run.panels().map(({ id }) => id),
    ['text'],
  );
  assert.deepEqual(text(run).lines, ['1 2 = 3']);
  assert.equal(run.delta(cursor).length, 1);
  run.ingest(Buffer.concat([record(part, [5]), record(end, [9]), record(part, [6])]));
  assert.deepEqual(run.delta(cursor), [
    { id: 'text', change: 'lines', lines: ['4 5 = 9'], first: 1, total: 2 },
  ]);
  run.finish();
  assert.deepEqual(run.delta(cursor), [{ id: 'text', change: 'lines', lines: ['6 '], first: 2, total: 3 }]);
  // Old parts go; a line whose beginning is lost is left out.
  const long = views(cell([part, end]), 5);
  for (let i = 0; i < 20; i++)
    long.ingest(Buffer.concat([record(part, [i]), record(part, [i]), record(end, [i])]));
  assert.deepEqual(text(long), {
    id: 'text',
    kind: 'text',
    title: 'Output',
    stream: 'stdout',
    lines: ['19 19 = 19'],
    first: 19,
    total: 20,
  });
});

test('print(@m), time and print(value) stand in the text in stream order', () => {
  const n = map('@n', u64, { aggregation: { fn: 'count' }, keys: [['comm', chars(8)]] });
  const ask = site(4, { do: 'print-map', map: 'map_n' }, [
    ['top', i64],
    ['div', i64],
  ]);
  const run = views(
    cell(
      [opens, ask, site(5, { do: 'time', format: '%H:%M:%S\n' }), site(6, { do: 'print' }, [['v', u32]])],
      [n],
    ),
  );
  const ten = snapshot(n, [
    [['a\nb'], [1]],
    [['c'], [2]],
  ]);
  run.ingest(Buffer.concat([record(opens, [1, 'x']), record(ask, [0, 0])]));
  run.ingest(
    Buffer.concat([
      mapEntry(0, ten),
      record(site(5, { do: 'time', format: '' }), []),
      record(site(6, { do: 'print' }, [['v', u32]]), [9]),
    ]),
  );
  assert.deepEqual(text(run).lines, ['1      x', '@n[a\\nb]: 1', '@n[c]: 2', '15:06:07', '9']);
  assert.deepEqual(
    run.panels().map(({ id, kind }) => [id, kind]),
    [
      ['table:events:1', 'table'],
      ['map:@n', 'bars'],
      ['text', 'text'],
    ],
  );
});

test('deltas: new rows only, at most 500, of a flood 100, the gap visible in first; maps when they change', () => {
  const n = map(
    '@x',
    struct([
      ['value', i64],
      ['set', u64],
    ]),
  );
  const run = views(cell([opens], [n]), 10_000);
  const cursor = new Map<string, number>();
  const kinds = (deltas: PanelDelta[]) => deltas.map(({ id, change }) => `${id} ${change}`);
  assert.deepEqual(kinds(run.delta(cursor)), ['table:events:1 replace']);
  assert.deepEqual(run.delta(cursor), []);
  run.ingest(record(opens, [1, 'a']));
  run.maps.set('map_x', snapshot(n, [[[], [[0, 0]]]]), 'look');
  assert.deepEqual(
    kinds(run.delta(cursor)),
    ['table:events:1 rows', 'text replace'],
    'a map never assigned is not shown',
  );
  run.maps.set('map_x', snapshot(n, [[[], [[5, 1]]]]), 'look');
  assert.deepEqual(kinds(run.delta(cursor)), ['map:@x replace']);
  run.maps.set('map_x', snapshot(n, [[[], [[5, 1]]]]), 'look');
  assert.deepEqual(run.delta(cursor), [], 'the same bytes are no change');
  run.ingest(Buffer.concat(Array.from({ length: 700 }, (_, i) => record(opens, [i, 'b']))));
  const [rows, lines] = run.delta(cursor);
  assert.ok(rows?.change === 'rows' && lines?.change === 'lines');
  assert.deepEqual([rows.first, rows.total, rows.rows.length, rows.rows.at(-1)], [201, 701, 500, [699, 'b']]);
  assert.deepEqual([lines.first, lines.total, lines.lines.length], [201, 701, 500]);
  run.ingest(Buffer.concat(Array.from({ length: 6000 }, (_, i) => record(opens, [i, 'b']))));
  const [flood, more] = run.delta(cursor);
  assert.ok(flood?.change === 'rows' && more?.change === 'lines');
  assert.deepEqual([flood.first, flood.total, flood.rows.length], [6601, 6701, 100]);
  assert.deepEqual([more.first, more.total, more.lines.length], [6601, 6701, 100]);
  assert.deepEqual(run.delta(run.cursor()), [], 'a cursor stands where the panels are');
});

test('records of several layouts, of any size, keep their order and their newest', () => {
  const wide = site(2, { do: 'printf', format: '%s\n' }, [['s', packed]]);
  const layout = cell([opens, wide]);
  const run = views(layout, 50);
  const expected: string[] = [];
  let seed = 1;
  const random = (most: number) => {
    seed = (seed * 48271) % 2147483647;
    return seed % most;
  };
  for (let i = 0; i < 400; i++) {
    const parts: Buffer[] = [];
    for (let j = random(9); j >= 0; j--) {
      const filler = 'x'.repeat(random(900));
      if (random(2)) {
        parts.push(record(wide, [filler]));
        expected.push(filler);
      } else {
        parts.push(record(opens, [i, filler]));
        expected.push(`${String(i).padEnd(6)} ${filler}`);
      }
    }
    run.ingest(Buffer.concat(parts));
    assert.deepEqual(text(run).lines, expected.slice(-50));
    assert.equal(text(run).total, expected.length);
  }
  const rows = expected
    .filter(line => /^\d/.test(line))
    .slice(-50)
    .map(line => [Number.parseInt(line, 10), line.slice(7)]);
  assert.deepEqual(table(run).rows, rows);
});

test('one huge run keeps the newest rows', () => {
  const run = views(cell([opens]), 10);
  run.ingest(Buffer.concat(Array.from({ length: 5000 }, (_, i) => record(opens, [i, 'y'.repeat(100)]))));
  assert.deepEqual(
    [table(run).first, table(run).total, table(run).rows.map(row => row[0])],
    [4990, 5000, [4990, 4991, 4992, 4993, 4994, 4995, 4996, 4997, 4998, 4999]],
  );
});

test('a ring may keep fewer rows than asked for, never wrong ones', () => {
  const ring = new RecordRing(100_000);
  const big = entry(0, 0, Buffer.alloc(1024 * 1024, 7));
  for (let i = 0; i < 100; i++) {
    big.writeUInt32LE(i, 8);
    ring.push(big, [0], 1, big.length);
  }
  assert.equal(ring.total, 100);
  assert.ok(ring.first > 30 && ring.first < 75, `first is ${ring.first}`);
  for (let i = ring.first; i < ring.total; i++) {
    const { bytes, start } = ring.locate(i);
    assert.equal(new DataView(bytes.buffer).getUint32(start, true), i);
  }
});

test('a million records: flat in memory, cheap', () => {
  const run = views(cell([opens]), 10_000);
  const batch = Buffer.concat(
    Array.from({ length: 2000 }, (_, i) => record(opens, [i, '/usr/lib/x86_64-linux-gnu/libc.so.6'])),
  );
  const ingest = (batches: number) => {
    for (let i = 0; i < batches; i++) run.ingest(batch);
  };
  ingest(50);
  const before = process.memoryUsage();
  const start = process.cpuUsage();
  ingest(500);
  const { user, system } = process.cpuUsage(start);
  const after = process.memoryUsage();
  const grown = after.arrayBuffers + after.heapUsed - before.arrayBuffers - before.heapUsed;
  assert.equal(run.events, 1_100_000);
  assert.ok(grown < 16 * 1024 * 1024, `grew by ${grown} bytes`);
  // About 0.1 µs each where this was written; the bound allows for a busy machine.
  assert.ok(user + system < 2_000_000, `took ${user + system} µs of CPU`);
  assert.equal(table(run).total, 1_100_000);
});

for (const [name, hostile] of Object.entries(HOSTILE))
  test(`hostile ${name}: one line of text, the string itself in the table`, () => {
    const run = views(cell([opens]));
    run.ingest(record(opens, [1, hostile]));
    if (typeof hostile === 'string') assert.equal(table(run).rows[0]![1], hostile);
    assert.equal(text(run).total, 1);
    assert.equal(text(run).lines.length, 1);
    assert.doesNotMatch(text(run).lines[0]!, /[\u0000-\u001f\u007f-\u009f]/);
  });
