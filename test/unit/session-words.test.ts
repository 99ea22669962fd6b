import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandWords, splitWords } from '../../kernel/session/words.ts';

const WORDS: [string, string[] | undefined][] = [
  ['ls -l /', ['ls', '-l', '/']],
  ["sh -c 'a; b | c'", ['sh', '-c', 'a; b | c']],
  ['echo "a \\"b\\" c" d\\ e', ['echo', 'a "b" c', 'd e']],
  ["echo ''", ['echo', '']],
  ['  ', []],
  ['a | b', undefined],
  ['echo $HOME', undefined],
  ['echo "$HOME"', undefined],
  ['ls *.c', undefined],
  ["echo 'open", undefined],
];
for (const [text, words] of WORDS) {
  test(`words of ${text}`, () => assert.deepEqual(splitWords(text), words));
}

test('what only a shell understands goes to a shell', () => {
  assert.deepEqual(commandWords('a | b'), ['/bin/sh', '-c', 'a | b']);
});
