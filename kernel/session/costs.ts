/** What probes cost, from two readings of Linux's statistics, and which of them cost too much. Pure. */
import type { CellLayout, ProgramLayout } from '../layout.ts';
import type { Counters } from '../loader/protocol.ts';
import type { ProbeCost } from '../protocol.ts';

/** A probe as it was written, which may have become many programs. */
export interface WrittenProbe {
  name: string;
  programs: ProgramLayout[];
}

/** `source` gives wildcards the name that they were written with. */
export function writtenProbes({ programs }: CellLayout, source: string): WrittenProbe[] {
  const groups = new Map<string, ProgramLayout[]>();
  for (const program of programs) {
    const key = program.span ? JSON.stringify(program.span) : program.symbol;
    groups.set(key, [...(groups.get(key) ?? []), program]);
  }
  return [...groups.values()].map(group => ({ name: nameOf(group, source), programs: group }));
}

function nameOf([first, ...more]: ProgramLayout[], source: string): string {
  if (more.length === 0) return first!.probe;
  const { start, end, file } = first!.span!;
  const written = source.split('\n')[start.line]?.slice(start.column, end.column);
  return file === undefined && start.line === end.line && written
    ? written
    : `${first!.probe} and ${more.length} more`;
}

/** What each probe did between two readings; the costliest first. */
export function costsOf(probes: readonly WrittenProbe[], before: Counters, after: Counters): Cost[] {
  const elapsed = after.at - before.at;
  if (elapsed <= 0) return [];
  const earlier = new Map(before.programs.map(counts => [counts.program, counts]));
  const later = new Map(after.programs.map(counts => [counts.program, counts]));
  const costs = probes.map(probe => {
    let [hits, ns] = [0, 0];
    for (const { symbol } of probe.programs) {
      hits += (later.get(symbol)?.hits ?? 0) - (earlier.get(symbol)?.hits ?? 0);
      ns += (later.get(symbol)?.ns ?? 0) - (earlier.get(symbol)?.ns ?? 0);
    }
    return {
      probe: probe.name,
      written: probe,
      hits: Math.round((hits * 1e9) / elapsed),
      ns: hits > 0 ? Math.round(ns / hits) : 0,
      cpu: ns / elapsed,
    };
  });
  return costs.sort((a, b) => b.cpu - a.cpu);
}

/** Between two readings. */
export interface Cost extends Omit<ProbeCost, 'total'> {
  written: WrittenProbe;
}

/** How long a probe may cost too much, ms. */
const PATIENCE_MS = 3_000;

/** Finds the probes that take more than their share of a CPU, for longer than for a moment. */
export class Watchdog {
  /** Those over the limit in each measurement since then, ms. */
  readonly #over = new Map<WrittenProbe, number>();

  /** `limit`: of one CPU, 0.25 = a quarter. */
  constructor(readonly limit: number) {}

  /** The probes to be detached, after a measurement at `now` (ms); each once. */
  judge(costs: readonly Cost[], now: number): Cost[] {
    for (const { written, cpu } of costs)
      if (cpu <= this.limit) this.#over.delete(written);
      else if (!this.#over.has(written)) this.#over.set(written, now);
    const guilty = costs.filter(({ written }) => now - (this.#over.get(written) ?? now) >= PATIENCE_MS);
    for (const { written } of guilty) this.#over.delete(written);
    return guilty;
  }
}
