/** Every row of the language's tables says what completion, hover and the documentation need. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BUILTINS } from '../../kernel/language/tables/builtins.ts';
import { CONFIG } from '../../kernel/language/tables/config.ts';
import { FUNCTIONS, LATER_FUNCTIONS } from '../../kernel/language/tables/functions.ts';
import { MAP_FUNCTIONS } from '../../kernel/language/tables/mapFunctions.ts';
import { BUILTIN_NAMES } from '../../kernel/language/tables/names.ts';
import { PROBES } from '../../kernel/language/tables/probes.ts';
import { SYNTAX } from '../../kernel/language/tables/syntax.ts';

const TABLES = { SYNTAX, PROBES, BUILTINS, FUNCTIONS, MAP_FUNCTIONS, CONFIG };
/** Marks that stand for a form, and are not written as such. */
const FORMS = ['arg0', '?:', '{ }', '( , )', '[ ]'];

for (const [name, rows] of Object.entries(TABLES)) {
  test(`rows of ${name}`, () => {
    assert.equal(new Set(rows.map(row => row.name)).size, rows.length, 'names are unique');
    for (const row of rows) {
      assert.ok(row.signature.includes(row.name) || FORMS.includes(row.name), row.name);
      assert.match(row.docs, /^[A-Z@].*[.)]$/s, row.name);
      assert.match(row.since, /^\d+$/, row.name);
      assert.match(row.example, /\{.*\}/s, row.name);
    }
  });
}

test('what is built is not listed as missing', () => {
  for (const { name } of FUNCTIONS) assert.ok(!LATER_FUNCTIONS.has(name), name);
});

test('the parser knows every builtin', () => {
  for (const { name } of BUILTINS) assert.ok(BUILTIN_NAMES.has(name) || name === 'arg0', name);
});
