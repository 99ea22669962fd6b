/** The table's controls, in the renderer alone. */
import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { startingSnapshot } from '../../extension/run/snapshot.ts';
import type { RunSnapshot, TablePanel, Value } from '../../kernel/protocol.ts';
import type { Lab } from './harness/lab.ts';
import { picture } from './harness/pictures.ts';
import { labTest } from './harness/test.ts';
import { until } from './harness/until.ts';

const RUN = '00000000-0000-4000-8000-000000000000';
const COMMS = ['bash', 'node', 'postgres', 'kworker/0:1', '<b>&amp;</b>', 'esc\u001b[31m'];

/** Record `i`. */
const row = (i: number): Value[] => [
  i,
  COMMS[i % COMMS.length]!,
  `/usr/lib/x86_64-linux-gnu/lib${(i * 7919) % 1000}.so`,
  i % 10 === 9 ? null : ((i * 7919) % 1000) * 1337,
  (BigInt(i) * 4096n + 18_446_612_132_314_218_496n).toString(),
  i % 7 === 0 ? -2 : i % 16,
];

const rows = (from: number, count: number) => Array.from({ length: count }, (_, i) => row(from + i));

const table = (first: number, count: number, total = first + count): TablePanel => ({
  id: 'table:1',
  kind: 'table',
  title: 'opens',
  columns: [
    { name: 'pid', kind: 'integer' },
    { name: 'comm', kind: 'string' },
    { name: 'path', kind: 'string' },
    { name: 'latency', kind: 'duration' },
    { name: 'inode', kind: 'address' },
    { name: 'ret', kind: 'integer' },
  ],
  rows: rows(first, count),
  first,
  total,
  of: 'records',
});

const run = (panel: TablePanel, more: Partial<RunSnapshot> = {}): RunSnapshot => ({
  ...startingSnapshot(RUN, 'cell', 0),
  phase: 'stream',
  panels: [panel],
  ...more,
});

/** A table on the page, as its user sees it. */
class Table {
  readonly root: Locator;

  constructor(private readonly lab: Lab) {
    this.root = lab.output.locator('.panel.table');
  }

  cells(column: number): Promise<string[]> {
    return this.root.locator(`tbody.body td:nth-child(${column})`).allTextContents();
  }

  heading(name: string): Locator {
    return this.root.locator('.names th', { hasText: name });
  }

  get grid(): Locator {
    return this.root.locator('.rows');
  }

  async foot(): Promise<string> {
    return (await this.root.locator('.foot > span:visible').allTextContents()).filter(Boolean).join(' | ');
  }

  async says(text: string | RegExp): Promise<void> {
    await until(`the foot to say ${text}`, async () => {
      const foot = await this.foot();
      return typeof text === 'string' ? foot.includes(text) : text.test(foot);
    });
  }

  async menu(button: string, item: string, nth = 0): Promise<void> {
    await this.root.getByRole('button', { name: button }).click();
    await this.root.getByRole('menu').getByText(item, { exact: true }).nth(nth).click();
  }

  clipboard(): Promise<string> {
    return this.lab.page.evaluate('navigator.clipboard.readText()');
  }

  /** Answers the renderer's question for all rows. */
  async answerWhole(panel: TablePanel): Promise<void> {
    const asked = async () => (await this.lab.sent()).find(message => message.type === 'panel');
    await until('all rows to be asked for', async () => (await asked()) !== undefined);
    const { subscriber } = (await asked()) as { subscriber: string };
    await this.lab.say({ type: 'panel', run: RUN, subscriber, id: panel.id, panel });
  }
}

labTest('a table of 100,000 rows: scrolled, sorted, filtered', async lab => {
  const opens = new Table(lab);
  await lab.show(run(table(0, 100_000), { phase: 'ended', totals: { events: 1e5, rate: 0, dropped: 3, missed: 1 } }));
  await opens.says('100,000 rows | 3 dropped, 1 missed');
  assert.ok((await opens.cells(1)).includes('99999'), 'the newest is in view');
  assert.ok((await opens.cells(1)).length < 40, 'only rows in view are in the page');
  await opens.grid.evaluate(box => {
    box.scrollTop = 50_000 * 22;
  });
  await until('row 50,000', async () => (await opens.cells(1)).includes('50000'));

  await opens.heading('latency').click();
  assert.equal(await opens.heading('latency').getAttribute('aria-sort'), 'ascending');
  await until('the smallest first', async () => (await opens.cells(4))[0] === '0ns');
  await opens.heading('latency').click();
  await until('the largest first', async () => (await opens.cells(4))[0] === '1.34ms');
  await opens.heading('pid').click({ modifiers: ['Shift'] });
  await until('the second key', async () => (await opens.cells(1))[0] === '321');
  await picture(lab.page, 'table-sorted');
  await opens.heading('latency').click();

  await opens.root.getByRole('searchbox').fill('node');
  await opens.says('16,667 match');
  await opens.root.getByRole('searchbox').fill('/(/');
  await opens.says(/regular expression|[Uu]nterminated/);
  await opens.root.getByRole('searchbox').fill('');
  await opens.root.getByRole('button', { name: 'By column' }).click();
  await opens.root.getByRole('textbox', { name: 'Filter pid' }).fill('>=10 <20');
  await opens.root.getByRole('textbox', { name: 'Filter comm' }).fill('<b>');
  await opens.says('2 match');
  assert.deepEqual(await opens.cells(1), ['10', '16']);
  await opens.root.getByRole('textbox', { name: 'Filter latency' }).fill('>x');
  await opens.says('Not a condition on numbers: >x');
  await picture(lab.page, 'table-filtered');
});
