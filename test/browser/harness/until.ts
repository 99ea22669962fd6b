/** Waiting for a condition that no locator can express. */
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 50;

/** Resolves once `condition` holds; rejects after `patience` ms, naming what was waited for. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  patience = 30_000,
): Promise<void> {
  const deadline = performance.now() + patience;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited ${patience} ms in vain for: ${what}`);
    await sleep(POLL_MS);
  }
}
