import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import MarkdownIt from 'markdown-it';
import { coloured } from '../../kernel/export/colours.ts';
import { imagesOf } from '../../kernel/export/images.ts';
import { exportNotebook } from '../../kernel/export/index.ts';
import { closing, firstHeading, markdownHtml } from '../../kernel/export/markdownCell.ts';
import { emptyNotebook, type JsonObject, newCell, parseNotebook } from '../../kernel/notebook/index.ts';
import { hostileNotebook, hostileRun } from '../hostile.ts';
import { scratchFolder } from '../scratch.ts';
import { golden } from './views-fixtures.ts';

const none = () => undefined;

test('Markdown: no HTML, no scripts in links, no pictures from elsewhere', () => {
  const cases: [source: string, html: string][] = [
    ['<b>x</b>', '<p>&lt;b&gt;x&lt;/b&gt;</p>\n'],
    ['[x](javascript:alert(1))', '<p>[x](javascript:alert(1))</p>\n'],
    ['[x](data:text/html,y)', '<p>[x](data:text/html,y)</p>\n'],
    [
      '![a *b*](https://x.invalid/y.png)',
      '<p><a href="https://x.invalid/y.png" rel="noopener noreferrer">a b</a></p>\n',
    ],
    ['a\u202eb\u001b[1m', '<p>a\\u202eb\\x1b[1m</p>\n'],
    ['## What *is* it?', '<h2 id="what-is-it">What <em>is</em> it?</h2>\n'],
  ];
  for (const [source, html] of cases) assert.equal(markdownHtml(source, none), html);
  assert.match(markdownHtml('|a|\n|-:|\n|1|', none), /<td align="right">1<\/td>/);
  assert.match(
    markdownHtml('```bpftrace\nBEGIN { @ = 1 }\n```', none),
    /<span class="hljs-variable">@<\/span>/,
  );
});

test('the first heading is text', () => {
  assert.equal(firstHeading('text\n\n# A *b* `c`\n\n## d'), 'A b c');
  assert.equal(firstHeading('text'), undefined);
});

test('a Markdown cell ends where it ends', () => {
  const cases: [source: string, closing: string][] = [
    ['text', ''],
    ['```c\nint x;', '\n```'],
    ['~~~~\n~~~', '\n~~~~'],
    ['- item', ''],
    ['<!-- open', '\n-->'],
    ['<script>\n', '\n</script>'],
    ['<div>', ''],
  ];
  for (const [source, expected] of cases) assert.equal(closing(source), expected, source);
});

test('pictures: attachments, files in the folder, nothing else', () => {
  const folder = scratchFolder();
  const inside = join(folder, 'notebooks');
  mkdirSync(inside);
  for (const name of ['notebooks/a b.png', 'notebooks/secret.txt', 'out.png'])
    writeFileSync(join(folder, name), 'bytes');
  symlinkSync(join(folder, 'out.png'), join(inside, 'link.png'));
  const cell = newCell('markdown', 'markdown', '');
  cell.json = {
    ...cell.json,
    attachments: { 'p.png': { 'image/png': 'AAAA' }, 'q.html': { 'text/html': 'AAAA' } },
  };
  const images = imagesOf(cell, inside);
  const bytes = Buffer.from('bytes').toString('base64');
  const cases: [source: string, uri: string | undefined][] = [
    ['attachment:p.png', 'data:image/png;base64,AAAA'],
    ['attachment:q.html', undefined],
    ['attachment:none.png', undefined],
    ['a%20b.png', `data:image/png;base64,${bytes}`],
    ['./a b.png', `data:image/png;base64,${bytes}`],
    ['../out.png', undefined],
    ['link.png', undefined],
    ['secret.txt', undefined],
    ['https://x.invalid/y.png', undefined],
    ['%E0%A4%A', undefined],
  ];
  for (const [source, uri] of cases) assert.equal(images(source), uri, source);
  assert.equal(imagesOf(cell, undefined)('a%20b.png'), undefined);
});

test('bpftrace in colours', () => {
  const source = `//| duration: 1s
uprobe:/usr/bin/*:main, BEGIN /pid == $1/ { @x[comm] = count(); printf("%d <b>\\n", 0x1f); } // end`;
  golden('export-bpftrace.html', `${coloured(source, 'bpftrace')}\n`);
  assert.equal(coloured('<b>', 'unknown'), '&lt;b&gt;');
  assert.equal(coloured('<b>', 'constructor'), '&lt;b&gt;');
});

const picture = ['paragraph_open', '![output](da', 'paragraph_close'];

test('hostile texts as Markdown: each fence ends where it is meant to', () => {
  const markdown = exportNotebook(hostileNotebook(), 'md', { name: 'hostile' });
  const blocks = new MarkdownIt({ html: true }).parse(markdown, {});
  const cells = blocks.slice(blocks.findIndex(({ info }) => info === 'bpftrace'));
  assert.deepEqual(
    cells.map(({ type, info, content }) => info || (type === 'inline' ? content.slice(0, 12) : type)),
    // A program and its run, a program and what others said of it, a raw cell.
    [
      'bpftrace',
      'text',
      'c',
      ...['text', 'text'],
      ...picture,
      ...['text', 'markdown', 'text', 'text', 'text'],
      'text',
    ],
  );
  assert.ok(!/[\u0000-\u0008\u000b-\u001f\u202a-\u202e]/.test(markdown));
});

test('Jupyter: what the format does not know is left out, ids are valid and differ', () => {
  const notebook = parseNotebook(
    JSON.stringify({
      nbformat: 4,
      nbformat_minor: 2,
      extra: 1,
      metadata: { kernelspec: { name: 'x', display_name: 'X' } },
      cells: [
        {
          cell_type: 'code',
          source: ['a'],
          outputs: [],
          metadata: { vscode: { languageId: 'bpf-c' } },
          more: 1,
        },
        { cell_type: 'markdown', id: 'not an id', source: 'b', metadata: {}, attachments: {} },
        { cell_type: 'markdown', id: 'cell-1', source: 'c', metadata: {} },
        {
          cell_type: 'code',
          source: '\\ud800 \ud800',
          metadata: {},
          outputs: [
            { output_type: 'stream', name: 'stdout', text: 'x', more: 1 },
            { output_type: 'unknown', data: 1 },
          ],
        },
      ],
    }),
  );
  const text = exportNotebook(notebook, 'ipynb', { name: 'x' });
  const json = JSON.parse(text) as { cells: JsonObject[] } & JsonObject;
  assert.deepEqual(Object.keys(json), ['cells', 'metadata', 'nbformat', 'nbformat_minor']);
  assert.equal(json.nbformat_minor, 5);
  assert.equal(new Set(json.cells.map(({ id }) => id)).size, 4);
  assert.ok(json.cells.every(({ id }) => /^[\w-]{1,64}$/.test(String(id))));
  assert.ok(!('more' in json.cells[0]!));
  assert.deepEqual(json.cells[0]!.metadata, { vscode: { languageId: 'bpf-c' } });
  assert.deepEqual(json.cells[3]!.outputs, [{ name: 'stdout', output_type: 'stream', text: 'x' }]);
  assert.equal(json.cells[3]!.source, '\\ud800 \ufffd');
});

test('Jupyter: a run is several outputs, a chart one by itself', () => {
  const { cells } = JSON.parse(exportNotebook(hostileNotebook(), 'ipynb', { name: 'x' })) as {
    cells: JsonObject[];
  };
  const outputs = cells[1]!.outputs as { data: JsonObject }[];
  const forms = outputs.map(({ data }) =>
    Object.keys(data).map(mime => /vegalite|html|plain/.exec(mime)?.[0]),
  );
  assert.deepEqual(forms[0], ['html', 'plain']);
  assert.deepEqual(forms[1], ['html', 'plain']);
  assert.deepEqual(forms[2], ['vegalite', 'plain']);
  assert.equal(forms.length, 1 + hostileRun().panels.length);
  for (const { data } of outputs)
    assert.doesNotMatch(
      ((data['text/html'] as string[] | undefined) ?? []).join(''),
      /<(?!\/?(p|table|caption|thead|tbody|tr|th|td|em|pre)\b)/,
    );
});

test('what only calls itself a run is shown by its other forms', () => {
  const data = { 'application/vnd.ebpfnb.run+json': { run: 'x', panels: [{}] }, 'text/plain': 'as text' };
  const output = { output_type: 'display_data', metadata: {}, data };
  const notebook = { ...emptyNotebook(), cells: [{ ...newCell('code', 'bpftrace', ''), outputs: [output] }] };
  for (const format of ['html', 'md', 'ipynb'] as const)
    assert.match(exportNotebook(notebook, format, { name: 'x' }), /as text/);
});

test('an empty notebook', () => {
  assert.equal(exportNotebook(emptyNotebook(), 'md', { name: 'a*b' }), '# a\\*b\n');
  const page = exportNotebook(emptyNotebook(), 'html', { name: '<x>' });
  assert.match(page, /<title>&lt;x&gt;<\/title>/);
  assert.ok(!/<script/.test(page));
});
