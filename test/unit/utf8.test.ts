import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byteCharacter, bytesOf, joined, textOf } from '../../kernel/utf8.ts';

const ROWS: [what: string, bytes: number[], text: string][] = [
  ['ASCII', [0x61, 0x00, 0x7f], 'a\0\x7f'],
  ['characters of two, three and four bytes', [0xc3, 0xbc, 0xe2, 0x86, 0x92, 0xf0, 0x9f, 0x98, 0x80], 'ü→😀'],
  ['a byte that begins none', [0x61, 0xff, 0x62], 'a\udcffb'],
  ['a character that is cut', [0xe2, 0x86], '\udce2\udc86'],
  ['a byte behind a character of four', [0xf0, 0x9f, 0x98, 0x80, 0x80], '😀\udc80'],
];
for (const [what, bytes, text] of ROWS)
  test(what, () => {
    assert.equal(textOf(Uint8Array.from(bytes)), text);
    assert.deepEqual([...bytesOf(text)], bytes);
    assert.equal(joined(bytes.map(byteCharacter).join('')), text);
  });
