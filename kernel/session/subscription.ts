/** Who watches a run: each gets what changed, at its own pace. */
import type { RunDelta } from '../protocol.ts';
import type { Look } from '../views/index.ts';
import type { Run, RunCursor } from './run.ts';

const DELTA_MS = 100;
const REFRESH_MS = 250;
/** Reading large maps takes long: no more than a tenth of the time. */
const REST = 9;
/** The head (elapsed time, rate) is sent this often when nothing else changes. */
const HEAD_MS = 1_000;

interface Subscriber {
  cursor: RunCursor;
  sequence: number;
  /** A delta is on its way; no other is sent until it was acknowledged. */
  waiting: boolean;
  lastSent: number;
  phase: string;
  look: Look;
}

export class Subscriptions {
  readonly #subscribers = new Map<string, Subscriber>();
  #timer?: NodeJS.Timeout | undefined;
  #refreshing = false;
  /** When maps may be read again, ms. */
  #refreshAt = 0;
  /** When the last one left; undefined while someone watches. */
  unwatchedSince: number | undefined = Date.now();

  constructor(
    readonly run: Run,
    private readonly send: (delta: RunDelta) => void,
  ) {}

  /** What the subscriber is shown at once is what it counts from. */
  add(name: string): void {
    const cursor = this.run.cursor();
    this.#subscribers.set(name, {
      cursor,
      sequence: 0,
      waiting: false,
      lastSent: Date.now(),
      phase: this.run.phase,
      look: { text: false },
    });
    this.unwatchedSince = undefined;
    this.#timer ??= setInterval(() => this.#tick(), DELTA_MS);
  }

  remove(name: string): void {
    if (!this.#subscribers.delete(name) || this.#subscribers.size > 0) return;
    this.unwatchedSince = Date.now();
    this.close();
  }

  acknowledge(name: string, sequence: number): void {
    const subscriber = this.#subscribers.get(name);
    if (subscriber?.sequence === sequence) subscriber.waiting = false;
  }

  /** From the next delta on. */
  look(name: string, look: Look): void {
    const subscriber = this.#subscribers.get(name);
    if (subscriber) subscriber.look = look;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    void this.#refresh();
    const now = Date.now();
    for (const [name, subscriber] of this.#subscribers) {
      if (subscriber.waiting) continue;
      const panels = this.run.delta(subscriber.cursor, subscriber.look);
      const quiet = panels.length === 0 && subscriber.phase === this.run.phase;
      if (quiet && now - subscriber.lastSent < HEAD_MS) continue;
      Object.assign(subscriber, { waiting: true, lastSent: now, phase: this.run.phase });
      const sequence = ++subscriber.sequence;
      this.send({ run: this.run.id, subscriber: name, sequence, head: this.run.head(), panels });
    }
  }

  /** Maps are read only for who looks, and never twice at once. */
  async #refresh(): Promise<void> {
    const began = Date.now();
    if (this.#refreshing || began < this.#refreshAt) return;
    this.#refreshing = true;
    // A failed read shows as a map that does not move; what ended the loader is told elsewhere.
    await this.run.refresh().catch(() => {});
    const took = Date.now() - began;
    this.#refreshAt = began + Math.max(REFRESH_MS, took * (1 + REST));
    this.#refreshing = false;
  }
}
