/** The tutorial on kprobes: on a Linux that has them from top to bottom; on one without, it says what to do. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { native } from '../../native/addon.ts';
import { checkRuns, runTutorial } from '../tutorials.ts';

const TUTORIAL = '03-kprobes';
/** Not from the helpers: they bring the whole kernel, which takes long where processors are emulated. */
const skip = process.getuid?.() === 0 ? false : 'loading BPF programs needs root';

describe(TUTORIAL, { skip }, () => {
  const { kprobe, fentry } = skip ? {} : native.missingFeatures();

  test('from top to bottom', { skip: kprobe ?? fentry ?? false }, () => {
    const { status, runs } = runTutorial(TUTORIAL);
    checkRuns(TUTORIAL, runs);
    assert.equal(status, 0);
  });

  test('what to do without', { skip: kprobe && fentry ? false : 'this Linux has kprobes or fentry' }, () => {
    const { status, runs } = runTutorial(TUTORIAL);
    assert.equal(status, 1);
    const [looked, failed] = runs;
    assert.deepEqual([looked!.cell, looked!.reason], ['look-vfs', 'done']);
    assert.deepEqual([failed!.cell, failed!.reason], ['tour-cat', 'failed']);
    const [problem] = failed!.diagnostics;
    assert.match(problem!.message, /cannot be attached: this Linux is built without CONFIG_KPROBES/);
    assert.match(problem!.remedy!, /tracepoint/);
  });
});
