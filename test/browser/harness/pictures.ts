/** Pictures of what a test saw: all in .build/pictures/, those of the README in docs/pictures/ on request. */
import { copyFileSync, mkdirSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { inBuild, inRoot } from '../../../scripts/setup/folders.mjs';

/** Pictures the README shows. */
const SHOWN = new Set(['first-light', 'tutorial', 'uprobes', 'tracing']);

export async function picture(page: Page, name: string): Promise<void> {
  const path = inBuild('pictures', `${name}.png`);
  mkdirSync(inBuild('pictures'), { recursive: true });
  await page.screenshot({ path });
  if (!process.env.UPDATE_PICTURES || !SHOWN.has(name)) return;
  mkdirSync(inRoot('docs', 'pictures'), { recursive: true });
  copyFileSync(path, inRoot('docs', 'pictures', `${name}.png`));
}
