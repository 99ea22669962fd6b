/** Records that do more than print their fields: join, messages, and the effects of cat and system. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EffectFinder, RunViews, TextStream } from '../../kernel/views/index.ts';
import { cell, packed, record, site, streams, u32 } from './views-fixtures.ts';

const span = { start: { line: 0, column: 8 }, end: { line: 0, column: 61 } };
const before = site(1, { do: 'printf', format: 'before\n' });
const cat = site(2, { do: 'cat', format: '/proc/%s', limit: 5 }, [['file', packed]]);
const system = site(3, { do: 'system', format: 'echo %d' }, [['n', u32]]);
const join = site(4, { do: 'join', separator: ',' }, [
  ['a', packed],
  ['b', packed],
  ['c', packed],
]);
const error = { ...site(5, { do: 'message', level: 'error', format: 'bad %d\n' }, [['n', u32]]), span };
const warning = { ...site(6, { do: 'message', level: 'warning', format: 'odd' }), span };
const layout = cell([before, cat, system, join, error, warning]);

const batch = Buffer.concat([
  record(before, []),
  record(cat, ['loadavg']),
  record(system, [7]),
  record(join, ['ls', '', '-l']),
  record(error, [3]),
  record(warning, []),
  record(cat, ['none']),
]);

const performed = [{ text: '0.5 1\n' }, { text: 'seven\x1b[2J\n' }, { failed: true, text: 'ERROR: no\n' }];

test('records ask for effects in stream order', () => {
  const finder = new EffectFinder(layout, streams(layout).rings);
  assert.equal(finder.idle, false);
  assert.deepEqual(finder.requests(batch), [
    { do: 'cat', path: '/proc/loadavg', limit: 5 },
    { do: 'system', command: 'echo 7' },
    { do: 'cat', path: '/proc/none', limit: 5 },
  ]);
  assert.equal(new EffectFinder(cell([before]), streams(layout).rings).idle, true);
});

test('what effects gave stands where they were asked for', () => {
  const views = new RunViews(layout, { ...streams(layout), rows: 100, language: 'bpftrace', file: 'x' });
  views.ingest(batch, performed);
  views.finish();
  const text = views.panels().find(({ kind }) => kind === 'text');
  assert.deepEqual(text?.kind === 'text' && text.lines, [
    'before',
    '0.5 1',
    'seven\\x1b[2J',
    'ls,-l',
    'x:1:9-62: ERROR: bad 3',
    'x:1:9-62: WARNING: odd',
    'ERROR: no',
  ]);

  const told: string[] = [];
  const message = (text: string) => told.push(text);
  const stream = new TextStream(layout, { ...streams(layout), file: 'x', format: 'text', message });
  assert.equal(stream.write(batch, performed), 'before\n0.5 1\nseven\x1b[2J\nls,-l\n');
  assert.deepEqual(told, ['x:1:9-62: ERROR: bad 3\n', 'x:1:9-62: WARNING: odd\n', 'ERROR: no\n']);

  const json = new TextStream(layout, { ...streams(layout), file: 'x', format: 'json', message });
  assert.deepEqual(
    json
      .write(batch, performed)
      .trim()
      .split('\n')
      .map(line => JSON.parse(line)),
    [
      { type: 'printf', data: 'before\n' },
      { type: 'cat', data: '0.5 1\n' },
      { type: 'syscall', data: 'seven\x1b[2J\n' },
      { type: 'join', data: 'ls,-l' },
      { type: 'errorf', msg: 'bad 3\n', filename: 'x', line: 1, col: 9 },
      { type: 'warnf', msg: 'odd', filename: 'x', line: 1, col: 9 },
    ],
  );
});

test('what was not done leaves no text', () => {
  const views = new RunViews(layout, { ...streams(layout), rows: 100, language: 'bpftrace', file: 'x' });
  views.ingest(batch);
  views.finish();
  const text = views.panels().find(({ kind }) => kind === 'text');
  assert.equal(text?.kind === 'text' && text.lines.includes('0.5 1'), false);
});
