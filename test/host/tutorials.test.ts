/** The tutorials that any Linux can run, from top to bottom. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { checkRuns, runTutorial } from '../tutorials.ts';
import { skip } from './kernel-helpers.ts';

const GO = spawnSync('go', ['version']).error === undefined;

after(() => rmSync('/tmp/ebpfnb-bakery', { recursive: true, force: true }));

describe('tutorials', { skip }, () => {
  for (const tutorial of ['01-tracepoints', '02-bpf-c'])
    test(tutorial, () => {
      const { status, runs } = runTutorial(tutorial);
      checkRuns(tutorial, runs);
      assert.equal(status, 0);
    });

  test('04-uprobes', () => {
    const { status, runs } = runTutorial('04-uprobes');
    checkRuns('04-uprobes', runs, GO ? [] : ['build-till', 'till-sell']);
    assert.equal(status, GO ? 0 : 1);
  });
});
