import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { Askpass } from '../../kernel/loader/askpass.ts';
import { scratchFolder } from '../scratch.ts';
import { COMMAND, skip } from './kernel-helpers.ts';

const run = promisify(execFile);

test('askpass brings the question here and the answer back', async () => {
  const asked: string[] = [];
  const askpass = await Askpass.open(async prompt => {
    asked.push(prompt);
    return 'se cret\'"$';
  });
  const { stdout } = await run(askpass.program, ['[sudo] password:']);
  assert.deepEqual([stdout, asked], ['se cret\'"$\n', ['[sudo] password:']]);
  assert.equal(statSync(dirname(askpass.program)).mode & 0o777, 0o700);
  askpass.close();
  assert.equal(existsSync(askpass.program), false);
});

test('who gives up answers nothing', async () => {
  const askpass = await Askpass.open(async () => undefined);
  await assert.rejects(run(askpass.program, ['?']));
  askpass.close();
});

const NOBODY = 65534;
const REFUSALS: [string, string, RegExp][] = [
  [
    'that wants a password',
    'sudo: a terminal is required to read the password',
    /HINT: Give the password when asked/,
  ],
  ['without a rule', 'nobody is not in the sudoers file', /HINT: Ask the administrator/],
  [
    'under NoNewPrivs',
    'sudo: The "no new privileges" flag is set',
    /HINT: This process may not gain privileges/,
  ],
];
for (const [name, words, hint] of REFUSALS) {
  test(`a sudo ${name}: one clear message`, { skip }, () => {
    const folder = scratchFolder();
    writeFileSync(join(folder, 'sudo'), `#!/bin/sh\necho '${words}' >&2\nexit 1\n`, { mode: 0o755 });
    spawnSync('chmod', ['755', folder]);
    const { status, stderr } = spawnSync(process.execPath, [COMMAND, 'trace', '-e', 'BEGIN { exit(); }'], {
      uid: NOBODY,
      cwd: '/',
      encoding: 'utf8',
      timeout: 20_000,
      env: { PATH: `${folder}:/usr/bin:/bin`, HOME: '/nonexistent' },
    });
    assert.equal(status, 1, stderr);
    assert.match(stderr, /^ERROR: loading BPF programs needs root: .+\n/);
    assert.match(stderr, hint);
  });
}
