import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startingSnapshot } from '../../extension/run/snapshot.ts';
import { chosenView, newCell, runInCell, withChosenView } from '../../kernel/notebook/index.ts';
import type { Json, JsonObject } from '../../kernel/notebook/json.ts';

const cell = (metadata: Json): JsonObject => ({ cell_type: 'code', metadata });

const READ: [what: string, json: JsonObject | undefined, view: string | undefined][] = [
  ['a cell that is new', undefined, undefined],
  ['a cell without metadata', {}, undefined],
  ['nothing of ours', cell({ ebpfnb: {} }), undefined],
  ['a form', cell({ ebpfnb: { view: 'table' } }), 'table'],
  ['one that there is not', cell({ ebpfnb: { view: 'pie' } }), undefined],
  ['no text', cell({ ebpfnb: { view: 1 } }), undefined],
  ['others’ metadata', cell({ ebpfnb: 'x' }), undefined],
];
for (const [what, json, view] of READ) test(`chosen: ${what}`, () => assert.equal(chosenView(json), view));

test('a choice leaves the rest as it is, and goes without a trace', () => {
  const before = cell({ collapsed: true, ebpfnb: { other: 1 }, tags: ['a'] });
  const chosen = withChosenView(before, 'text');
  assert.deepEqual(chosen, cell({ collapsed: true, ebpfnb: { other: 1, view: 'text' }, tags: ['a'] }));
  assert.deepEqual(withChosenView(chosen, undefined), before);
  const fresh = newCell('code', 'bpftrace', '', 'a').json;
  const again = withChosenView(withChosenView(fresh, 'table'), undefined);
  assert.equal(JSON.stringify(again), JSON.stringify(fresh));
});

test('a saved run is shown in the form that its cell has now', () => {
  const run = { ...startingSnapshot('run', 'elsewhere', 0), view: 'flame' as const };
  const code = { id: 'here', language: 'bpftrace', source: '//| view: table\nbegin { }' };
  const viewIn = (json: JsonObject, source = code.source) => runInCell(run, { ...code, source, json }).view;
  assert.equal(viewIn(cell({})), 'table');
  assert.equal(viewIn(cell({ ebpfnb: { view: 'text' } })), 'text');
  assert.equal(viewIn(cell({}), 'begin { }'), undefined);
  assert.equal(runInCell(run, { ...code, json: {} }).cell, 'here');
});
