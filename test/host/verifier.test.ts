/**
 * What the verifier of this Linux refuses is explained at the line at fault. UPDATE_GOLDEN=1 saves its logs, and where
 * they tell no lines those of the object.
 */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Elf, programLines } from '../../kernel/btf/index.ts';
import { compiled } from '../../kernel/cli/forms.ts';
import { parseVerifierLog } from '../../kernel/verifier/index.ts';
import { CASES, faultOf, LOGS, PROGRAMS, sourceOf } from '../verifier-cases.ts';
import { ebpfnb, skip, TestKernel } from './kernel-helpers.ts';

const tests = new TestKernel();
after(() => tests.kernel.close());

/** Logs are kept for each version of Linux that they were taken on. */
const FOLDER = new URL(`./${release().split('.').slice(0, 2).join('.')}/`, LOGS);

for (const one of CASES) {
  const elsewhere = one.only && !one.only.kernels.test(release()) ? one.only.because : false;
  test(`the verifier explained: ${one.program}`, { skip: skip || elsewhere, timeout: 60_000 }, async () => {
    const source = sourceOf(one);
    const { diagnostics } = await tests.run(source, { language: 'bpf-c', id: 'refused', dryRun: true });
    const [refused] = diagnostics.filter(({ code }) => code === 'verifier-refused');
    assert.ok(refused, JSON.stringify(diagnostics));
    const { steps } = parseVerifierLog(refused.log ?? '');
    const lineOf = await linesOf(source, refused.program!);
    if (process.env['UPDATE_GOLDEN']) {
      mkdirSync(FOLDER, { recursive: true });
      writeFileSync(new URL(`${one.program}.log`, FOLDER), shortened(refused.log ?? ''));
      const known = steps.some(({ place }) => place?.line !== undefined);
      const lines = [...new Set(steps.map(({ pc }) => pc))].map(pc => `${pc} ${lineOf(pc)}\n`);
      if (!known && steps.length > 0) writeFileSync(new URL(`${one.program}.lines`, FOLDER), lines.join(''));
    }
    assert.ok(!refused.remedy?.includes('whole log'), refused.message);
    const fault = faultOf(source);
    if (fault >= 0) assert.equal(refused.span?.start.line, fault);
    for (const { pc, place } of steps)
      if (place?.line !== undefined)
        assert.equal(lineOf(pc), `${place.file}:${place.line + 1}`, `instruction ${pc}`);
  });
}

test('a bpftrace cell that is refused is told the line, in words of its language', { skip }, async () => {
  const source = 'begin {\n  $i = 0;\n  while (1) {\n    $i = $i + 1;\n  }\n}';
  const { diagnostics } = await tests.run(source, { id: 'refused', dryRun: true });
  const [refused] = diagnostics.filter(({ severity }) => severity === 'error');
  assert.match(refused?.message ?? '', /^the verifier refused program begin: the loop comes back/);
  assert.match(refused?.remedy ?? '', /for \$i : 0\.\.16/);
  assert.deepEqual(refused?.span, { start: { line: 2, column: 2 }, end: { line: 2, column: 13 } });
});

test('a call that is not allowed is told where it stands', { skip }, async () => {
  const source = [
    '#include "vmlinux.h"',
    '#include <bpf/bpf_helpers.h>',
    'char LICENSE[] SEC("license") = "GPL";',
    'SEC("tp/sched/sched_process_exec")',
    'int on_exec(void *ctx) { return bpf_send_signal(9); }',
  ].join('\n');
  const { diagnostics } = await tests.run(source, { language: 'bpf-c', id: 'refused', dryRun: true });
  const [refused] = diagnostics.filter(({ severity }) => severity === 'error');
  assert.equal(refused?.code, 'not-allowed');
  assert.equal(refused?.span?.start.line, 4);
});

const program = fileURLToPath(new URL('null-check.bpf.c', PROGRAMS));

test('ebpfnb explain loads a program and says why it is refused', { skip }, () => {
  const { status, stdout } = ebpfnb(['explain', program]);
  assert.equal(status, 1);
  assert.match(stdout, /value, the result of bpf_map_lookup_elem\(\), may be NULL here/);
  assert.match(stdout, /at +\S*null-check\.bpf\.c:19: return \*value;/);
  assert.match(stdout, /after line 17:\n {2}\+ \tif \(!value\)/);
});

test('ebpfnb explain takes objects, and bpftrace programs', { skip }, t => {
  const folder = mkdtempSync(join(tmpdir(), 'ebpfnb-explain-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const object = join(folder, 'program.o');
  assert.equal(ebpfnb(['emit', 'object', program, '-o', object]).status, 0);
  const refused = ebpfnb(['explain', object]);
  assert.equal(refused.status, 1);
  assert.match(refused.stdout, /at +<cell>:19/);
  const script = join(folder, 'sound.bt');
  writeFileSync(script, 'begin { exit(); }');
  const taken = ebpfnb(['explain', script]);
  assert.deepEqual([taken.status, taken.stdout], [0, 'Linux takes begin.\n']);
});

/** From an instruction to its line, by debug information. */
async function linesOf(source: string, program: string): Promise<(pc: number) => string> {
  const cell = { id: 'refused', language: 'bpf-c', source } as const;
  const { elf } = await compiled(tests.kernel, { notebook: 'test', directory: '/', cell, headers: [] });
  const placeOf = programLines(new Elf(elf), program);
  return pc => {
    const { file, line = 0 } = placeOf(pc) ?? {};
    return `${file}:${line + 1}`;
  };
}

/** A loop's turns are all alike. */
function shortened(log: string): string {
  const lines = log.split('\n');
  return lines.length < 200 ? log : [...lines.slice(0, 60), ...lines.slice(-60)].join('\n');
}
