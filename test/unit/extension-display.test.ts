import assert from 'node:assert/strict';
import { test } from 'node:test';
import { offered, shownForm, showsAlike } from '../../extension/run/display.ts';
import type { Panel, ViewName } from '../../kernel/protocol.ts';

const of = { title: '@', first: 0, total: 0 };
const records: Panel = { ...of, id: 'r', kind: 'table', columns: [], rows: [], of: 'records' };
const map: Panel = { ...records, id: 'm', of: 'map' };
const text: Panel = { ...of, id: 't', kind: 'text', lines: [], stream: 'stdout' };
const histogram: Panel = { id: 'h', kind: 'histogram', title: '@', scale: 'log2', series: [] };
const watched: Panel = { ...histogram, history: { times: [], heat: { buckets: [], counts: [] } } };
const bars: Panel = { id: 'b', kind: 'bars', title: '@', valueName: 'count', bars: [], more: 0 };
const printed = <P extends Panel>(panel: P): P => ({ ...panel, text: ['@: 1'] });

const FORMS: [
  what: string,
  panel: Panel,
  others: Panel[],
  chosen: ViewName | undefined,
  ViewName | undefined,
][] = [
  ['records, nothing chosen', records, [text], undefined, 'table'],
  ['records as text are the text beside them', records, [text], 'text', undefined],
  ['records without such text stay', records, [histogram], 'text', 'table'],
  ['records that bring their text', printed(records), [text], 'text', 'text'],
  ['a map whose text has come', printed(histogram), [], 'text', 'text'],
  ['a map whose text has not come', histogram, [], 'text', 'chart'],
  ['a map as a table', histogram, [], 'table', 'table'],
  ['a form that it has not', bars, [], 'heatmap', 'chart'],
];
for (const [what, panel, others, chosen, form] of FORMS)
  test(what, () => assert.equal(shownForm(panel, [panel, ...others], chosen), form));

const OFFERED: [what: string, panels: Panel[], ViewName[]][] = [
  ['nothing', [], []],
  ['text alone', [text], ['text']],
  ['records and their text', [records, text], ['table', 'text']],
  ['a watched histogram', [watched], ['table', 'chart', 'heatmap', 'text']],
];
for (const [what, panels, views] of OFFERED)
  test(`offered: ${what}`, () => assert.deepEqual(offered(panels), views));

const ALIKE: [what: string, panels: Panel[], one: ViewName | undefined, other: ViewName | undefined][] = [
  ['the automatic form, by its name', [histogram], undefined, 'chart'],
  ['of a mix, the form that some have and others have not', [records, histogram, text], undefined, 'chart'],
  ['maps as tables', [map], 'table', undefined],
];
for (const [what, panels, one, other] of ALIKE)
  test(`shown alike: ${what}`, () => assert.ok(showsAlike(panels, one, other)));

const DIFFERENT: [what: string, panels: Panel[], one: ViewName | undefined, other: ViewName | undefined][] = [
  ['another form', [histogram], undefined, 'table'],
  ['one of several', [records, histogram], undefined, 'table'],
  ['text is not folded any more', [records, text], undefined, 'text'],
];
for (const [what, panels, one, other] of DIFFERENT)
  test(`shown otherwise: ${what}`, () => assert.ok(!showsAlike(panels, one, other)));
