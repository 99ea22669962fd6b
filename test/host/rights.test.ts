/** What the loader may do: no more than the cells that were run need. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { skip, TestKernel, textOf, until } from './kernel-helpers.ts';

const tests = new TestKernel();
after(() => tests.kernel.close());

const CAP_SYS_ADMIN = 1n << 21n;

const loader = async () => (await tests.kernel.holder.connect()).loader.host.pid;
const mayWrite = (pid: number) => {
  const [, bits = '0'] = /^CapEff:\s*(\w+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return (BigInt(`0x${bits}`) & CAP_SYS_ADMIN) !== 0n;
};

test('a cell that may write to processes gets a loader that can; live cells keep theirs', {
  skip,
}, async () => {
  const about = (id: string) => ({ id, notebook: 'rights', durationMs: 5_000 });
  const live = tests.start('interval:s:100 { @ticks = 1; }', about('live'));
  await tests.live(live);
  const first = await loader();
  assert.equal(mayWrite(first), false);

  const asking = await tests.run('//| unsafe: write_user\nbegin { @x = 1; }', about('asking'));
  assert.equal(asking.reason, 'done', JSON.stringify(asking.diagnostics));
  const second = await loader();
  assert.notEqual(second, first);
  assert.equal(mayWrite(second), true);
  assert.equal(live.phase, 'stream');

  // New cells run there, and maps are shared among them.
  const reader = await tests.run('begin { print(@x); }', about('reader'));
  assert.deepEqual(textOf(reader), ['@x: 1']);
  assert.equal(await loader(), second);
  const apart = await tests.run('begin { print(@ticks); }', about('apart'));
  assert.equal(apart.diagnostics[0]?.code, 'undefined-map');

  live.end('stopped');
  await live.ended;
  assert.ok(existsSync(`/proc/${first}`), 'its maps are still there');
  await tests.kernel.closeCell('rights', 'live');
  await until(() => !existsSync(`/proc/${first}`), 'end of the first loader');
  assert.deepEqual(tests.problems, []);
});
