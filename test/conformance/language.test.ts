/** The bpftrace language by cases: the project's own, and others' when they are there. */
import { after, describe, it } from 'node:test';
import { skip } from '../host/kernel-helpers.ts';
import { type Case, ownCases, sharedCases } from './case.ts';
import { DIFFERENCES } from './differences.ts';
import { missingFeature, needsFeature } from './features.ts';
import { Runner } from './runner.ts';

/** More would make each slower than its limit on a small machine. */
const AT_ONCE = 2;

const runner = new Runner();
after(() => runner.close());

/** Cases whose names have a text in them; and with the other, those that some Linux may lack what they need for. */
const { CASES: named = '', CASES_OF_FEATURES: ofFeatures } = process.env;
const wanted = (test: Case) =>
  `${test.suite}: ${test.name}`.includes(named) && (!ofFeatures || needsFeature(test));

/** A case that ends at anyone's next execve is not run beside another, which starts programs too. */
const isAlone = ({ prog, run = prog }: Case) => /sys_enter_execve *\{/.test(run!);

function suites(title: string, cases: Case[], concurrency = AT_ONCE): void {
  describe(title, { concurrency }, () => {
    for (const test of cases.filter(wanted)) {
      it(`${test.suite}: ${test.name}`, { skip: skip || missingFeature(test) || false }, async t => {
        const { failure } = await runner.run(test);
        const difference = DIFFERENCES[`${test.suite}: ${test.name}`];
        if (difference && !failure) throw new Error('it is no difference any more: remove its row');
        if (difference) t.skip(`differs on purpose: ${difference}`);
        else if (failure) throw new Error(`${test.prog ?? test.run}\n${failure}`);
      });
    }
  });
}

suites('own', ownCases());
const shared = sharedCases();
if (shared) {
  const together = shared.filter(test => !isAlone(test));
  suites('shared', together);
  suites('shared, one after another', shared.filter(isAlone), 1);
}
