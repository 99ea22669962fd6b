/** The runs of one notebook: the newest of each cell, with the maps that stay readable. */
import type { LoaderClient } from '../loader/client.ts';
import type { Run } from './run.ts';
import { type SharedMaps, TracingRun } from './tracing.ts';

export class NotebookRuns implements SharedMaps {
  /** By cell id, the newest run last. */
  readonly #runs = new Map<string, Run>();

  /** Takes in a cell's new run and gives back the one it replaces, whose maps it starts afresh. */
  replace(run: Run): Run | undefined {
    const cell = run.input.cell.id;
    const before = this.#runs.get(cell);
    this.#runs.delete(cell);
    this.#runs.set(cell, run);
    return before;
  }

  all(): Run[] {
    return [...this.#runs.values()];
  }

  holder(map: string, besides: TracingRun): { session: number; loader: LoaderClient } | undefined {
    return this.all()
      .flatMap(run => (run instanceof TracingRun && run !== besides ? [run.held] : []))
      .findLast(held => held?.maps.some(({ name, shared }) => shared && name === map));
  }
}
