/** A process that makes events without pause, at full speed or so many a second, and knows exactly how many. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Workload } from '../workload.ts';

/** Calls asked for ahead, so that the process never waits for the next line. */
const AHEAD = 4;
const BATCH = 250_000;
/** At a moderate rate: so many batches a second. */
const BEATS = 50;

export class Generator {
  readonly #workload: Workload;
  readonly #lanes: Promise<void>[] = [];
  #made = 0;
  #stopping = false;

  /** `program`: the path of the compiled workload; `perSecond`: absent = as many as one core can make. */
  constructor(
    program: string,
    private readonly perSecond?: number,
  ) {
    this.#workload = new Workload(program);
  }

  get pid(): number {
    return this.#workload.pid;
  }

  /** Events made so far, of those batches that are done. */
  get made(): number {
    return this.#made;
  }

  start(): void {
    if (this.perSecond === undefined) for (let i = 0; i < AHEAD; i++) this.#lanes.push(this.#race());
    else this.#lanes.push(this.#beat(this.perSecond / BEATS));
  }

  /** Makes no more. @returns how many were made */
  async stop(): Promise<number> {
    this.#stopping = true;
    await Promise.all(this.#lanes);
    return this.#made;
  }

  close(): void {
    this.#stopping = true;
    this.#workload.close();
  }

  async #race(): Promise<void> {
    while (!this.#stopping) await this.#make(BATCH);
  }

  async #beat(count: number): Promise<void> {
    while (!this.#stopping) {
      await this.#make(Math.round(count));
      await sleep(1000 / BEATS);
    }
  }

  async #make(count: number): Promise<void> {
    await this.#workload.calls(count);
    this.#made += count;
  }
}
