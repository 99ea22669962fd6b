/** docs/language.md says what the tables say. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { languageReference } from '../../kernel/language/docs.ts';

test('docs/language.md is up to date', () => {
  const path = new URL('../../docs/language.md', import.meta.url);
  assert.equal(readFileSync(path, 'utf8'), languageReference(), 'run: npm run docs');
});
