/**
 * How fluid a table stays: frames of the renderer in the real browser while 500 rows come ten times a second and
 * 10,000 are kept, and what the page's main thread does for one update; then how long 100,000 rows take to sort and to
 * filter. Run: npm run build && node --import tsx test/bench/table-frames.ts
 */

import { startingSnapshot } from '../../extension/run/snapshot.ts';
import type { RunDelta, RunSnapshot } from '../../kernel/protocol.ts';
import { Lab } from '../browser/harness/lab.ts';
import { startBrowser } from '../browser/harness/workbench.ts';

const SECONDS = 8;
const KEPT = 10_000;
const ADDED = 500;
const UPDATES_A_SECOND = 10;

/** Made in the page, so that only drawing is measured. */
const MAKE_ROWS = `(from, count) => Array.from({ length: count }, (_, k) => {
  const i = from + k;
  const mixed = Math.imul(i, 2654435761) >>> 0;
  return [i, 'process-' + mixed % 97, '/usr/lib/x86_64-linux-gnu/lib' + mixed % 1000 + '.so', mixed % 1e8,
    mixed % 65536, (18446612132314218496n + BigInt(mixed)).toString(), mixed % 7 ? 0 : -2, mixed % 4096];
})`;

const empty: RunSnapshot = {
  ...startingSnapshot('00000000-0000-4000-8000-000000000000', 'cell', 0),
  phase: 'stream',
  panels: [
    {
      id: 'table',
      kind: 'table',
      title: 'opens',
      columns: [
        { name: 'number', kind: 'integer' },
        { name: 'comm', kind: 'string' },
        { name: 'path', kind: 'string' },
        { name: 'latency', kind: 'duration' },
        { name: 'size', kind: 'bytes' },
        { name: 'inode', kind: 'address' },
        { name: 'ret', kind: 'integer' },
        { name: 'flags', kind: 'octal' },
      ],
      rows: [],
      first: 0,
      total: 0,
      of: 'records',
    },
  ],
};

/** Shows so many rows, as `window.run`. */
const show = (lab: Lab, rows: number) =>
  lab.page.evaluate(`{
    window.run = ${JSON.stringify(empty)};
    const [panel] = run.panels;
    panel.rows = (${MAKE_ROWS})(0, ${rows});
    panel.total = ${rows};
    const { subscriber } = lab.sent.find(({ type }) => type === 'subscribe') ?? {};
    if (subscriber) lab.say({ type: 'snapshot', run: run.run, subscriber, snapshot: run });
    else lab.show(run);
  }`);

/** Gaps between frames while rows come, ms, ascending. */
async function stream(lab: Lab): Promise<number[]> {
  const { panels: _, ...head } = empty;
  const delta: Omit<RunDelta, 'subscriber' | 'sequence' | 'panels'> = { run: empty.run, head };
  return lab.page.evaluate(`new Promise(resolve => {
    const make = ${MAKE_ROWS};
    const { subscriber } = lab.sent.find(({ type }) => type === 'subscribe');
    let [first, sequence, last] = [window.next ?? ${KEPT}, 0, performance.now()];
    const gaps = [];
    const timer = setInterval(() => {
      const panels = [{ id: 'table', change: 'rows', rows: make(first, ${ADDED}), first, total: first + ${ADDED} }];
      first += ${ADDED};
      lab.say({ type: 'delta', delta: { ...${JSON.stringify(delta)}, subscriber, sequence: ++sequence, panels } });
    }, ${1000 / UPDATES_A_SECOND});
    const end = last + ${SECONDS * 1000};
    const frame = now => {
      gaps.push(now - last);
      last = now;
      if (now < end) return requestAnimationFrame(frame);
      clearInterval(timer);
      window.next = first;
      resolve(gaps.sort((a, b) => a - b));
    };
    requestAnimationFrame(now => { last = now; requestAnimationFrame(frame); });
  })`);
}

const at = (sorted: number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!.toFixed(1).padStart(6);

/** Milliseconds until the frame after an action is drawn. */
async function timed(lab: Lab, name: string, action: string): Promise<void> {
  const ms: number = await lab.page.evaluate(`new Promise(resolve => {
    const from = performance.now();
    ${action};
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - from)));
  })`);
  console.log(`${name.padEnd(34)} ${ms.toFixed(0).padStart(6)} ms`);
}

const heading = (place: number) => `document.querySelectorAll('.names button')[${place}].click()`;
const search = (text: string) =>
  `{ const field = document.querySelector('.search'); field.value = '${text}'; field.dispatchEvent(new Event('input')); }`;

const browser = await startBrowser();
try {
  const lab = await Lab.open(browser);
  const session = await lab.page.context().newCDPSession(lab.page);
  // Its own time, not what others took of the CPU meanwhile.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const busy = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')!.value * 1000;
  };

  await show(lab, KEPT);
  for (const [name, before] of [
    ['as they come', ''],
    ['filtered', search('lib1')],
    ['filtered and sorted', heading(3)],
    ['sorted by text', `${search('')}; ${heading(2)}`],
  ]) {
    await lab.page.evaluate(before!);
    const from = await busy();
    const gaps = await stream(lab);
    const update = ((await busy()) - from) / (SECONDS * UPDATES_A_SECOND);
    console.log(
      `${name!.padEnd(34)} frames: median ${at(gaps, 0.5)} p95 ${at(gaps, 0.95)} max ${at(gaps, 1)} ms; main thread ${update.toFixed(1)} ms of CPU an update`,
    );
  }

  await lab.page.evaluate(heading(2));
  await lab.page.evaluate(heading(2));
  await show(lab, 100_000);
  for (const [name, action] of [
    ['100,000 rows: sorted by numbers', heading(3)],
    ['sorted by text', heading(2)],
    ['sorted by 64-bit addresses', heading(5)],
    ['sorted the other way round', heading(5)],
    ['unsorted', heading(5)],
    ['filtered by text', search('lib12')],
    ['filtered by an expression', search('/lib1.*9/')],
    ['unfiltered', search('')],
  ])
    await timed(lab, name!, action!);
} finally {
  await browser.close();
}
