/** The runs of one notebook: the newest of each cell, with the maps that stay readable. */
import type { SharedMap } from '../language/index.ts';
import type { Run } from './run.ts';
import type { FoundMap, OwnedMap, SharedMaps } from './sharing.ts';
import { TracingRun } from './tracing.ts';

export class NotebookRuns implements SharedMaps {
  /** By cell id, the newest run last. */
  readonly #runs = new Map<string, Run>();

  /** Takes in a cell's new run and gives back the one it replaces, whose maps it starts afresh. */
  replace(run: Run): Run | undefined {
    const cell = run.input.cell.id;
    const before = this.remove(cell);
    this.#runs.set(cell, run);
    return before;
  }

  /** Lets go of a cell's run, if it has one. */
  remove(cell: string): Run | undefined {
    const run = this.#runs.get(cell);
    this.#runs.delete(cell);
    return run;
  }

  all(): Run[] {
    return [...this.#runs.values()];
  }

  pinned(map: string, besides: TracingRun): FoundMap | undefined {
    const found = this.#tracing(besides).map(run => {
      const isShared = run.held?.maps.some(({ name, shared }) => shared && name === map);
      const symbol = isShared ? map : run.symbolOf(`@${map}`);
      return symbol ? { run, symbol } : undefined;
    });
    return found.findLast(one => one !== undefined);
  }

  owned(besides?: TracingRun): Map<string, OwnedMap> {
    const newest = new Map<string, OwnedMap>();
    for (const run of this.#tracing(besides)) {
      if (!run.held) continue;
      for (const [name, definition] of run.sharing.owned) newest.set(name, { run, definition });
    }
    return newest;
  }

  loaded(owner: TracingRun): void {
    const present = new Set(this.all());
    for (const reader of this.#tracing(owner))
      for (const { name, run } of reader.sharing.borrowed)
        if (!present.has(run) && run.input.cell.id === owner.input.cell.id && owner.sharing.makes(name))
          reader.mapReplaced(name);
  }

  /** What a cell that is compiled now may know of the others' maps. */
  definitions(besides?: TracingRun): Map<string, SharedMap> {
    return new Map([...this.owned(besides)].map(([name, { definition }]) => [name, definition]));
  }

  #tracing(besides?: TracingRun): TracingRun[] {
    return this.all().filter((run): run is TracingRun => run instanceof TracingRun && run !== besides);
  }
}
