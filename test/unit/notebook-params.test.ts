/** What setting a parameter makes of a cell's text. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paramsEdit, parseOptions } from '../../kernel/notebook/index.ts';

const ROWS: [source: string, values: Record<string, string>, edited: string][] = [
  ['int x;', { a: '1' }, '//| params: a=1\nint x;'],
  ['//| rows: 5\nint x;', { a: '1' }, '//| params: a=1\n//| rows: 5\nint x;'],
  ['//| rows: 5\n//| params: a=1 b=2\nint x;', { a: '3' }, '//| rows: 5\n//| params: a=3 b=2\nint x;'],
  ['//| params: a=1  \r\nint x;', { b: '0x10' }, '//| params: a=1 b=0x10  \r\nint x;'],
  ['//| params: a="two words"', { b: 'say "so"' }, '//| params: a="two words" b="say \\"so\\""'],
  ['//| params: a=1', { a: '' }, '//| params: a=""'],
  ['//| params: a=1\n//| params: b=2', { a: '3' }, '//| params: a=1\n//| params: b=2 a=3'],
  ['//| params: a=" unclosed', { a: '3' }, '//| params: a=3'],
];
for (const [source, values, edited] of ROWS)
  test(`${JSON.stringify(source)} with ${JSON.stringify(values)}`, () => {
    const { span, text } = paramsEdit('bpf-c', source, values);
    const lines = source.split('\n');
    assert.equal(span.start.line, span.end.line);
    const line = lines[span.start.line]!;
    lines[span.start.line] = line.slice(0, span.start.column) + text + line.slice(span.end.column);
    assert.equal(lines.join('\n'), edited);
    const { params } = parseOptions('bpf-c', lines.join('\n')).options;
    for (const [name, value] of Object.entries(values)) assert.equal(params[name], value);
  });
