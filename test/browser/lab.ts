/** The renderer in a page of its own. */
import assert from 'node:assert/strict';
import { startingSnapshot } from '../../extension/run/snapshot.ts';
import type { Diagnostic } from '../../kernel/errors.ts';
import type { Panel, RunSnapshot } from '../../kernel/protocol.ts';
import { picture } from './harness/pictures.ts';
import { labTest } from './harness/test.ts';

const ended = (...panels: Panel[]): RunSnapshot => ({
  ...startingSnapshot('00000000-0000-4000-8000-000000000000', 'cell', 0),
  phase: 'ended',
  reason: 'exit',
  panels,
});

labTest('a run that is over is drawn without an extension', async lab => {
  await lab.show(
    ended({
      id: 'map:@',
      kind: 'bars',
      title: '@',
      valueName: 'count',
      bars: [
        { key: 'bash', value: 12 },
        { key: 'node', value: 3 },
      ],
      more: 0,
    }),
  );
  const bars = lab.page.locator('svg [class*="bars_marks"] path');
  await bars.first().waitFor();
  assert.equal(await bars.count(), 2);
  await picture(lab.page, 'lab-bars');
});

labTest('many hints are folded, and stay unfolded while more come', async lab => {
  const hint = (number: number): Diagnostic => ({
    severity: 'hint',
    phase: 'finish',
    code: 'unnamed-code',
    message: `places without a name in /lib/${number}.so`,
  });
  const run = (hints: number) => ({
    ...ended(),
    diagnostics: Array.from({ length: hints }, (_, i) => hint(i)),
  });
  await lab.show(run(3));
  await lab.page.getByRole('note').nth(2).waitFor();
  await lab.show(run(4));
  await lab.page.getByText('4 hints').click();
  await lab.page.getByRole('note').nth(3).waitFor();
  await lab.show(run(5));
  await lab.page.getByText('5 hints').waitFor();
  assert.equal(await lab.page.getByRole('note').nth(4).isVisible(), true);
});
