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

  /** The row at the top of what is in view. */
  top(): Promise<string | null> {
    return this.root.evaluate(table => {
      const { bottom } = table.querySelector('thead')!.getBoundingClientRect();
      const rows = [...table.querySelectorAll('tbody.body tr')];
      return rows.find(row => row.getBoundingClientRect().bottom > bottom + 4)?.textContent ?? null;
    });
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
  // Many rows are made where they are shown: as text they would take longer to get there than all else.
  const some = run(table(0, 1000, 100_000), {
    phase: 'ended',
    totals: { events: 1e5, rate: 0, dropped: 3, missed: 1 },
  });
  await lab.page.evaluate(`{
    const run = ${JSON.stringify(some)};
    const [panel] = run.panels;
    const some = panel.rows;
    panel.rows = Array.from({ length: 100_000 }, (_, i) => [i, ...some[i % 1000].slice(1)]);
    lab.show(run);
  }`);
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
  await opens.says('16,700 match');
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

labTest('a live table: follows, pauses with all that is kept, goes on', async lab => {
  const opens = new Table(lab);
  // At high rates only the newest rows come here.
  await lab.show(run(table(9_500, 500, 10_000)));
  const sent = await lab.sent();
  const { subscriber } = sent.find(message => message.type === 'subscribe')!;
  let sequence = 0;
  const more = async (first: number, count: number) => {
    const { panels: _, ...head } = run(table(0, 0), {
      totals: { events: first + count, rate: 5000, dropped: 0, missed: 0 },
    });
    const delta = {
      id: 'table:1',
      change: 'rows' as const,
      rows: rows(first, count),
      first,
      total: first + count,
    };
    await lab.say({
      type: 'delta',
      delta: { run: RUN, subscriber, sequence: ++sequence, head, panels: [delta] },
    });
  };
  await lab.say({ type: 'snapshot', run: RUN, subscriber, snapshot: run(table(9_500, 500, 10_000)) });
  await opens.says('newest 500 of 10,000 rows');
  await more(10_000, 100);
  await until('the newest', async () => (await opens.cells(1)).includes('10099'));

  await opens.root.getByRole('button', { name: 'Pause' }).click();
  await opens.says('paused');
  const inView = await opens.top();
  await opens.answerWhole(table(200, 10_000, 10_200));
  await opens.says('newest 10,000 of 10,200 rows');
  assert.equal(await opens.top(), inView, 'what is in view stays');
  await more(20_000, 500);
  await opens.says('paused, 10,300 more since');
  await opens.root.getByRole('searchbox').fill('bash');
  await opens.says('1,666 match');
  await picture(lab.page, 'table-paused');
  await opens.root.getByRole('searchbox').fill('');
  await opens.root.getByRole('button', { name: 'Resume' }).click();
  await until('the newest', async () => (await opens.cells(1)).includes('20499'));
  await opens.says('newest 500 of 20,500 rows');

  // What is sorted stays, and what comes is put in its place.
  await opens.heading('pid').click();
  await until('the oldest here', async () => (await opens.cells(1))[0] === '20000');
  await opens.answerWhole(table(15_000, 5_500));
  await until('the oldest kept', async () => (await opens.cells(1))[0] === '15000');
  await more(30_000, 500);
  await opens.says('newest 6,000 of 30,500 rows');
  assert.equal((await opens.cells(1))[0], '15000');
  await opens.heading('pid').click();
  await until('the newest first', async () => (await opens.cells(1))[0] === '30499');
});

labTest('columns are drawn, fitted, hidden; what was set stays as the output changes', async lab => {
  const opens = new Table(lab);
  const page = lab.page;
  const shown = run(table(0, 50), { phase: 'ended' });
  await lab.show(shown);
  const width = async (name: string) => Math.round((await opens.heading(name).boundingBox())!.width);
  const before = await width('comm');
  const box = (await opens.heading('comm').boundingBox())!;
  await page.mouse.move(box.x + box.width - 2, box.y + 8);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width + 58, box.y + 8, { steps: 3 });
  await page.mouse.up();
  await until('the drawn width', async () => (await width('comm')) === before + 60);
  await opens.heading('comm').getByRole('button').press('Alt+ArrowLeft');
  await until('a step less', async () => (await width('comm')) === before + 44);
  await opens.heading('comm').locator('.edge').dblclick({ force: true });
  await until('a width that fits', async () => (await width('comm')) < before + 20);
  const fits = await opens.root
    .locator('td.string')
    .first()
    .evaluate(cell => cell.scrollWidth <= cell.clientWidth);
  assert.ok(fits, 'no cell is cut');

  await opens.menu('Columns', 'path');
  // The menu stays open.
  await opens.root.getByRole('menuitemcheckbox', { name: 'inode' }).click();
  await page.keyboard.press('Escape');
  assert.deepEqual(await opens.root.locator('.names th:not(.rest)').allTextContents(), [
    'pid',
    'comm',
    'latency',
    'ret',
  ]);
  await opens.heading('ret').click();
  await opens.root.getByRole('searchbox').fill('node');
  await opens.says('9 match');

  await lab.show(run({ ...table(0, 56), text: ['a line'] }, { phase: 'ended' }));
  await opens.says('10 match');
  await lab.output.getByRole('button', { name: 'Text', exact: true }).click();
  await opens.root.waitFor({ state: 'detached' });
  await lab.output.getByRole('button', { name: 'Table', exact: true }).click();
  await opens.says('10 match');
  assert.deepEqual(await opens.root.locator('.names th:not(.rest) .name').allTextContents(), [
    'pid',
    'comm',
    'latency',
    'ret',
  ]);
  assert.equal(await opens.heading('ret').getAttribute('aria-sort'), 'ascending');
  await opens.menu('Columns', 'Show all columns');
  assert.equal(await opens.root.locator('.names th:not(.rest)').count(), 6);
});

labTest('rows are selected with mouse and keys, and copied exactly', async lab => {
  const opens = new Table(lab);
  const page = lab.page;
  await lab.show(run(table(0, 50), { phase: 'ended' }));
  await opens.heading('pid').click();
  const cell = (row: number, column: number) =>
    opens.root.locator(`tbody.body tr:nth-child(${row + 1}) td:nth-child(${column + 1})`);
  await cell(1, 3).click();
  await opens.says('1 selected');
  await page.keyboard.press('Control+c');
  assert.equal(
    await opens.clipboard(),
    'pid\tcomm\tpath\tlatency\tinode\tret\r\n1\tnode\t/usr/lib/x86_64-linux-gnu/lib919.so\t1228703\t0xffff880000001000\t1\r\n',
  );
  await page.keyboard.press(' ');
  await page.keyboard.press('Control+c');
  assert.equal(await opens.clipboard(), '1228703');
  await page.keyboard.press('ArrowRight');
  await opens.menu('Copy', 'Cell');
  await opens.says('Copied the cell');
  assert.equal(await opens.clipboard(), '0xffff880000001000');

  await cell(2, 1).click();
  await cell(4, 1).click({ modifiers: ['Shift'] });
  await cell(3, 1).click({ modifiers: ['Control'] });
  await opens.says('2 selected');
  await opens.menu('Copy', 'JSON');
  await opens.says('Copied 2 rows as JSON');
  const copied = JSON.parse(await opens.clipboard()) as { pid: number; inode: string; comm: string }[];
  assert.deepEqual(
    copied.map(({ pid }) => pid),
    [2, 4],
  );
  assert.deepEqual([copied[0]!.inode, copied[1]!.comm], ['18446612132314226688', COMMS[4]]);

  await cell(5, 1).click();
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await opens.says('3 selected');
  assert.equal(await opens.grid.getAttribute('aria-activedescendant'), await cell(7, 1).getAttribute('id'));
  await page.keyboard.press('Control+End');
  await until('the last row', async () => (await opens.cells(1)).includes('49'));
  await page.keyboard.press('Control+a');
  await opens.says('50 selected');
  await page.keyboard.press('Escape');
  await opens.root.getByRole('button', { name: 'Copy' }).press('Enter');
  await until('an item to have the focus', () =>
    page.evaluate("document.activeElement?.role === 'menuitem'"),
  );
  for (const key of ['End', 'ArrowUp', 'Enter']) await page.keyboard.press(key);
  await opens.says('Copied 50 rows as TSV');
  await opens.menu('Copy', 'CSV', 1);
  await opens.says('Copied 50 rows as CSV');
  const lines = (await opens.clipboard()).split('\r\n');
  assert.equal(lines.length, 52);
  assert.equal(lines[6], '5,esc\\x1b[31m,/usr/lib/x86_64-linux-gnu/lib595.so,795515,0xffff880000005000,5');
});

for (const theme of ['dark', 'high-contrast'] as const)
  labTest(
    `a table in ${theme}`,
    async lab => {
      const opens = new Table(lab);
      await lab.show(run(table(0, 300), { phase: 'ended' }));
      await opens.root.getByRole('button', { name: 'By column' }).click();
      await opens.heading('latency').click();
      await opens.root.locator('tbody.body tr').nth(2).click();
      await opens.root
        .locator('tbody.body tr')
        .nth(4)
        .click({ modifiers: ['Shift'] });
      await opens.root.getByRole('button', { name: 'Columns' }).click();
      await picture(lab.page, `table-${theme}`);
    },
    theme,
  );
