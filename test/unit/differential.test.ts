import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { changeOf } from '../../scripts/differential/changes.mjs';
import { OWN_CASES, readCases } from '../conformance/case.ts';

test('what a case says is newer than the bpftrace it is compared with has its reason', () => {
  for (const file of readdirSync(OWN_CASES)) {
    for (const { name, newer } of readCases(join(OWN_CASES, file)))
      if (newer !== undefined) assert.equal(changeOf(newer).name, newer, `${file}: ${name}`);
  }
});
