/** How maps of live programs went: from print to print, from look to look, and from run to run. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { History } from '../../kernel/protocol.ts';
import { skip, TestKernel, until } from './kernel-helpers.ts';

const sum = (values: readonly unknown[]) => values.reduce<number>((all, value) => all + Number(value), 0);

describe('history', { skip }, () => {
  const tests = new TestKernel();
  after(() => tests.kernel.close());

  test('what is printed counts from print to print, cleared or not, exactly', async () => {
    const { panels } = await tests.run(`interval:ms:200 {
  $n = (uint64)(@n + 1); @n = $n;
  @cleared = count(); @kept = sum($n); @sizes = hist($n);
  print(@cleared); clear(@cleared); print(@kept); print(@sizes);
  if ($n == 10) { exit(); }
}`);
    const histories = new Map<string, History | undefined>();
    for (const panel of panels) if (panel.kind !== 'text') histories.set(panel.title, panel.history);
    const values = (title: string) => histories.get(title)!.lines![0]!.values;
    assert.equal(sum(values('@kept')), 55);
    assert.equal(sum(histories.get('@sizes')!.heat!.counts.flat()), 10);
    const { times } = histories.get('@kept')!;
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
    assert.equal(times.length, values('@kept').length + 1);
    assert.ok(!histories.get('@cleared') || sum(values('@cleared')) === 10, 'cleared');
  });

  test('a map that somebody looks at is followed once a second, up to its end', async () => {
    const run = tests.start('interval:ms:100 { @ = count(); }');
    tests.kernel.subscribe(run.id, 'reader');
    const history = () => {
      for (const { subscriber, sequence } of tests.deltas)
        tests.kernel.acknowledge(run.id, subscriber, sequence);
      const map = run.panels().find(({ id }) => id === 'map:@');
      return map?.kind === 'table' || map?.kind === 'bars' ? map.history : undefined;
    };
    await until(() => history() !== undefined, 'history');
    run.end('stopped');
    const { panels } = await run.ended;
    const [panel] = panels;
    assert.ok(panel?.kind === 'table');
    assert.equal(sum(panel.history!.lines![0]!.values), panel.rows[0]![0]);
  });

  test('a cell that is run again knows what its stacks were', async () => {
    const source = (times: number) => `begin { unroll (${times}) { @[kstack] = count(); } exit(); }`;
    const flame = async (times: number) => {
      const { panels } = await tests.run(source(times), { id: 'again' });
      const panel = panels.find(({ kind }) => kind === 'flame');
      assert.ok(panel?.kind === 'flame');
      return panel.stacks.map(({ value, before }) => [value, before]);
    };
    assert.deepEqual(await flame(3), [[3, undefined]]);
    assert.deepEqual(await flame(5), [[5, 3]]);
  });
});
