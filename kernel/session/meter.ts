/**
 * Measures what programs cost, of all runs of a loader at once. Statistics make each run of every program of the
 * machine take longer (about 40 ns), so they are kept for a tenth of the time only.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type LoaderClient, LoaderRefusal } from '../loader/client.ts';
import type { Counters } from '../loader/protocol.ts';

const PERIOD_MS = 1_000;
const WINDOW_MS = 100;

/** One run. */
export interface Metered {
  /** Undefined when it has no programs any more. */
  counters(): Promise<Counters | undefined>;
  measured(before: Counters, after: Counters): void;
  /** Nothing can be measured here. */
  unmeasured(reason: string): void;
}

export class CostMeter {
  readonly #runs = new Set<Metered>();
  #measuring = false;

  constructor(private readonly loader: LoaderClient) {}

  /** Measures a run once a second until what is answered is called. */
  add(run: Metered): () => void {
    this.#runs.add(run);
    if (!this.#measuring) void this.#measure();
    return () => this.#runs.delete(run);
  }

  async #measure(): Promise<void> {
    this.#measuring = true;
    while (this.#runs.size > 0) {
      await pause(PERIOD_MS - WINDOW_MS);
      await this.#sample([...this.#runs]).catch(error => {
        for (const run of this.#runs) if (error instanceof LoaderRefusal) run.unmeasured(error.message);
        this.#runs.clear();
      });
    }
    this.#measuring = false;
  }

  async #sample(runs: readonly Metered[]): Promise<void> {
    if (runs.length === 0) return;
    const readings = () => Promise.all(runs.map(run => run.counters()));
    await this.loader.request('statistics', { on: true });
    try {
      const before = await readings();
      await pause(WINDOW_MS);
      const after = await readings();
      for (const [i, run] of runs.entries())
        if (before[i] && after[i] && this.#runs.has(run)) run.measured(before[i], after[i]);
    } finally {
      await this.loader.request('statistics', { on: false });
    }
  }
}

/** Nothing lives on for it. */
const pause = (ms: number) => delay(ms, undefined, { ref: false });
