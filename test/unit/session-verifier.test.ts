import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainVerifier } from '../../kernel/session/verifier.ts';

const LOG = `0: R1=ctx() R10=fp0
; int on_exec(void *ctx) @ <cell>:14
0: (b4) w1 = 0                        ; R1=0
; return *value; @ <cell>:19
7: (61) r0 = *(u32 *)(r0 +0)
R0 invalid mem access 'map_value_or_null'
processed 7 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0
`;

test('the verdict, its line, and a fix', () => {
  assert.deepEqual(explainVerifier(LOG, '<cell>'), {
    reason: "R0 invalid mem access 'map_value_or_null'",
    remedy: 'Check the pointer for NULL before you use it.',
    span: { start: { line: 18, column: 0 }, end: { line: 18, column: 14 } },
  });
});

test('lines of other files are not lines of the cell', () => {
  assert.equal(explainVerifier(LOG, 'cell.bt').span, undefined);
});

const VERDICTS: [string, RegExp][] = [
  ['R0 unbounded memory access, make sure to bounds check any such access', /Compare the index/],
  ['R1 !read_ok', /Give the variable a value/],
  ['Unreleased reference id=3 alloc_insn=12', /submit or a discard/],
  ['back-edge from insn 9 to 4', /constant upper bound/],
  ['cannot call GPL-restricted function from non-GPL compatible program', /LICENSE/],
  ['something nobody has seen before', /whole log/],
];
for (const [verdict, remedy] of VERDICTS) {
  test(verdict, () => {
    const explained = explainVerifier(
      `0: R1=ctx() R10=fp0\n${verdict}\nprocessed 3 insns (limit 1000000)\n`,
      '<cell>',
    );
    assert.equal(explained.reason, verdict);
    assert.match(explained.remedy, remedy);
  });
}

test('a log without a verdict', () => {
  assert.equal(explainVerifier('processed 0 insns\n', '<cell>').reason, 'it gave no reason');
});
