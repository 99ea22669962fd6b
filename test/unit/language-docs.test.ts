/** docs/language.md, docs/maps.md, docs/formats.md and docs/programs.md say what the tables say. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { formatReference } from '../../kernel/compile/docs.ts';
import { languageReference } from '../../kernel/language/docs.ts';
import { sectionReference } from '../../kernel/language/sectionDocs.ts';
import { mapReference } from '../../kernel/mapTypes.ts';

test('docs/language.md is up to date', () => {
  const path = new URL('../../docs/language.md', import.meta.url);
  assert.equal(readFileSync(path, 'utf8'), languageReference(), 'run: npm run docs');
});

test('docs/maps.md is up to date', () => {
  const path = new URL('../../docs/maps.md', import.meta.url);
  assert.equal(readFileSync(path, 'utf8'), mapReference(), 'run: npm run docs');
});

test('docs/formats.md is up to date', () => {
  const path = new URL('../../docs/formats.md', import.meta.url);
  assert.equal(readFileSync(path, 'utf8'), formatReference(), 'run: npm run docs');
});

test('docs/programs.md is up to date', () => {
  const path = new URL('../../docs/programs.md', import.meta.url);
  assert.equal(readFileSync(path, 'utf8'), sectionReference(), 'run: npm run docs');
});
