/** Records that do more than print their fields: join, messages, and the effects of cat and system. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Effects, RunViews, TextStream } from '../../kernel/views/index.ts';
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

const asked: unknown[] = [];
const effects: Effects = {
  cat: (path, limit) => {
    asked.push([path, limit]);
    return path.endsWith('none') ? { failed: true, text: 'ERROR: no\n' } : { text: '0.5 1\n' };
  },
  system: command => {
    asked.push(command);
    return { text: 'seven\x1b[2J\n' };
  },
};

test('effects are done once, in stream order, and their words are handed on', () => {
  asked.length = 0;
  const views = new RunViews(layout, {
    ...streams(layout),
    rows: 100,
    language: 'bpftrace',
    file: 'x',
    effects,
  });
  const { performed } = views.ingest(batch);
  views.finish();
  assert.deepEqual(asked, [['/proc/loadavg', 5], 'echo 7', ['/proc/none', 5]]);
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
  assert.equal(stream.write(batch, performed), 'before\n0.5 1\nseven\\x1b[2J\nls,-l\n');
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

test('without effects nothing is done', () => {
  asked.length = 0;
  const views = new RunViews(layout, { ...streams(layout), rows: 100, language: 'bpftrace' });
  assert.deepEqual(views.ingest(batch).performed, []);
  assert.deepEqual(asked, []);
});
