/** Programs that are run again and again, and what is said while an object is loaded. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { native } from '../../native/addon.ts';
import { compile } from './fixtures/native/support.ts';
import { skip } from './kernel-helpers.ts';

const opened = (logged = false) => {
  const object = new native.BpfObject(compile('trial'), { name: 'trial', logged });
  object.scan();
  return object;
};

describe('attempts', { skip }, () => {
  test('run as often as asked; the last answer counts, the time is an average', async () => {
    const object = opened();
    await object.load();
    assert.equal(object.attempt('nt_trial', 1).result, 1);
    const { result, durationNs } = object.attempt('nt_trial', 999);
    assert.equal(result, 1000);
    assert.ok(durationNs < 1_000_000, `${durationNs} ns`);
    object.close();
  });

  test('refuse what makes no sense', async () => {
    const object = opened();
    assert.throws(() => object.attempt('nt_trial', 1), { code: 'EBUSY' });
    await object.load();
    for (const times of [0, -1, 1.5, 2 ** 31, '1'])
      assert.throws(() => object.attempt('nt_trial', times as number), TypeError);
    assert.throws(() => object.attempt('nt_none', 1), { code: 'ENOENT' });
    // Linux neither repeats nor times this kind.
    assert.throws(() => object.attempt('nt_raw', 2), { code: 'EINVAL' });
    assert.equal(object.run('nt_raw'), 3);
    object.close();
    assert.throws(() => object.attempt('nt_trial', 1), { code: 'EBADF' });
  });
});

describe('the log', { skip }, () => {
  test('is kept when asked for', async () => {
    const object = opened(true);
    assert.match(object.log, /^libbpf: loading object 'trial'/);
    await object.load();
    assert.match(object.log, /prog 'nt_trial': -- BEGIN PROG LOAD LOG --\n[\s\S]*processed \d+ insns/);
    object.close();
  });

  test('is empty otherwise', async () => {
    const object = opened();
    await object.load();
    assert.equal(object.log, '');
    object.close();
  });
});
