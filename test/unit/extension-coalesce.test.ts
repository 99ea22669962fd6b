import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coalesced } from '../../extension/coalesce.ts';

test('a burst is done once at its beginning, and once at its end', ({ mock }) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  let done = 0;
  const { call } = coalesced(() => done++, 100);
  call();
  assert.equal(done, 1);
  call();
  call();
  assert.equal(done, 1);
  mock.timers.tick(100);
  assert.equal(done, 2);
  mock.timers.tick(1000);
  assert.equal(done, 2);
  call();
  assert.equal(done, 3);
});

test('nothing is done after the end', ({ mock }) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  let done = 0;
  const { call, dispose } = coalesced(() => done++, 100);
  call();
  call();
  dispose();
  mock.timers.tick(1000);
  assert.equal(done, 1);
});
