/** One run's output as the renderer draws it. */
import type { Locator } from 'playwright-core';
import { until } from './until.ts';

export class Output {
  constructor(readonly root: Locator) {}

  /** Rows of tables, in view, that hold this text. */
  rows(text: string): Locator {
    return this.root.locator('.panel.table tbody tr', { hasText: text });
  }

  /** How many rows the first table has had so far. */
  async rowCount(): Promise<number> {
    const text = await this.root.locator('.panel.table .count').first().textContent();
    return Number(text?.match(/([\d,]+) rows?$/)?.[1]?.replaceAll(',', ''));
  }

  async hasRows(atLeast: number): Promise<void> {
    await until(`${atLeast} rows`, async () => (await this.rowCount()) >= atLeast);
  }

  /** Waits until the line above the output says this. */
  async says(headline: string): Promise<void> {
    await this.root.locator('.head .phase', { hasText: headline }).waitFor();
  }

  problem(text: RegExp): Locator {
    return this.root.locator('.problem', { hasText: text });
  }
}
