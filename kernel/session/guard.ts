/** Says what the probes of a live run cost, and detaches those that cost too much. */
import { type Diagnostic, problem } from '../errors.ts';
import type { Counters } from '../loader/protocol.ts';
import type { RunCost } from '../protocol.ts';
import { type Cost, costsOf, Watchdog, type WrittenProbe, writtenProbes } from './costs.ts';
import type { LoadedObject } from './loadedObject.ts';
import type { Metered } from './meter.ts';
import { isOver } from './selection.ts';

/** Of one CPU, unless a run says otherwise. */
export const CPU_LIMIT = 0.25;

const MOST_SHOWN = 10;

/** What a probe took of the machine when it was detached. */
export type DetachedProbe = Omit<Cost, 'written'>;

export interface GuardListener {
  cost(cost: RunCost): void;
  /** `left`: some other program can still run. */
  detached(probe: DetachedProbe, told: Diagnostic, left: boolean): void;
  problem(told: Diagnostic): void;
}

export class CostGuard implements Metered {
  #probes: WrittenProbe[];
  readonly #watchdog: Watchdog;
  /** Hits that each probe must have had by now, if it was hit between the samples as in them. */
  readonly #totals = new Map<string, number>();
  #measuredAt: number | undefined;

  /** `limit`: of one CPU, 0.25 = a quarter. */
  constructor(
    private readonly object: LoadedObject,
    source: string,
    limit: number,
    private readonly listener: GuardListener,
  ) {
    this.#probes = writtenProbes(object.layout, source);
    this.#watchdog = new Watchdog(limit);
  }

  counters(): Promise<Counters | undefined> {
    return this.object.counters();
  }

  measured(before: Counters, after: Counters): void {
    const costs = costsOf(this.#probes, before, after);
    const seconds = (after.at - (this.#measuredAt ?? before.at)) / 1e9;
    this.#measuredAt = after.at;
    for (const { probe, hits } of costs)
      this.#totals.set(probe, (this.#totals.get(probe) ?? 0) + hits * seconds);
    const shown = costs.slice(0, MOST_SHOWN).map(({ written: _, ...cost }) => ({
      ...cost,
      total: Math.round(this.#totals.get(cost.probe)!),
    }));
    this.listener.cost({ cpu: costs.reduce((sum, { cpu }) => sum + cpu, 0), probes: shown });
    for (const { written, ...cost } of this.#watchdog.judge(costs, after.at / 1e6))
      this.#detach(written, cost);
  }

  unmeasured(reason: string): void {
    this.listener.problem(problem('not-measured', { reason }));
  }

  #detach(written: WrittenProbe, cost: DetachedProbe): void {
    this.#probes = this.#probes.filter(probe => probe !== written);
    this.object.detach(written.programs.map(({ symbol }) => symbol));
    const [{ span }] = written.programs as [WrittenProbe['programs'][0]];
    const values = { probe: cost.probe, cpu: percent(cost.cpu), limit: percent(this.#watchdog.limit) };
    const left = this.#probes.some(({ programs }) => programs.some(({ attach }) => !isOver(attach)));
    this.listener.detached(cost, problem('too-costly', values, { span }), left);
  }
}

/** Two digits that say something: 38, 2.5, 0.012. */
export const percent = (share: number): string => String(Number((share * 100).toPrecision(2)));
