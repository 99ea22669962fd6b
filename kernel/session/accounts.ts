/** What a run counts of itself: its events, what it did not see, what it takes, how full its maps are. */
import type { Counters } from '../loader/protocol.ts';
import type { Loss, RunSnapshot, RunTotals } from '../protocol.ts';
import { fillsOf } from './details.ts';
import type { Intake } from './intake.ts';
import type { LoadedObject } from './loadedObject.ts';
import { lossesOf, lostExit, lostStacks, totalsOf } from './losses.ts';
import { Tally } from './tally.ts';

export class Accounts {
  losses: Loss[] = [];
  readonly #tally = new Tally();
  #mapBytes?: number | undefined;
  /** Until its maps are weighed. */
  #weighing: Promise<void> | undefined;

  constructor(
    private readonly object: LoadedObject,
    private readonly intake: Intake,
  ) {}

  get totals(): RunTotals {
    const { events, rate } = this.#tally;
    return { events, rate, ...totalsOf(this.losses) };
  }

  /** Figures of a run's head, as far as they are known. */
  get figures(): Pick<RunSnapshot, 'rates' | 'fills' | 'memory'> {
    const { views } = this.intake;
    const { rates } = this.#tally;
    const fills = fillsOf(this.object.layout, views.maps.entries());
    return {
      ...(rates.length > 0 ? { rates: [...rates] } : {}),
      ...(fills.length > 0 ? { fills } : {}),
      ...(this.#mapBytes === undefined ? {} : { memory: { maps: this.#mapBytes, records: views.keptBytes } }),
    };
  }

  /** Asks what its maps take, which hardly changes once they are there. */
  weigh(): void {
    this.#weighing = this.object.mapMemory().then(bytes => {
      this.#mapBytes = bytes;
    });
  }

  async weighed(): Promise<void> {
    await this.#weighing;
  }

  /** Rates are counted from here on. */
  start(): void {
    this.#tally.start(performance.now());
  }

  /** To be called about once a second; what the programs counted comes next, by {@link take}. */
  tick(): void {
    this.#tally.tick(this.intake.views.events, performance.now());
  }

  /** What the programs counted. Answers how they asked to end, where the record that asked for it was lost. */
  take(counters: Counters): { code: number } | undefined {
    const { layout } = this.object;
    this.losses = [...lossesOf(layout, counters), ...lostStacks(this.intake.collisions)];
    return lostExit(layout, counters);
  }

  /** All that came was taken in. */
  finish(): void {
    this.#tally.finish(this.intake.views.events);
  }
}
