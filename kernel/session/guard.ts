/** Says what the probes of a live run cost, and detaches those that cost too much. */
import { type Diagnostic, problem } from '../errors.ts';
import type { Counters } from '../loader/protocol.ts';
import type { ProbeCost, RunCost } from '../protocol.ts';
import { costsOf, Watchdog, type WrittenProbe, writtenProbes } from './costs.ts';
import type { LoadedObject } from './loadedObject.ts';
import type { Metered } from './meter.ts';
import { isOver } from './selection.ts';

/** Of one CPU, unless a run says otherwise. */
export const CPU_LIMIT = 0.25;

const MOST_SHOWN = 10;

export interface GuardListener {
  cost(cost: RunCost): void;
  /** `left`: some other program can still run. */
  detached(probe: ProbeCost, told: Diagnostic, left: boolean): void;
  problem(told: Diagnostic): void;
}

export class CostGuard implements Metered {
  #probes: WrittenProbe[];
  readonly #watchdog: Watchdog;

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
    const shown = costs.slice(0, MOST_SHOWN).map(({ probe, hits, ns, cpu }) => ({ probe, hits, ns, cpu }));
    this.listener.cost({ cpu: costs.reduce((sum, { cpu }) => sum + cpu, 0), probes: shown });
    for (const { written, ...cost } of this.#watchdog.judge(costs, after.at / 1e6))
      this.#detach(written, cost);
  }

  unmeasured(reason: string): void {
    this.listener.problem(problem('not-measured', { reason }));
  }

  #detach(written: WrittenProbe, cost: ProbeCost): void {
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
