/** Tests and benches: programs that are run some times instead of being attached. Pure. */
import type { TrialKind } from '../layout.ts';

/** What came of one program. */
export interface Trial {
  probe: string;
  kind: TrialKind;
  /** Its return value: a test fails, and a bench is left out, by anything but 0. */
  result: number;
  /** Of one run, on average. */
  durationNs: number;
  /** How often it ran. */
  times: number;
  /** What it gave exit(), which ends a trial and no more. */
  exitCode?: number;
}

/** Runs a program so many times; `durationNs` is the average. */
export type Attempt = (times: number) => Promise<Omit<Trial, 'probe' | 'kind' | 'times'>>;

/** While all runs together took less (ns), so many times more are made: a bench must run for a millisecond. */
const GROWTH: [belowNs: number, factor: number][] = [
  [1e3, 1000],
  [1e4, 100],
  [1e5, 10],
  [1e6, 2],
];

/** The clock that a program runs by may not tick at all: it does not run for ever. */
const MOST_TIMES = 1e9;

export async function tryProgram(probe: string, kind: TrialKind, attempt: Attempt): Promise<Trial> {
  for (let times = 1; ; ) {
    const done = await attempt(times);
    const total = done.durationNs * times;
    const growth = GROWTH.find(([below]) => total < below)?.[1];
    const enough =
      kind === 'test' || growth === undefined || done.result !== 0 || done.exitCode !== undefined;
    if (enough || times * growth > MOST_TIMES) return { probe, kind, times, ...done };
    times *= growth;
  }
}
