/** The line above an output: its figures, their details, and the form that the output is shown in. */
import assert from 'node:assert/strict';
import { startingSnapshot } from '../../extension/run/snapshot.ts';
import type { Panel, RunSnapshot } from '../../kernel/protocol.ts';
import type { Theme } from './harness/lab.ts';
import { picture } from './harness/pictures.ts';
import { labTest } from './harness/test.ts';
import { until } from './harness/until.ts';

const RUN = '00000000-0000-4000-8000-000000000000';
const HOSTILE = '<img src=x onerror="document.title=1">';

const records: Panel = {
  id: 'opens',
  kind: 'table',
  title: 'opens',
  columns: [
    { name: 'pid', kind: 'integer' },
    { name: 'file', kind: 'string' },
  ],
  rows: [[7, '/etc/hosts']],
  first: 0,
  total: 1,
  of: 'records',
};
const histogram: Panel = {
  id: 'map:@ns',
  kind: 'histogram',
  title: '@ns',
  scale: 'log2',
  series: [{ key: '', buckets: [{ lo: 1, hi: 2, count: 3 }] }],
  text: ['@ns: ', '[1]                    3 |@@@@@@@@|'],
};
const printed: Panel = {
  id: 'text',
  kind: 'text',
  title: 'Output',
  lines: ['7 /etc/hosts'],
  first: 0,
  total: 1,
  stream: 'stdout',
};

const live = (...panels: Panel[]): RunSnapshot => ({
  ...startingSnapshot(RUN, 'cell', 1_700_000_000_000),
  phase: 'stream',
  elapsedMs: 83_000,
  totals: { events: 1_234_567, rate: 12_345, dropped: 12, missed: 3 },
  rates: Array.from({ length: 60 }, (_, i) => 200 * (i < 40 ? i : 80 - i)),
  fills: [
    { name: '@start', entries: 9000, capacity: 10_240 },
    { name: HOSTILE, entries: 2, capacity: 1024 },
  ],
  memory: { maps: 17_301_504, records: 4_194_304 },
  cost: {
    cpu: 0.0213,
    probes: [
      { probe: 'tracepoint:syscalls:sys_enter_openat', hits: 3000, total: 120_000, ns: 240, cpu: 0.0013 },
      { probe: HOSTILE, hits: 0, total: 0, ns: 0, cpu: 0 },
    ],
  },
  probes: ['tracepoint:syscalls:sys_enter_openat', 'tracepoint:syscalls:sys_exit_openat'],
  panels,
});

for (const theme of ['light', 'dark', 'high-contrast'] satisfies Theme[])
  labTest(
    `figures and their details, ${theme}`,
    async lab => {
      await lab.show(live(records, histogram, printed));
      const head = lab.output.locator('.head');
      await head.getByRole('img', { name: 'Events per second in the last 60 s: 0/s to 8,000/s' }).waitFor();
      const figures = await head.locator('.figures > span:visible').allInnerTexts();
      assert.deepEqual(figures.filter(Boolean), [
        'stream',
        '1:23',
        '12.3k/s',
        '1,234,567 events',
        '12 dropped',
        '3 missed',
        '@start 87% full',
        '2.1% CPU',
        '20.5MiB',
      ]);
      // By the keyboard alone.
      await head.getByRole('button', { name: 'Details' }).focus();
      await lab.page.keyboard.press('Enter');
      const details = head.getByLabel('Details of the run');
      await details.getByText('240', { exact: true }).waitFor();
      assert.ok((await details.innerText()).includes(HOSTILE));
      assert.equal(await lab.page.title(), '');
      await picture(lab.page, `lab-head-${theme}`);
    },
    theme,
  );

labTest('one form for the whole output, and the automatic one again', async lab => {
  await lab.show(live(records, histogram, printed));
  const button = (name: string) =>
    lab.output.getByRole('group', { name: /^Show/ }).getByRole('button', { name });
  const pressed = () => lab.output.locator('.switch [aria-pressed="true"]').allInnerTexts();
  await lab.output.locator('.chart svg').waitFor();
  assert.deepEqual(await lab.output.locator('.switch button').allInnerTexts(), ['Table', 'Chart', 'Text']);
  assert.deepEqual(await pressed(), ['Chart']);

  await button('Table').click();
  await until(
    'the histogram as a table',
    async () => (await lab.output.locator('.panel.table').count()) === 2,
  );
  assert.deepEqual(await pressed(), ['Table']);

  await button('Text').press('Enter');
  const text = lab.output.locator('.panel.text');
  await until('text alone', async () => (await lab.output.locator('.panel').count()) === 2);
  // The program's lines first, unfolded, then the maps.
  assert.deepEqual(
    (await text.locator('.lines').allInnerTexts()).map(lines => lines.trim()),
    ['7 /etc/hosts', '@ns: \n[1]                    3 |@@@@@@@@|'],
  );
  await picture(lab.page, 'lab-text');

  // It goes on as text: lines are added to what was printed, a map's are others.
  const { panels: _, ...head } = live();
  const { subscriber } = (await lab.sent()).find(({ type }) => type === 'subscribe') as {
    subscriber: string;
  };
  await lab.say({
    type: 'delta',
    delta: {
      run: RUN,
      subscriber,
      sequence: 1,
      head,
      panels: [
        { id: 'text', change: 'lines', lines: ['8 /etc/group'], first: 1, total: 2 },
        {
          id: 'map:@ns',
          change: 'replace',
          panel: { ...histogram, text: ['@ns: ', '[1]                    5 |@@@@@@@@|'] },
        },
      ],
    },
  });
  await until('both texts to change', async () => {
    const [log, map] = await text.locator('.lines').allInnerTexts();
    return log === '7 /etc/hosts\n8 /etc/group\n' && map === '@ns: \n[1]                    5 |@@@@@@@@|\n';
  });

  await button('Chart').click();
  await lab.output.locator('.chart svg').waitFor();
  assert.deepEqual(await pressed(), ['Chart']);
  const said = (await lab.sent()).flatMap((message): unknown[] =>
    message.type === 'choose' ? [message.view] : message.type === 'look' ? [message.text] : [],
  );
  assert.deepEqual(said, ['table', 'text', true, undefined, false]);

  // What another editor chose, and what the cell asks for by itself.
  await lab.say({ type: 'choice', cell: 'cell', choice: { chosen: 'text', preset: 'table' } });
  await until('text again', async () => (await pressed()).join() === 'Text');
  await lab.say({ type: 'choice', cell: 'other', choice: {} });
  await button('Table').click();
  await until('the cell’s own form', async () => (await pressed()).join() === 'Table');
  assert.deepEqual((await lab.sent()).filter(({ type }) => type === 'choose').at(-1), {
    type: 'choose',
    run: RUN,
    cell: 'cell',
  });
});

labTest('text that only repeats is looked at once it is unfolded', async lab => {
  await lab.show(live(records, printed));
  const looks = async () => (await lab.sent()).flatMap(said => (said.type === 'look' ? [said.text] : []));
  const title = lab.page.getByText('Output (1 line)');
  await title.click();
  await until('it to be looked at', async () => (await looks()).join() === 'true');
  await title.click();
  await until('it to be looked at no more', async () => (await looks()).join() === 'true,false');
});
