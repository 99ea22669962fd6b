import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainBan } from '../../kernel/session/bans.ts';
import { diagnose } from '../../kernel/session/remedies.ts';
import { explainRefusal } from '../../kernel/session/verifier.ts';
import { diagnoseVerifier, parseVerifierLog } from '../../kernel/verifier/index.ts';

const SOURCE = `${'\n'.repeat(16)}\tvalue = bpf_map_lookup_elem(&numbers, &key);\n\n\treturn *value; // all of it\n`;

const LOG = `0: R1=ctx() R10=fp0
; value = bpf_map_lookup_elem(&numbers, &key); @ <cell>:17
6: (85) call bpf_map_lookup_elem#1    ; R0=map_value_or_null(id=1,map=numbers,ks=4,vs=8)
; return *value; @ <cell>:19
7: (61) r0 = *(u32 *)(r0 +0)
R0 invalid mem access 'map_value_or_null'
processed 7 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0
`;

test('the verdict, its line, what was known there, where it comes from, and a fix', () => {
  const cell = { file: '<cell>', source: SOURCE, language: 'bpf-c' } as const;
  const { message, remedy, span, facts, related, fix } = explainRefusal('tp/a/b', cell, { log: LOG });
  assert.equal(
    message,
    "the verifier refused program tp/a/b: value, the result of bpf_map_lookup_elem(), may be NULL here, and is used without a check (R0 invalid mem access 'map_value_or_null')",
  );
  assert.match(remedy ?? '', /if \(!value\) return 0;/);
  assert.deepEqual(span, { start: { line: 18, column: 1 }, end: { line: 18, column: 15 } });
  assert.deepEqual(facts, ['R0: a pointer to a value of 8 bytes in map numbers, or NULL']);
  assert.equal(related?.[0]?.span.start.line, 16);
  assert.equal(fix?.edits[0]?.text, '\tif (!value)\n\t\treturn 0;\n');
  assert.equal(fix?.edits[0]?.span.start.line, 17);
});

test('lines of other files are not lines of the cell, and generated C is not changed', () => {
  const found = explainRefusal('p', { file: 'cell.bt', source: SOURCE, language: 'bpftrace' }, { log: LOG });
  assert.equal(found.span, undefined);
  assert.equal(found.fix, undefined);
});

test('what nobody has seen before is told in its own words', () => {
  const found = diagnoseVerifier(parseVerifierLog('0: R1=ctx() R10=fp0\nsomething new\nprocessed 3 insns\n'));
  assert.equal(found.sentence, 'something new');
  assert.match(found.remedy, /whole log/);
});

/** Of kernels that no log was taken from. */
const VERDICTS: [string, string][] = [
  ['invalid indirect read from stack R2 off -16+1 size 16', 'uninitialised-stack'],
  ['invalid read from stack off -8+0 size 8', 'uninitialised-stack'],
  ['calling kernel function bpf_sock_destroy is not allowed', 'kfunc-not-allowed'],
  ['The sequence of 8193 jumps is too complex.', 'too-complex'],
  ['unknown func bpf_skb_load_bytes#26', 'helper-not-allowed'],
  ['program of this type cannot use helper bpf_skb_load_bytes#26', 'helper-not-allowed'],
  ['back-edge from insn 9 to 4', 'endless-loop'],
  ["R0 invalid mem access 'inv'", 'not-a-pointer'],
  ["R2 min value is negative, either use unsigned or 'var &= const'", 'unbounded-length'],
  ['R1 type=map_value_or_null expected=fp', 'null-check'],
  ['BPF_MOV uses reserved fields', 'damaged'],
  ['invalid type id 5 in func info', 'damaged'],
];
for (const [verdict, pattern] of VERDICTS) {
  test(verdict, () => {
    const log = `0: R1=ctx() R10=fp0\n0: (95) exit\n${verdict}\nprocessed 1 insns\n`;
    assert.equal(diagnoseVerifier(parseVerifierLog(log)).pattern, pattern);
  });
}

test('a verdict without an end of its line', () => {
  const log = parseVerifierLog('invalid type id 5 in func infoprocessed 0 insns (limit 1000000)\n');
  assert.deepEqual([log.verdict, log.processed], [['invalid type id 5 in func info'], 0]);
});

test('what the allow-list refuses stands where it is called, with how to allow it', () => {
  const source = 'int f(void)\n{\n\tbpf_send_signal(9);\n}\n';
  const ban = (message: string) => explainBan(message, source, {});
  const { message, remedy, span } = ban(
    'section tp/a/b: helper bpf_send_signal is not allowed: only tracing is',
  );
  assert.equal(message, 'bpf_send_signal() is not allowed: cells watch, and change nothing');
  assert.match(remedy ?? '', /--unsafe.*unsafe: signal/);
  assert.deepEqual(span, { start: { line: 2, column: 1 }, end: { line: 2, column: 16 } });
  const other = ban('program p (xdp) is not allowed: only tracing is');
  assert.equal(other.message, 'program p (xdp) is not allowed: cells watch, and change nothing');
});

test('what libbpf does not understand is told of the program, and of an object that there is no program', () => {
  const failure = {
    code: 'not-an-object',
    message: 'not a BPF object file',
    errno: 'EINVAL',
    log: "libbpf: map 'counts': unknown field 'x'.\n",
  };
  const told = (source: string) => diagnose(failure, { language: 'bpf-c', source }, undefined);
  const { code, message, span } = told('struct {\n} counts SEC(".maps");\n');
  assert.deepEqual([code, span?.start], ['not-opened', { line: 1, column: 2 }]);
  assert.match(message, /: map 'counts': unknown field 'x'\.$/);
  assert.equal(told('').code, 'not-an-object');
});

test('a log without a verdict', () => {
  assert.equal(diagnoseVerifier(parseVerifierLog('processed 0 insns\n')).verdict, 'it gave no reason');
});

test("the structured form gives Linux's own reason and suggestion", () => {
  const report = `
Verification failed: Register Type Safety: Invalid dereference

Reason:
  The map value pointer may be NULL
  here.

At:
  f @ <cell>:19:9
  Source context:
        18 |
    >>> 19 |         return *value; // all of it
           |         ^-- error: the access is through
           |             a pointer that may be NULL
        20 | ...
  Instruction context:
        6 | (85) call bpf_map_lookup_elem#1
    >>> 7 | (61) r0 = *(u32 *)(r0 +0)

Causal path:
  f @ <cell>:17:10
  Source context:
    >>> 17 |         value = bpf_map_lookup_elem(&numbers, &key);
           |         ^-- update: R0 changed from integer scalar value 0 to nullable map value
  Instruction context:
    >>> 6 | (85) call bpf_map_lookup_elem#1

  insn 6
     | ^-- branch: took the true branch

Active lock:
  f @ <cell>:17:10

Suggestion:
  Check the pointer.

`;
  const log = parseVerifierLog(LOG.replace('processed', `${report}processed`));
  assert.equal(log.report?.category, 'Register Type Safety');
  const note = 'error: the access is through a pointer that may be NULL';
  assert.deepEqual(log.report?.at, { function: 'f', file: '<cell>', line: 18, note });
  assert.deepEqual(log.report?.path[1], { pc: 6, note: 'branch: took the true branch' });
  assert.deepEqual(log.verdict, ["R0 invalid mem access 'map_value_or_null'"]);
  const { sentence, remedy, pattern, place } = diagnoseVerifier(log, { file: '<cell>', text: SOURCE });
  assert.equal(place?.line, 18);
  assert.equal(pattern, 'null-check');
  assert.equal(sentence, 'The map value pointer may be NULL here.');
  assert.equal(remedy, 'Check the pointer.');
});

test('of a verdict that is not known the structured form gives the place and where it comes from', () => {
  const text = `something new

Verification failed: Policy

Reason:
  It is not wanted.

At:
  insn 7
       | ^-- error: here

Causal path:
  g @ <cell>:17:10
    >>> 17 |   value = f();
           |   ^-- acquired: owned resource (id=1)
`;
  const placeOf = (pc: number) => (pc === 7 ? { file: '<cell>', line: 18, text: '' } : undefined);
  const { sentence, place, origin } = diagnoseVerifier(parseVerifierLog(text), {
    file: '<cell>',
    text: SOURCE,
    placeOf,
  });
  assert.equal(sentence, 'It is not wanted.');
  assert.equal(place?.line, 18);
  assert.equal(origin?.place.line, 16);
  assert.equal(origin?.message, 'acquired: owned resource (id=1)');
});
