import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chosenView, newCell, viewOfCell, withChosenView } from '../../kernel/notebook/index.ts';
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

test('what was chosen wins over the cell’s option', () => {
  const source = '//| view: table\nbegin { }';
  const code = { language: 'bpftrace', source };
  assert.equal(viewOfCell({ ...code, json: cell({}) }), 'table');
  assert.equal(viewOfCell({ ...code, json: cell({ ebpfnb: { view: 'text' } }) }), 'text');
});
