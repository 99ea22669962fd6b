/** The renderer in a page of its own. */
import assert from 'node:assert/strict';
import { startingSnapshot } from '../../extension/run/snapshot.ts';
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
