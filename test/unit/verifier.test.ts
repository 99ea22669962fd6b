/** Saved logs of the verifier, of several kernels, and what is made of them. UPDATE_GOLDEN=1 renews the explanations. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { diagnoseVerifier, diagnosisText, PATTERNS, parseVerifierLog } from '../../kernel/verifier/index.ts';
import { CASES, faultOf, LOGS, sourceOf } from '../verifier-cases.ts';

const kernels = readdirSync(LOGS, { withFileTypes: true })
  .filter(entry => entry.isDirectory())
  .map(({ name }) => name);

for (const kernel of kernels) {
  describe(`Linux ${kernel}`, () => {
    for (const one of CASES) {
      const log = new URL(`./${kernel}/${one.program}.log`, LOGS);
      if (!existsSync(log)) continue;
      test(one.program, () => {
        const text = sourceOf(one);
        const found = diagnoseVerifier(parseVerifierLog(readFileSync(log, 'utf8')), { file: '<cell>', text });
        golden(`${kernel}/${one.program}.txt`, diagnosisText(found));
        assert.equal(found.pattern, one.pattern, found.verdict);
        const fault = faultOf(text);
        if (fault >= 0 && found.place?.line !== undefined) assert.equal(found.place.line, fault);
      });
    }
  });
}

test('there is a log of each pattern that each kernel refuses', () => {
  const seen = new Set(
    CASES.filter(
      ({ program, only }) =>
        only || kernels.some(kernel => existsSync(new URL(`./${kernel}/${program}.log`, LOGS))),
    ).map(({ pattern }) => pattern),
  );
  assert.deepEqual(
    PATTERNS.map(({ name }) => name).filter(name => !seen.has(name)),
    [],
  );
});

function golden(name: string, text: string): void {
  const path = new URL(`./${name}`, LOGS);
  if (process.env['UPDATE_GOLDEN']) writeFileSync(path, text);
  assert.equal(text, readFileSync(path, 'utf8'), `golden file ${name} (UPDATE_GOLDEN=1 renews it)`);
}
