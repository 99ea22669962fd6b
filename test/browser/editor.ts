/** Writing a bpftrace cell: what is offered, explained, shown, underlined and mended as one types. */
import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import type { Locator } from 'playwright-core';
import type { NotebookPage } from './harness/notebook-page.ts';
import { notebookText, writeNotebook } from './harness/notebooks.ts';
import { picture } from './harness/pictures.ts';
import { benchTest } from './harness/test.ts';
import { until } from './harness/until.ts';

const HOVER_MS = 3000;
const SWITCH = 'tracepoint:sched:sched_switch';

/** Puts the cursor at the end of a cell and types, as fast as a person who is in a hurry. */
async function type(notebook: NotebookPage, index: number, text: string): Promise<void> {
  await notebook.focus(index);
  await notebook.page.keyboard.press('Control+End');
  await notebook.page.keyboard.type(text, { delay: 20 });
}

const suggestion = (notebook: NotebookPage, label: string): Locator =>
  notebook.page.locator('.suggest-widget.visible .monaco-list-row', { hasText: label }).first();

/** Takes a suggestion once it is the chosen one: lists are narrowed while one types. */
async function take(notebook: NotebookPage, label: string): Promise<void> {
  const chosen = notebook.page.locator('.suggest-widget.visible .monaco-list-row.focused', {
    hasText: label,
  });
  await chosen.first().waitFor();
  await notebook.page.keyboard.press('Tab');
}

/** The lines of a cell on screen. */
async function textOf(notebook: NotebookPage, index: number): Promise<string> {
  const lines = notebook.cell(index).locator('.view-lines .view-line');
  const texts = await lines.allInnerTexts();
  return texts.map(text => text.replaceAll('\u00a0', ' ').trimEnd()).join('\n');
}

/** Rests the mouse on a word, again if it was there before anybody knew the word. */
async function explains(notebook: NotebookPage, word: string, says: RegExp): Promise<void> {
  const place = notebook.cell(0).locator('.view-line span span', { hasText: word }).last();
  const hover = notebook.page.locator('.monaco-hover:not(.hidden)', { hasText: says }).first();
  await until(`${word} to be explained`, async () => {
    await notebook.toolbar('Run All').hover();
    await place.hover();
    return hover.waitFor({ timeout: HOVER_MS }).then(
      () => true,
      () => false,
    );
  });
}

benchTest('a probe and its fields are completed', async bench => {
  const notebook = await bench.open([['bpftrace', '']]);
  await type(notebook, 0, 'tracepoint:sched:sched_swi');
  await suggestion(notebook, SWITCH).waitFor();
  await picture(notebook.page, 'completed-probe');
  await take(notebook, SWITCH);
  await notebook.page.keyboard.type(' { print(args.ne', { delay: 20 });
  await suggestion(notebook, 'next_pid').waitFor();
  await suggestion(notebook, 'next_comm').waitFor();
  await picture(notebook.page, 'completed-field');
  await notebook.page.keyboard.type('xt_pi', { delay: 20 });
  await take(notebook, 'next_pid');
  await until('the field', async () =>
    (await textOf(notebook, 0)).includes(`${SWITCH} { print(args.next_pid`),
  );
});

benchTest('a map of another cell is completed and known', async bench => {
  const notebook = await bench.open([
    ['bpftrace', 'begin { @opens[comm] = count(); }'],
    ['bpftrace', 'begin { '],
  ]);
  await type(notebook, 1, 'print(@');
  await suggestion(notebook, '@opens').waitFor();
  await picture(notebook.page, 'completed-map');
  await notebook.page.keyboard.press('Tab');
  await notebook.page.keyboard.press('Control+End');
  await notebook.page.keyboard.type('; }', { delay: 20 });
  await until('the cell to be sound', async () => {
    const squiggles = await notebook.cell(1).locator('.squiggly-error').count();
    return squiggles === 0 && (await textOf(notebook, 1)).includes('print(@opens); }');
  });
});

benchTest('a map is renamed in all cells', async bench => {
  const notebook = await bench.open([
    ['bpftrace', 'begin { @n[comm] = count(); }'],
    ['bpftrace', 'begin { print(@n); }'],
  ]);
  const { page } = notebook;
  await notebook.focus(1);
  await page.keyboard.press('Control+End');
  for (let i = 0; i < '); }'.length; i++) await page.keyboard.press('ArrowLeft');
  const box = page.locator('.rename-box input');
  await until('the box for the new name', async () => {
    await page.keyboard.press('F2');
    return box.waitFor({ timeout: 3000 }).then(
      () => true,
      () => false,
    );
  });
  await box.fill('@names');
  await box.press('Enter');
  await until(
    'both cells',
    async () =>
      (await textOf(notebook, 0)).includes('@names[comm]') &&
      (await textOf(notebook, 1)).includes('print(@names)'),
  );
});

benchTest('words explain themselves', async bench => {
  const notebook = await bench.open([['bpftrace', `${SWITCH} { @last = nsecs; }`]]);
  await notebook.focus(0);
  await explains(notebook, 'nsecs', /boot/);
  await picture(notebook.page, 'explained');
  await explains(notebook, 'sched_switch', /prev_comm/);
  await picture(notebook.page, 'explained-probe');
});

benchTest('a squiggle appears and goes as one types, and by its quick fix', async bench => {
  const notebook = await bench.open([
    ['bpftrace', ''],
    ['bpftrace', "# bpftrace -p 1 -e 'begin { exit(); }'"],
  ]);
  const squiggle = notebook.cell(0).locator('.squiggly-error').first();
  await type(notebook, 0, 'begin { prinft("x"); }');
  await squiggle.waitFor();
  await picture(notebook.page, 'squiggle');
  // What its run finds again is not shown twice; the other cell has one of its own.
  await notebook.run(0);
  await notebook.problems(/prinft/).waitFor();
  await notebook.page.getByRole('button', { name: 'Errors: 2' }).waitFor();
  await notebook.focus(0);
  await notebook.page.keyboard.press('Control+End');
  const word = 'prinft("x"); }'.length;
  for (let i = 0; i < word - 2; i++) await notebook.page.keyboard.press('ArrowLeft');
  await notebook.page.keyboard.press('Control+.');
  await notebook.page.getByText('Change to printf').first().waitFor();
  await picture(notebook.page, 'quick-fix');
  await notebook.page.keyboard.press('Enter');
  await until('the name to be mended', async () => (await textOf(notebook, 0)) === 'begin { printf("x"); }');
  await squiggle.waitFor({ state: 'detached' });

  await notebook.focus(1);
  await notebook.page.keyboard.press('Control+Home');
  await notebook.cell(1).locator('.squiggly-error').first().waitFor();
  await notebook.page.keyboard.press('Control+.');
  await notebook.page.getByText('Convert to a cell').first().waitFor();
  await notebook.page.keyboard.press('Enter');
  await until('the command to become a cell', async () =>
    (await textOf(notebook, 1)).startsWith('//| pid: 1\nbegin { exit(); }'),
  );
  await picture(notebook.page, 'converted');
});

benchTest('a call shows its parameters, and a cell is formatted', async bench => {
  const notebook = await bench.open([['bpftrace', 'BEGIN{@x=1;}END{']]);
  const { page } = notebook;
  await type(notebook, 0, '@ = lhist(5, ');
  const active = page.locator('.parameter-hints-widget.visible .parameter.active');
  await until('the second parameter', async () => (await active.allInnerTexts()).join('') === 'min');
  await picture(page, 'signature');
  // The parenthesis is there already, and is typed over.
  await page.keyboard.type('0, 10, 1) }', { delay: 20 });
  await until(
    'a sound program',
    async () => (await notebook.cell(0).locator('.squiggly-error').count()) === 0,
  );
  await page.keyboard.press('F1');
  await page.locator('.quick-input-widget input').fill('>Format Cell');
  await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Format Cell' }).first().click();
  const wanted = 'BEGIN\n{\n  @x = 1;\n}\n\nEND\n{\n  @ = lhist(5, 0, 10, 1)\n}';
  await until('the formatted cell', async () => (await textOf(notebook, 0)) === wanted);
  await picture(page, 'formatted');
  assert.equal(await textOf(notebook, 0), wanted);
});

benchTest('a script in a file of its own is checked and outlined', async bench => {
  const source = `#!/usr/bin/env bpftrace\nBEGIN\n{\n  printf("%s\\n", comn);\n}\n\n${SWITCH}\n{\n  @[args.next_comm] = count();\n}\n`;
  const page = await bench.openWindow(writeNotebook(source, 'switches.bt'));
  await page.locator('.monaco-editor .squiggly-error').first().waitFor();
  await page.getByRole('button', { name: 'Outline Section' }).click();
  await page.locator('.outline-pane').getByText(SWITCH).waitFor();
  await picture(page, 'script');
});

benchTest(
  'a user who is not root writes a cell, and is asked for nothing',
  async (bench, user) => {
    const path = writeNotebook(notebookText([['bpftrace', '']]));
    user!.own(dirname(path));
    const notebook = await bench.openFile(path);
    await type(notebook, 0, 'tracepoint:syscalls:sys_enter_opena');
    await take(notebook, 'tracepoint:syscalls:sys_enter_openat');
    await notebook.page.keyboard.type(' { print(curtask.real_par', { delay: 20 });
    await take(notebook, 'real_parent');
    await notebook.page.keyboard.type('.nothing); }', { delay: 20 });
    await notebook.cell(0).locator('.squiggly-error').first().waitFor();
    assert.equal(
      await notebook.page.locator('.monaco-dialog-box, .notifications-toasts .notification-toast').count(),
      0,
    );
    await picture(notebook.page, 'not-root');
  },
  { name: 'ebpfnb-writing' },
);

benchTest('sections and options of a BPF C cell are completed and explained', async bench => {
  const notebook = await bench.open([['bpf-c', '\n#include "vmlinux.h"\n']]);
  await type(notebook, 0, 'SEC("tp/sched/sched_swi');
  await suggestion(notebook, 'tp/sched/sched_switch').waitFor();
  await picture(notebook.page, 'completed-section');
  await notebook.page.keyboard.press('Tab');
  await explains(notebook, 'sched_switch', /prev_comm/);
  await notebook.page.keyboard.press('Control+Home');
  await notebook.page.keyboard.type('//| dur', { delay: 20 });
  await suggestion(notebook, 'duration').waitFor();
  await picture(notebook.page, 'completed-option');
});

benchTest(
  'what only root can read is known once a cell has run',
  async (bench, user) => {
    const path = writeNotebook(
      notebookText([
        ['bpftrace', ''],
        ['bpftrace', 'begin { printf("ran\\n"); exit(); }'],
      ]),
    );
    user!.own(dirname(path));
    const notebook = await bench.openFile(path);
    await type(notebook, 0, `${SWITCH} { print(args.unheard_of); }`);
    await notebook.run(1);
    await notebook.answer('Start as Root').click();
    await notebook.hasRun(1);
    await notebook.cell(0).locator('.squiggly-error').first().waitFor();
    await notebook.focus(0);
    await notebook.page.keyboard.press('Control+End');
    await notebook.page.keyboard.type(' tracepoint:sched:sched_swi', { delay: 20 });
    await suggestion(notebook, SWITCH).waitFor();
  },
  { name: 'ebpfnb-learning' },
);
