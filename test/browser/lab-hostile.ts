/** What traced processes say is text: in every view of a run, and in exported pages. */
import assert from 'node:assert/strict';
import type { Browser, Locator } from 'playwright-core';
import { exportNotebook } from '../../kernel/export/index.ts';
import { VIEW_NAMES } from '../../kernel/notebook/index.ts';
import { hostileNotebook, hostileRun } from '../hostile.ts';
import { Exported, type ExportedOptions } from './harness/exported.ts';
import { picture } from './harness/pictures.ts';
import { labTest } from './harness/test.ts';
import { until } from './harness/until.ts';

/** Characters that drive terminals, or turn what is around them. */
const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/u;
/** What markup in texts would have made. */
const MADE =
  'script, style, iframe, object, img:not([src^="data:image/"]), b, [onerror], [onload], [onclick]';

/** Texts that can be seen or heard in and below an element, shadow trees aside. */
const textsOf = (place: Locator): Promise<string[]> =>
  place.evaluate(root =>
    [root, ...root.querySelectorAll('*')].flatMap(node => [
      ...[...node.childNodes].filter(child => child.nodeType === 3).map(child => child.nodeValue ?? ''),
      ...['title', 'aria-label', 'alt'].map(name => node.getAttribute(name) ?? ''),
    ]),
  );

async function holdsTextOnly(place: Locator): Promise<void> {
  assert.deepEqual(await place.locator(MADE).evaluateAll(found => found.map(node => node.outerHTML)), []);
  assert.deepEqual(
    (await textsOf(place)).filter(text => UNSAFE.test(text)),
    [],
  );
  assert.ok((await textsOf(place)).some(text => text.includes('</script><script>alert(1)</script>')));
}

/** Waits until all panels are there, and what is drawn later than the rest is drawn. */
const isDrawn = (place: Locator) =>
  until('all panels', async () => {
    const panels = await place.locator('.panel').count();
    return (
      panels === hostileRun().panels.length && !(await place.locator('.chart:not(:has(svg, canvas))').count())
    );
  });

for (const view of VIEW_NAMES) {
  labTest(`hostile texts as ${view}`, async lab => {
    const wrong: string[] = [];
    lab.page.on('console', message => message.type() === 'error' && wrong.push(message.text()));
    lab.page.on('dialog', dialog => wrong.push(dialog.message()));
    // All in view: charts out of sight are not drawn.
    await lab.page.setViewportSize({ width: 1000, height: 6000 });
    await lab.show(hostileRun(view));
    await isDrawn(lab.output);
    await holdsTextOnly(lab.output);
    assert.deepEqual(wrong, []);
    await picture(lab.page, `hostile-${view}`);
  });
}

labTest('what is told of the thing under the pointer is text', async lab => {
  await lab.page.setViewportSize({ width: 1000, height: 6000 });
  await lab.show(hostileRun());
  await isDrawn(lab.output);
  await lab.output.locator('[aria-label^="Bars"] [class*="hover_marks"] path').first().hover();
  await lab.output.locator('.chart-tooltip:popover-open').waitFor();
  await holdsTextOnly(lab.output);
  await lab.output
    .getByLabel(/^Flame graph/)
    .locator('canvas')
    .hover();
  await lab.output.locator('.flame-tooltip:popover-open').waitFor();
  await holdsTextOnly(lab.output);
});

async function exported(browser: Browser, options?: ExportedOptions): Promise<Exported> {
  const page = exportNotebook(hostileNotebook(), 'html', { name: '<hostile>' });
  return Exported.open(browser, page, options);
}

labTest('an exported page of hostile texts asks for nothing, and is refused nothing', async lab => {
  const { page, asked, wrong } = await exported(lab.browser);
  const run = page.getByRole('region', { name: 'eBPF run' });
  await isDrawn(run);
  await holdsTextOnly(page.locator('main'));
  assert.deepEqual(asked, []);
  assert.deepEqual(wrong, []);
  await picture(page, 'exported-hostile');
});

labTest('an exported page can be read without scripts', async lab => {
  const { page, asked } = await exported(lab.browser, { scripts: false });
  await page.getByText('19 probes · 1 event · 1s').waitFor();
  assert.deepEqual(asked, []);
});
