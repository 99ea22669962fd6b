import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Activity, activity } from '../../extension/run/activity.ts';
import type { Panel, RunPhase } from '../../kernel/protocol.ts';

const entries = (count: number): Panel => ({
  id: 'm',
  kind: 'bars',
  title: '@',
  valueName: 'count',
  bars: [{ key: 'a', value: 1 }],
  more: count - 1,
});

const ROWS: [what: string, phase: RunPhase, events: number, panels: Panel[], expected: Activity][] = [
  ['live, nothing yet', 'stream', 0, [], { rate: '5/s', amount: '0 events' }],
  ['live, with records', 'stream', 1234, [entries(3)], { rate: '5/s', amount: '1,234 events' }],
  ['live, maps alone', 'stream', 0, [entries(1200)], { amount: '1,200 map entries' }],
  ['over, one entry', 'ended', 0, [entries(1)], { amount: '1 map entry' }],
  ['over, with records', 'ended', 1, [], { amount: '1 event' }],
  ['over, nothing', 'ended', 0, [], {}],
  ['compiling', 'compile', 0, [], {}],
];
for (const [what, phase, events, panels, expected] of ROWS) {
  test(what, () => {
    const totals = { events, rate: 5, dropped: 0, missed: 0 };
    assert.deepEqual(activity({ phase, totals, panels }), expected);
  });
}
