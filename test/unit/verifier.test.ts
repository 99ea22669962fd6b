/** Saved logs of the verifier, of several kernels, and what is made of them. UPDATE_GOLDEN=1 renews the explanations. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import {
  diagnoseVerifier,
  diagnosisText,
  PATTERNS,
  type Place,
  parseVerifierLog,
} from '../../kernel/verifier/index.ts';
import { CHANGES } from '../fuzz/characters.ts';
import { Random } from '../fuzz/random.ts';
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
        const placeOf = placesIn(new URL(`./${kernel}/${one.program}.lines`, LOGS));
        const about = { file: '<cell>', text, ...(placeOf ? { placeOf } : {}) };
        const found = diagnoseVerifier(parseVerifierLog(readFileSync(log, 'utf8')), about);
        golden(`${kernel}/${one.program}.txt`, diagnosisText(found));
        assert.equal(found.pattern, one.pattern, found.verdict);
        const fault = faultOf(text);
        if (fault >= 0) assert.equal(found.place?.line, fault);
      });
    }
  });
}

for (const verdict of [
  'invalid indirect read from stack R2 off -16+1 size 16',
  'invalid indirect read from stack R2 var_off (0x0; 0x8)+1 size 16',
  'invalid read from stack off -8+0 size 8',
])
  test(`uninitialised-stack, which Linux refused before 6.3: ${verdict}`, () => {
    const source = 'u8 key[16];\nreturn read(key);';
    const log = `; return read(key); @ <cell>:2\n3: (85) call bpf_map_lookup_elem#1\n${verdict}\n`;
    const found = diagnoseVerifier(parseVerifierLog(log), { file: '<cell>', text: source });
    assert.equal(found.pattern, 'uninitialised-stack');
    assert.equal(found.place?.line, 1);
    assert.match(found.remedy, /__builtin_memset/);
  });

test('a damaged log is explained as far as it goes', () => {
  const logs = kernels.flatMap(kernel =>
    CASES.map(({ program }) => new URL(`./${kernel}/${program}.log`, LOGS))
      .filter(existsSync)
      .map(file => readFileSync(file, 'utf8').slice(0, 4000)),
  );
  for (let number = 0; number < 1000; number++) {
    const random = new Random(number);
    const text = random.of(CHANGES)(random.of(logs), random, logs);
    assert.ok(diagnosisText(diagnoseVerifier(parseVerifierLog(text))), `mutant ${number}`);
  }
});

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

/** The lines of a program, for logs that tell none: `12 file.c:7` is where instruction 12 comes from. */
function placesIn(file: URL): ((pc: number) => Place | undefined) | undefined {
  if (!existsSync(file)) return undefined;
  const rows = readFileSync(file, 'utf8').matchAll(/^(\d+) (.*):(\d+)$/gm);
  const places = new Map(
    [...rows].map(([, pc, file, line]) => [Number(pc), { file: file!, line: Number(line) - 1, text: '' }]),
  );
  return pc => places.get(pc);
}

function golden(name: string, text: string): void {
  const path = new URL(`./${name}`, LOGS);
  if (process.env['UPDATE_GOLDEN']) writeFileSync(path, text);
  assert.equal(text, readFileSync(path, 'utf8'), `golden file ${name} (UPDATE_GOLDEN=1 renews it)`);
}
