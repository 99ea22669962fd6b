/** The tables of errors are merged into one: a code that stands in two would hide one of its rows. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';

const FOLDER = new URL('../../kernel/errors/', import.meta.url);

test('each code is a row of one table', async () => {
  const tables = await Promise.all(readdirSync(FOLDER).map(name => import(new URL(name, FOLDER).href)));
  const codes = tables.flatMap(table =>
    Object.entries(table).flatMap(([name, rows]) =>
      name.endsWith('_ERRORS') ? Object.keys(rows as object) : [],
    ),
  );
  assert.ok(codes.length > 100);
  assert.deepEqual(
    codes.filter((code, index) => codes.indexOf(code) !== index),
    [],
  );
});
