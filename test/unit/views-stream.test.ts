import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CellLayout, DataType } from '../../kernel/layout.ts';
import { forTerminal, TextStream } from '../../kernel/views/index.ts';
import {
  cell,
  chars,
  fieldsOf,
  golden,
  HOSTILE,
  i64,
  map,
  mapEntry,
  ns,
  packed,
  record,
  site,
  snapshot,
  streams,
  struct,
  u8,
  u32,
  u64,
} from './views-fixtures.ts';

const now = () => new Date(2026, 2, 4, 15, 6, 7);
const both = (layout: CellLayout) =>
  (['text', 'json'] as const).map(
    format => new TextStream(layout, { ...streams(layout), safe: forTerminal, format, now }),
  );

/** Everything bpftrace's core prints, one after the other. */
const opens = site(1, { do: 'printf', format: '%-6d %s\n' }, [
  ['pid', u32],
  ['file', packed],
]);
const hello = site(2, { do: 'printf', format: 'hello\n' });
const value = site(3, { do: 'print' }, [
  [
    'value',
    {
      ...struct([
        ['0', u32],
        ['1', chars(8)],
      ]),
      kind: 'tuple',
    },
  ],
]);
const time = site(4, { do: 'time', format: '%H:%M:%S\n' });
const printMap = site(5, { do: 'print-map', map: 'map_n' }, [
  ['top', i64],
  ['div', i64],
]);
const clear = site(6, { do: 'clear', map: 'map_n' });
const exit = site(7, { do: 'exit' }, [['code', i64]]);
const n = map('@n', u64, { aggregation: { fn: 'count' }, keys: [['comm', chars(16)]] });
const x = map(
  '@x',
  struct([
    ['value', i64],
    ['set', u64],
  ]),
);
const unset = map(
  '@unset',
  struct([
    ['value', i64],
    ['set', u64],
  ]),
);
const quiet = map(
  '@quiet',
  struct([
    ['value', i64],
    ['set', u64],
  ]),
  { printAtEnd: false },
);
const bpftrace = cell([opens, hello, value, time, printMap, clear, exit], [n, x, unset, quiet]);

const BATCH = Buffer.concat([
  record(hello, []),
  record(opens, [7, '/etc/passwd']),
  record(opens, [4_000_000, '']),
  record(value, [[5, 'five']]),
  record(time, []),
  record(printMap, [1, 0]),
  mapEntry(
    0,
    snapshot(n, [
      [['ls'], [1, 1]],
      [['cat'], [4, 1]],
    ]),
  ),
  record(clear, []),
  record(exit, [3]),
  mapEntry(0, snapshot(n, [])),
  mapEntry(1, snapshot(x, [[[], [[-1, 1]]]])),
  mapEntry(2, snapshot(unset, [[[], [[0, 0]]]])),
  mapEntry(3, snapshot(quiet, [[[], [[9, 1]]]])),
]);

test('bpftrace output in stream order', () => {
  const texts = both(bpftrace).map(stream => stream.write(BATCH) + stream.atEnd());
  golden('views/stream.txt', texts[0]!);
  golden('views/stream.ndjson', texts[1]!);
  for (const line of texts[1]!.trimEnd().split('\n')) JSON.parse(line);
});

test('batches may be cut between any two entries', () => {
  const whole = both(bpftrace).map(stream => stream.write(BATCH) + stream.atEnd());
  const cut = both(bpftrace).map(stream => {
    let out = '';
    for (let at = 0; at < BATCH.length; ) {
      const next = at + 8 + ((BATCH.readUInt32LE(at) + 7) & ~7);
      out += stream.write(BATCH.subarray(at, next));
      at = next;
    }
    return out + stream.atEnd();
  });
  assert.deepEqual(cut, whole);
});

test('bpftrace prints maps by name', () => {
  const names = ['@z', '@', '@b', '@a'].map(name =>
    map(
      name,
      struct([
        ['value', i64],
        ['set', u64],
      ]),
    ),
  );
  const [stream] = both(cell([], names));
  const ends = new Map(names.map(one => [one.symbol, snapshot(one, [[[], [[1, 1]]]])]));
  assert.equal(stream!.atEnd(ends), '\n\n@: 1\n@a: 1\n@b: 1\n@z: 1\n');
});

test('maps read at the end win over those of the stream', () => {
  const [stream] = both(bpftrace);
  stream!.write(BATCH);
  assert.equal(stream!.atEnd(new Map([['map_x', snapshot(x, [[[], [[2, 1]]]])]])), '\n\n@x: 2\n');
});

const fields = fieldsOf([
  ['pid', u32],
  ['exit_event', { kind: 'bool', size: 1 }],
  ['duration_ns', ns],
  ['comm', chars(16)],
  ['filename', chars(32)],
]);
const event = { id: 1, ring: 'rb', name: 'event', size: 72, fields, action: { do: 'row' } } as const;
const small = {
  id: 2,
  ring: 'rb',
  name: 'small',
  size: 8,
  fields: fieldsOf([
    ['a', u8],
    ['b', u32],
  ]),
  action: { do: 'row' },
} as const;
const start = map('exec_start', u64, { keys: [['pid', u32]] });
const c: CellLayout = { programs: [], maps: [start], records: [event, small], globals: [], taggedRings: [] };

test('BPF C: a table a record type, JSON rows with every field, types told apart by size', () => {
  const batch = Buffer.concat([
    untagged(record(event, [1, false, 0, 'bash', '/bin/ls']), () => 1),
    untagged(record(event, [12345, true, 1_234_567, 'a-very-long-com', '/usr/bin/a-path']), () => 12345),
    untagged(record(small, [7, 8]), () => 7),
    untagged(record(event, [2, true, 2n ** 60n, 'ls', '']), () => 2),
    mapEntry(
      0,
      snapshot(start, [
        [[2], [20]],
        [[1], [10]],
      ]),
    ),
  ]);
  const texts = both(c).map(stream => stream.write(batch) + stream.atEnd());
  golden('views/rows.txt', texts[0]!);
  golden('views/rows.ndjson', texts[1]!);
});

/** `record` writes the id first; an untagged record begins with its first field. */
function untagged(entry: Buffer, first: () => number): Buffer {
  if (entry.readUInt32LE(0) >= 72) entry.writeUInt32LE(first(), 8);
  else entry.writeUInt8(first(), 8);
  return entry;
}

const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\ud800-\udfff]/;

for (const [name, text] of Object.entries(HOSTILE))
  test(`hostile ${name} stays text`, () => {
    const [plain, json] = both(cell([opens], [n]));
    const batch = Buffer.concat([record(opens, [1, text])]);
    const end = new Map([['map_n', snapshot(n, [[[text], [1]]])]]);
    const shown = plain!.write(batch) + plain!.atEnd(end);
    assert.doesNotMatch(
      shown.replaceAll(/\p{Surrogate}/gu, '').replaceAll(/[\u{10000}-\u{10ffff}]/gu, ''),
      CONTROL,
    );
    const lines = (json!.write(batch) + json!.atEnd(end)).trimEnd().split('\n');
    assert.equal(lines.length, 2);
    const data = JSON.parse(lines[0]!).data;
    if (typeof text === 'string') assert.equal(data, `1      ${text}\n`);
    for (const line of lines) assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f]/);
  });

test('unknown ids, short records and cut batches print nothing', () => {
  const [stream] = both(bpftrace);
  const alien = record({ ...hello, id: 99 }, []);
  const short = Buffer.from(record(opens, [1, 'x']).subarray(0, 8 + 4));
  short.writeUInt32LE(4, 0);
  assert.equal(stream!.write(Buffer.concat([alien, short, Buffer.alloc(4)])), '');
  for (let end = 0; end < BATCH.length; end += 3)
    assert.doesNotThrow(() => both(bpftrace)[0]!.write(BATCH.subarray(0, end)));
});

const wrapped = struct([
  ['value', i64],
  ['set', u64],
]);
/** A scalar map of zeros, what emptied it before, and whether print(@) and the end show it. */
const EMPTY_SCALARS: [
  fn: 'count' | 'sum' | 'hist' | undefined,
  'clear' | 'zero' | 'nothing',
  boolean,
  boolean,
][] = [
  [undefined, 'nothing', true, false],
  [undefined, 'clear', true, false],
  [undefined, 'zero', true, true],
  ['count', 'nothing', true, false],
  ['count', 'clear', true, false],
  ['count', 'zero', true, true],
  // It may have counted nothing but zeros.
  ['sum', 'nothing', true, true],
  ['sum', 'clear', true, false],
  ['sum', 'zero', true, true],
  ['hist', 'nothing', false, false],
  ['hist', 'clear', false, false],
  ['hist', 'zero', true, true],
];
for (const [fn, emptied, printed, shown] of EMPTY_SCALARS)
  test(`an empty ${fn ?? 'scalar'}, ${emptied === 'nothing' ? 'never assigned' : `after ${emptied}()`}`, () => {
    const slots: DataType = { kind: 'array', size: 16, element: u64, length: 2 };
    const one = fn
      ? map('@e', fn === 'hist' ? slots : u64, { aggregation: fn === 'hist' ? { fn, k: 0 } : { fn } })
      : map('@e', wrapped);
    const print = site(1, { do: 'print-map', map: one.symbol });
    const actions = (['clear', 'zero'] as const).map((action, i) =>
      site(2 + i, { do: action, map: one.symbol }),
    );
    const empty = snapshot(one, [[[], [fn === undefined ? [0, 0] : fn === 'hist' ? [0, 0] : 0]]]);
    const act = actions.find(({ action }) => action.do === emptied);
    const batch = Buffer.concat([...(act ? [record(act, [])] : []), record(print, []), mapEntry(0, empty)]);
    for (const stream of both(cell([print, ...actions], [one]))) {
      assert.equal(stream.write(batch).includes('@e'), printed);
      assert.equal(stream.atEnd(new Map([[one.symbol, empty]])).includes('@e'), shown);
    }
  });

test('a map without entries is no line, nor JSON', () => {
  const print = site(1, { do: 'print-map', map: n.symbol });
  const batch = Buffer.concat([record(print, []), mapEntry(0, snapshot(n, []))]);
  for (const stream of both(cell([print], [n]))) assert.equal(stream.write(batch), '');
});
