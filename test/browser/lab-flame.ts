/** Flame graphs in a page of their own. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { startingSnapshot } from '../../extension/run/snapshot.ts';
import type { FlamePanel, Frame, RunSnapshot } from '../../kernel/protocol.ts';
import type { Lab, Theme } from './harness/lab.ts';
import { picture } from './harness/pictures.ts';
import { labTest } from './harness/test.ts';

const ended = (panel: FlamePanel): RunSnapshot => ({
  ...startingSnapshot('00000000-0000-4000-8000-000000000000', 'cell', 0),
  phase: 'ended',
  reason: 'exit',
  panels: [panel],
});

const KINDS: { [mark: string]: Frame['of'] } = { '#': 'key', '~': 'inlined', '!': 'kernel' };

/** From `#bash;main;!vfs_read`, values by such a line. */
function panelOf(stacks: { [line: string]: number | [now: number, before: number] }): FlamePanel {
  const frames: Frame[] = [];
  const indexOf = (text: string) => {
    const of = KINDS[text[0]!] ?? 'user';
    const name = of === 'user' ? text : text.slice(1);
    const known = frames.findIndex(frame => frame.name === name && frame.of === of);
    return known < 0 ? frames.push({ name, of }) - 1 : known;
  };
  return {
    id: 'map:@',
    kind: 'flame',
    title: '@reads',
    valueName: 'count',
    keys: [{ name: 'comm', kind: 'string' }],
    frames,
    stacks: Object.entries(stacks).map(([line, given]) => {
      const [value, before] = typeof given === 'number' ? [given] : given;
      return { frames: line.split(';').map(indexOf), value, ...(before === undefined ? {} : { before }) };
    }),
    more: 0,
  };
}

const READS = panelOf({
  '#bash;main;execute_command;wait_for;!do_wait;!schedule': 40,
  '#bash;main;execute_command;~make_child;fork;!kernel_clone;!copy_process': 25,
  '#bash;main;execute_command;~make_child;fork;!kernel_clone;!copy_process;!dup_mm': 35,
  '#node;start;uv_run;uv__read;read;!ksys_read;!vfs_read': 120,
  '#node;start;uv_run;uv__read;read;!ksys_read;!vfs_read;!copy_to_user': 30,
  '#node;start;uv_run;~uv__io_poll;epoll_wait;!do_epoll_wait': 250,
});

const graph = (lab: Lab) => lab.page.getByRole('application');
const tip = (lab: Lab) => lab.page.locator('.flame-tooltip');
const matched = (lab: Lab) => lab.page.locator('.flame .matched');
const crumbs = (lab: Lab) => lab.page.getByRole('navigation', { name: 'Zoomed into' });
const button = (lab: Lab, name: string) => lab.page.getByRole('button', { name });

/** The frames from all to the one zoomed into. */
const zoomedInto = (lab: Lab, path: string) =>
  crumbs(lab)
    .and(lab.page.locator(`css=nav`, { hasText: new RegExp(`^${path.replaceAll(' ', '')}$`) }))
    .waitFor();

/** The colour of a place in the graph, `#rrggbb`. */
const colourAt = (lab: Lab, x: number, y: number): Promise<string> =>
  lab.page.evaluate(
    `(([r, g, b]) => '#' + [r, g, b].map(one => one.toString(16).padStart(2, '0')).join(''))(
       document.querySelector('.flame canvas').getContext('2d').getImageData(${x}, ${y}, 1, 1).data)`,
  );

labTest('a flame graph: zoomed and left with mouse and keys, its numbers told', async lab => {
  await lab.show(ended(READS));
  await graph(lab).waitFor();
  const box = (await graph(lab).boundingBox())!;
  // The outermost frame is at the bottom; the key above it is `bash` at the left, `node` at the right.
  await lab.page.mouse.move(box.x + box.width - 50, box.y + box.height - 17 * 1.5);
  await tip(lab).getByText('node', { exact: true }).waitFor();
  assert.match(
    await tip(lab).innerText(),
    /count\s+400 · 80% of all\s+self\s+0 · 0% of all\s+frame\s+key: comm/,
  );
  await picture(lab.page, 'lab-flame-tooltip');
  await lab.page.mouse.down();
  await lab.page.mouse.up();
  await crumbs(lab).getByText('node').waitFor();
  // Now it is as wide as all.
  await lab.page.mouse.move(box.x + 20, box.y + box.height - 17 * 2.5);
  await tip(lab).getByText('start').waitFor();
  await graph(lab).focus();
  const keys = ['ArrowUp', 'ArrowUp', 'ArrowUp', 'ArrowUp'];
  for (const key of keys) await lab.page.keyboard.press(key);
  await tip(lab).getByText('uv__io_poll').waitFor();
  await lab.page.keyboard.press('ArrowRight');
  await tip(lab).getByText('uv__read').waitFor();
  assert.match(await tip(lab).innerText(), /150 · 30% of all · 37.5% of its caller/);
  await lab.page.keyboard.press('Enter');
  await crumbs(lab).getByText('uv__read').waitFor();
  await lab.page.keyboard.press('Backspace');
  await zoomedInto(lab, 'all node start uv_run');
  await crumbs(lab).getByRole('button', { name: 'node' }).click();
  await zoomedInto(lab, 'all node');
  await graph(lab).focus();
  await lab.page.keyboard.press('Escape');
  await crumbs(lab).getByText('Click a frame').waitFor();
});

labTest('a search finds frames, by text and by expression, and says their share', async lab => {
  await lab.show(ended(READS));
  const search = lab.page.getByRole('searchbox', { name: 'Search frames' });
  await search.fill('VFS');
  await matched(lab).getByText('matched 30%: 150').waitFor();
  await picture(lab.page, 'lab-flame-search');
  await search.fill('/^(wait_for|fork)$/');
  await matched(lab).getByText('matched 20%: 100').waitFor();
  await search.fill('/(/');
  await matched(lab).getByText('not a regular expression').waitFor();
  assert.equal(await search.getAttribute('aria-invalid'), 'true');
  await search.fill('');
  await matched(lab).getByText('').waitFor({ state: 'attached' });
});

labTest('new numbers keep the zoom, the search and the place', async lab => {
  await lab.show(ended(READS));
  await lab.page.getByRole('searchbox').fill('read');
  await graph(lab).focus();
  for (const key of ['ArrowUp', 'ArrowUp', 'Enter']) await lab.page.keyboard.press(key);
  await crumbs(lab).getByText('node').waitFor();
  const before = (await graph(lab).boundingBox())!;
  const [first, ...others] = READS.stacks;
  await lab.show(ended({ ...READS, stacks: [{ ...first!, value: 140 }, ...others] }));
  await matched(lab).getByText('matched 25%: 150').waitFor();
  for (const key of ['Home', 'ArrowUp']) await lab.page.keyboard.press(key);
  await tip(lab).getByText('400 · 66.7% of all').waitFor();
  await lab.show(ended(READS));
  await tip(lab).getByText('400 · 80% of all').waitFor();
  await zoomedInto(lab, 'all node');
  await lab.show(ended(panelOf({ '#bash;main': 1 })));
  await matched(lab).getByText('matched 0%: 0').waitFor();
  assert.deepEqual(await graph(lab).boundingBox(), before);
  await lab.show(ended(READS));
  await crumbs(lab).getByText('node').waitFor();
  await lab.show({ ...ended(READS), view: 'table' });
  await graph(lab).waitFor({ state: 'detached' });
  await lab.show(ended(READS));
  await zoomedInto(lab, 'all node');
  await matched(lab).getByText('matched 30%: 150').waitFor();
});

labTest('the outermost frame on top', async lab => {
  await lab.show(ended(READS));
  await graph(lab).waitFor();
  assert.equal(await button(lab, 'Changes').isVisible(), false);
  await button(lab, 'Icicle').click();
  assert.equal(await button(lab, 'Icicle').getAttribute('aria-pressed'), 'true');
  const box = (await graph(lab).boundingBox())!;
  await lab.page.mouse.move(box.x + 50, box.y + 17 * 1.5);
  await tip(lab).getByText('bash').waitFor();
  await picture(lab.page, 'lab-flame-icicle');
});

const COMPARED = panelOf({
  '#bash;main;execute_command;wait_for;!do_wait': [40, 160],
  '#bash;main;execute_command;~make_child;fork;!kernel_clone': [60, 60],
  '#node;start;uv_run;read;!vfs_read': [300, 80],
  '#node;start;uv_run;epoll_wait;!do_epoll_wait': [100, 100],
  '#sh;main': [0, 100],
});

for (const theme of ['light', 'dark', 'high-contrast'] satisfies Theme[]) {
  labTest(
    `flame graphs in the ${theme} theme`,
    async lab => {
      await lab.show(ended(READS));
      await graph(lab).waitFor();
      await lab.page.getByRole('searchbox').fill('copy');
      await graph(lab).focus();
      for (const key of ['ArrowUp', 'ArrowUp']) await lab.page.keyboard.press(key);
      await picture(lab.page, `lab-flame-${theme}`);
      await lab.page.getByRole('searchbox').fill('');
      await lab.show(ended(COMPARED));
      await button(lab, 'Changes').click();
      await lab.page.locator('.legend').getByText('same').waitFor();
      await lab.page.getByText('gone: 1 stack, 20% of the run before').waitFor();
      await graph(lab).focus();
      for (const key of ['ArrowUp', 'ArrowUp']) await lab.page.keyboard.press(key);
      await tip(lab).getByText('node').waitFor();
      assert.match(
        await tip(lab).innerText(),
        /run before\s+180 · 36% of all\s+change\s+\+220 · \+44 points of all/,
      );
      await picture(lab.page, `lab-flame-changes-${theme}`);
      // In its row `bash` is at the left and has less, `node` at the right has more.
      const rows = (await graph(lab).boundingBox())!.height / 17;
      const y = Math.round((rows - 2) * 17 + 3);
      const colours = await Promise.all([10, 900].map(x => colourAt(lab, x, y)));
      const red = (colour: string) =>
        Number.parseInt(colour.slice(1, 3), 16) - Number.parseInt(colour.slice(5, 7), 16);
      assert.ok(red(colours[0]!) < 0 && red(colours[1]!) > 0, colours.join(' '));
    },
    theme,
  );
}

labTest('names of any kind are text, on screen and in files', async lab => {
  const hostile = '<img src=x onerror=alert(1)>\u001b[31m\u202e</script>[a](b)😀\n;';
  await lab.show(
    ended({
      ...READS,
      title: hostile,
      frames: [{ name: hostile, of: 'user' }],
      stacks: [{ frames: [0], value: 3 }],
    }),
  );
  await graph(lab).focus();
  for (const key of ['ArrowUp', 'ArrowUp', 'Enter']) await lab.page.keyboard.press(key);
  const shown = '<img src=x onerror=alert(1)>\\x1b[31m\\u202e</script>[a](b)😀\\n;';
  assert.equal(await tip(lab).locator('strong').count(), 1);
  await crumbs(lab).getByText(shown).waitFor();
  assert.equal(await lab.page.locator('img, a').count(), 0);
  const [file] = await Promise.all([lab.page.waitForEvent('download'), button(lab, 'Folded').click()]);
  assert.equal(readFileSync((await file.path())!, 'utf8'), `${shown.replace(/;$/, ':')} 3\n`);
});

labTest('files for other tools', async lab => {
  await lab.show(ended(READS));
  const save = async (name: string) => {
    const [file] = await Promise.all([lab.page.waitForEvent('download'), button(lab, name).click()]);
    return [file.suggestedFilename(), readFileSync((await file.path())!, 'utf8')] as const;
  };
  const [foldedName, folded] = await save('Folded');
  assert.equal(foldedName, 'reads.folded.txt');
  assert.match(folded, /^node;start;uv_run;uv__io_poll_\[i\];epoll_wait;do_epoll_wait_\[k\] 250$/m);
  const [scopeName, scope] = await save('speedscope');
  assert.equal(scopeName, 'reads.speedscope.json');
  assert.equal(JSON.parse(scope).profiles[0].endValue, 500);
});

labTest('two thousand deep stacks stay fluid', async lab => {
  const stacks: { [line: string]: number } = {};
  for (let i = 0; i < 2000; i++) {
    const names = Array.from(
      { length: 40 },
      (_, depth) => `${depth > 20 ? '!' : ''}f${depth}_${i % (1 + depth * 3)}`,
    );
    stacks[names.join(';')] = 1 + ((i * 7919) % 1000);
  }
  const panel = { ...panelOf(stacks), more: 1234 };
  await lab.show(ended(panel));
  await lab.page.getByText('1,234 smaller stacks not shown').waitFor();
  await picture(lab.page, 'lab-flame-deep');
  const box = (await graph(lab).boundingBox())!;
  await lab.page.mouse.move(box.x + 20, box.y + box.height - 17 * 5.5);
  await tip(lab).getByText('frames, too narrow to show').waitFor();
  assert.match(
    await tip(lab).innerText(),
    /^\d+ frames, too narrow to show\s+count\s+[\d,]+ · [\d.]+% of all/,
  );
});
