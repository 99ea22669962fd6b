/** What the verifier of this Linux refuses is explained at the line at fault. UPDATE_GOLDEN=1 saves its logs. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { after, test } from 'node:test';
import { CASES, faultOf, LOGS, sourceOf } from '../verifier-cases.ts';
import { skip, TestKernel } from './kernel-helpers.ts';

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
    if (process.env['UPDATE_GOLDEN']) {
      mkdirSync(FOLDER, { recursive: true });
      writeFileSync(new URL(`${one.program}.log`, FOLDER), shortened(refused.log ?? ''));
    }
    assert.ok(!refused.remedy?.includes('whole log'), refused.message);
    const fault = faultOf(source);
    if (fault >= 0 && refused.log?.includes(' @ <cell>:')) assert.equal(refused.span?.start.line, fault);
  });
}

/** A loop's turns are all alike. */
function shortened(log: string): string {
  const lines = log.split('\n');
  return lines.length < 200 ? log : [...lines.slice(0, 60), ...lines.slice(-60)].join('\n');
}
