import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  emptyNotebook,
  NotebookError,
  newCell,
  parseNotebook,
  stringifyNotebook,
} from '../../kernel/notebook/index.ts';

const NOTEBOOKS = new URL('../../notebooks/', import.meta.url);

/** Parsed and written as VS Code would: nothing but the plain data survives. */
const roundTrip = (text: string) => {
  const { original: _, ...notebook } = parseNotebook(text);
  return stringifyNotebook(JSON.parse(JSON.stringify(notebook)));
};

for (const name of readdirSync(NOTEBOOKS).filter(name => name.endsWith('.ebpfnb')))
  test(`${name} keeps its bytes`, () => {
    const text = readFileSync(new URL(name, NOTEBOOKS), 'utf8');
    assert.equal(roundTrip(text), text);
  });

const cell = (more: object) => ({
  cell_type: 'code',
  execution_count: null,
  id: 'a',
  metadata: {},
  outputs: [],
  source: [],
  ...more,
});
const file = (cells: unknown[], more: object = {}) => ({
  cells,
  metadata: {},
  nbformat: 4,
  nbformat_minor: 5,
  ...more,
});
const json = (value: unknown, indent = 1) => `${JSON.stringify(value, null, indent)}\n`;

const FAITHFUL: [what: string, text: string][] = [
  [
    'unknown keys and their order',
    json(file([cell({ zebra: { b: 1, a: [null, true] } })], { xyz: 'kept', abc: 1 })),
  ],
  [
    'raw cells and attachments',
    json(
      file([
        {
          attachments: { 'a.png': { 'image/png': 'AAAA' } },
          cell_type: 'markdown',
          id: 'm',
          metadata: { collapsed: true },
          source: ['![](attachment:a.png)'],
        },
        { cell_type: 'raw', id: 'r', metadata: { format: 'text/latex' }, source: ['\\alpha'] },
      ]),
    ),
  ],
  [
    'outputs of any kind',
    json(
      file([
        cell({
          outputs: [
            { name: 'stdout', output_type: 'stream', text: ['a\n', 'b'] },
            { ename: 'E', evalue: 'v', output_type: 'error', traceback: ['\u001b[31mx'] },
            {
              data: { 'application/x.unknown': { a: 1 }, 'image/png': 'AAAA\n' },
              metadata: { w: 1 },
              output_type: 'display_data',
              transient: {},
            },
          ],
        }),
      ]),
    ),
  ],
  ['source as one string', json(file([cell({ source: 'a\nb' }), cell({ id: 'b', source: '' })]))],
  ['lines split where Python splits them', json(file([cell({ source: ['a\u2028', 'b\f', 'c\n', ''] })]))],
  ['carriage returns in a cell', json(file([cell({ source: ['a\r\n', 'b'] })]))],
  ['four spaces', json(file([cell({ source: ['x'] })]), 4)],
  ['tabs', `${JSON.stringify(file([cell({})]), null, '\t')}\n`],
  ['one line', JSON.stringify(file([cell({})]))],
  ['no final newline', json(file([cell({})])).trimEnd()],
  ['CRLF', json(file([cell({ source: ['a\n', 'b'] })])).replaceAll('\n', '\r\n')],
  ['byte order mark', `\ufeff${json(file([cell({})]))}`],
  [
    'an older minor without ids',
    json({
      ...file([{ cell_type: 'code', execution_count: null, metadata: {}, outputs: [], source: ['x'] }]),
      nbformat_minor: 4,
    }),
  ],
  ['no cells', json(file([]))],
  ['languages', json(file([cell({ metadata: { vscode: { languageId: 'bpf-c' } } }), cell({ id: 'b' })]))],
  [
    'a notebook in another language',
    json(file([cell({})], { metadata: { language_info: { name: 'python' } } })),
  ],
];
for (const [what, text] of FAITHFUL)
  test(`a round trip keeps ${what}`, () => {
    assert.equal(roundTrip(text), text);
    assert.equal(stringifyNotebook(parseNotebook(text)), text);
  });

const UNUSUAL: [what: string, text: string][] = [
  [
    'numbers as Python writes them',
    '{"cells": [], "metadata": {"t": 1.0, "big": 12345678901234567890}, "nbformat": 4, "nbformat_minor": 5}',
  ],
  ['escapes', '{"cells": [], "metadata": {"a": "\\u00e9\\/"}, "nbformat": 4, "nbformat_minor": 5}\n\n'],
  ['number-like keys', '{"nbformat": 4, "nbformat_minor": 5, "metadata": {"b": 1, "7": 2}, "cells": []}'],
  ['ids used twice, execution counts', json(file([cell({ execution_count: 3 }), cell({})]))],
];
for (const [what, text] of UNUSUAL)
  test(`an unchanged notebook keeps ${what}, given its original`, () => {
    assert.equal(stringifyNotebook(parseNotebook(text)), text);
    const changed = parseNotebook(text);
    changed.cells.push(newCell('code', 'bpftrace', 'x', 'new'));
    assert.deepEqual(
      JSON.parse(stringifyNotebook(changed)).cells.at(-1),
      cell({ id: 'new', source: ['x'], metadata: { vscode: { languageId: 'bpftrace' } } }),
    );
  });

const REFUSED: [what: string, text: string, message: RegExp, line?: number][] = [
  ['a cut file', '{\n "cells": [\n  {', /line 3: not valid JSON: “\{” is not closed/, 3],
  ['a missing comma', '{\n "cells": []\n "nbformat": 4}', /line 3: .*a comma is missing/, 3],
  ['a comma too many', '{\n "cells": [1,]}', /line 2: .*comes too early/, 2],
  ['a merge conflict', '{\n<<<<<<< HEAD\n "a": 1}', /line 2: .*merge conflict/, 2],
  ['an open string', '{\n "a": "x\n}', /line 2: .*string is not closed/, 2],
  ['text behind', '{}\n{}', /line 2: .*text after the end/, 2],
  ['a bad literal', '{"a": nul}', /line 1: .*unexpected “nul}”/, 1],
  ['a single quote', "{'a': 1}", /line 1/, 1],
  ['HTML', '<!DOCTYPE html>', /line 1: .*unexpected “<!DOCTYPE”/, 1],
  ['a list', '[]', /a notebook is a JSON object/, 1],
  ['null', 'null', /a notebook is a JSON object/, 1],
  ['another JSON file', '{"name": "x"}', /“nbformat” is missing/],
  ['an old format', '{\n "nbformat": 3, "worksheets": []}', /notebook format 3 cannot be read/, 2],
  ['a format that is text', '{"nbformat": "4", "cells": []}', /notebook format "4" cannot be read/, 1],
  ['no cells', '{"nbformat": 4}', /“cells” is not a list/],
  ['cells that are none', '{"nbformat": 4, "cells": [5]}', /cell 1 is not an object/],
  [
    'an unknown kind',
    '{"nbformat": 4, "cells": [{"cell_type": "sql"}]}',
    /cell 1 has the unknown cell_type "sql"/,
  ],
  [
    'a source of numbers',
    '{"nbformat": 4, "cells": [{"cell_type": "raw", "source": [1]}]}',
    /source of cell 1/,
  ],
  [
    'outputs that are text',
    '{"nbformat": 4, "cells": [{"cell_type": "code", "source": "", "outputs": "x"}]}',
    /outputs of cell 1/,
  ],
];
for (const [what, text, message, line] of REFUSED)
  test(`refused with a message: ${what}`, () => {
    assert.throws(
      () => parseNotebook(text),
      (error: unknown) => {
        assert.ok(error instanceof NotebookError);
        assert.match(error.message, message);
        assert.equal(error.line, line);
        return true;
      },
    );
  });

test('an empty file is a new notebook', () => {
  for (const text of ['', '\n', '\ufeff', ' \r\n'])
    assert.equal(stringifyNotebook(parseNotebook(text)), stringifyNotebook(emptyNotebook()));
  const written = JSON.parse(stringifyNotebook(emptyNotebook()));
  assert.deepEqual(Object.keys(written), ['cells', 'metadata', 'nbformat', 'nbformat_minor']);
  assert.equal(written.metadata.language_info.pygments_lexer, 'c');
});

test('changes: sources as lines, languages, kinds, ids, outputs', () => {
  const notebook = parseNotebook(
    json(file([cell({ source: ['old'], metadata: { z: 1 }, execution_count: 3 })])),
  );
  const [first] = notebook.cells;
  first!.source = 'a\nb\n';
  first!.language = 'bpf-c';
  first!.outputs = [{ name: 'stdout', output_type: 'stream', text: ['x'] }];
  const text = newCell('markdown', 'markdown', '# Title', 'm');
  const turned = {
    ...newCell('code', 'bpftrace', 'note', 't'),
    kind: 'markdown' as const,
    language: 'markdown',
  };
  notebook.cells.push(text, turned);
  assert.deepEqual(JSON.parse(stringifyNotebook(notebook)).cells, [
    cell({
      source: ['a\n', 'b\n'],
      metadata: { vscode: { languageId: 'bpf-c' }, z: 1 },
      outputs: [{ name: 'stdout', output_type: 'stream', text: ['x'] }],
    }),
    { cell_type: 'markdown', id: 'm', metadata: {}, source: ['# Title'] },
    { cell_type: 'markdown', id: 't', metadata: { vscode: { languageId: 'bpftrace' } }, source: ['note'] },
  ]);
  const keys = stringifyNotebook(notebook)
    .match(/^ {2,3}"(\w+)"/gm)
    ?.map(key => key.trim());
  assert.deepEqual(keys?.slice(0, 6), [
    '"cell_type"',
    '"execution_count"',
    '"id"',
    '"metadata"',
    '"outputs"',
    '"source"',
  ]);
});

test('fresh ids fit nbformat and differ', () => {
  const ids = new Set(Array.from({ length: 1000 }, () => newCell('code', 'bpftrace', '').id));
  assert.ok(ids.size > 990);
  for (const id of ids) assert.match(id, /^[a-zA-Z0-9-_]{1,64}$/);
});

test('cells are told apart even when a file repeats an id or has none', () => {
  const ids = parseNotebook(
    json(file([cell({}), cell({}), { cell_type: 'raw', source: '' }, cell({ id: 'cell-2' })])),
  ).cells.map(({ id }) => id);
  assert.equal(new Set(ids).size, 4);
  assert.equal(ids[0], 'a');
});
