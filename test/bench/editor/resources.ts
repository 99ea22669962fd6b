/** What processes hold and use over time. */
import { readFileSync } from 'node:fs';
import { cpuMs, tree } from '../cpu.ts';

const PERIOD_MS = 1000;
const KIB_PER_MB = 1024;

/** A process, alone or with all that it started. */
export interface Measured {
  pid: number;
  family?: boolean;
}

interface Sample {
  minutes: number;
  mb: number;
}

export interface Use {
  /** MB resident, the most that was seen. */
  peak: number;
  /** MB a minute, over the second half: what is set up is there by then. */
  growth: number;
  /** Of one CPU. */
  cpu: number;
}

const pidsOf = ({ pid, family }: Measured) => (family ? tree(pid) : [pid]);

/** What a family shares counts once. */
function residentMb(process: Measured): number {
  const [file, field] = process.family ? ['smaps_rollup', 'Pss'] : ['status', 'VmRSS'];
  let kib = 0;
  for (const pid of pidsOf(process)) kib += kibOf(pid, file, field);
  return kib / KIB_PER_MB;
}

function kibOf(pid: number, file: string, field: string): number {
  try {
    const text = readFileSync(`/proc/${pid}/${file}`, 'utf8');
    return Number(text.match(new RegExp(`^${field}:\\s+(\\d+)`, 'm'))?.[1] ?? 0);
  } catch {
    // Of a family some may have ended since they were listed.
    return 0;
  }
}

/** Looks at processes once a second. */
export class Resources {
  readonly #from = performance.now();
  readonly #before: Map<string, number>;
  readonly #samples: Map<string, Sample[]>;
  readonly #timer = setInterval(() => this.#sample(), PERIOD_MS);

  /** `processes`: by the name to show. */
  constructor(private readonly processes: ReadonlyMap<string, Measured>) {
    this.#samples = new Map([...processes.keys()].map(name => [name, []]));
    this.#before = this.#spent();
    this.#sample();
  }

  stop(): Map<string, Use> {
    clearInterval(this.#timer);
    this.#sample();
    const ms = performance.now() - this.#from;
    const spent = this.#spent();
    const useOf = (name: string, samples: Sample[]): Use => ({
      peak: Math.max(...samples.map(({ mb }) => mb)),
      growth: slope(samples.slice(samples.length >> 1)),
      cpu: (spent.get(name)! - this.#before.get(name)!) / ms,
    });
    return new Map([...this.#samples].map(([name, samples]) => [name, useOf(name, samples)]));
  }

  #sample(): void {
    const minutes = (performance.now() - this.#from) / 60_000;
    for (const [name, process] of this.processes)
      this.#samples.get(name)!.push({ minutes, mb: residentMb(process) });
  }

  #spent(): Map<string, number> {
    return new Map([...this.processes].map(([name, process]) => [name, cpuMs(pidsOf(process))]));
  }
}

/** Of the line that fits best. */
function slope(samples: readonly Sample[]): number {
  const mean = (of: (sample: Sample) => number) =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const [x, y] = [mean(({ minutes }) => minutes), mean(({ mb }) => mb)];
  const spread = mean(({ minutes }) => (minutes - x) ** 2);
  return spread === 0 ? 0 : mean(({ minutes, mb }) => (minutes - x) * (mb - y)) / spread;
}
