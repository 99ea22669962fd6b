/** The order in which a notebook's cells start. Pure. */

/** One cell's turn. */
export interface Job {
  /** It has a duration or a workload: whoever runs several cells at once expects it to end before the next. */
  readonly endsByItself: boolean;
  /** Runs the cell to its end. `attached` is called when it streams. Answers false when the cell failed. */
  run(attached: () => void): Promise<boolean>;
  /** The cell's turn will not come. */
  skip(): void;
}

interface Waiting {
  job: Job;
  /** Jobs that were asked for together. */
  batch: number;
}

/**
 * Starts one job after the other. A tracing cell lets the next one start as soon as it is attached; one that
 * ends by itself holds back the rest of its own batch until its end, so that Run All reads from top to bottom,
 * but not a cell that the user runs beside it.
 */
export class CellQueue {
  #waiting: Waiting[] = [];
  #busy = false;
  #batches = 0;

  /** Queues jobs behind those that wait; their order is the order they start in. */
  add(jobs: readonly Job[]): void {
    const batch = this.#batches++;
    this.#waiting.push(...jobs.map(job => ({ job, batch })));
    this.#next();
  }

  /** Takes a waiting job out; false when its turn has already come. */
  remove(job: Job): boolean {
    const index = this.#waiting.findIndex(entry => entry.job === job);
    if (index >= 0) this.#waiting.splice(index, 1);
    return index >= 0;
  }

  #next(): void {
    const turn = this.#busy ? undefined : this.#waiting.shift();
    if (!turn) return;
    this.#busy = true;
    let released = false;
    const release = () => {
      if (released) return;
      released = true;
      this.#busy = false;
      this.#next();
    };
    const attached = () => {
      const holdsBack = turn.job.endsByItself && this.#waiting.some(entry => entry.batch === turn.batch);
      if (!holdsBack) release();
    };
    void turn.job.run(attached).then(ok => {
      if (!ok && !released) for (const { job } of this.#waiting.splice(0)) job.skip();
      release();
    });
  }
}
