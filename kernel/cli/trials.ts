/** What tests and benches came to, as bpftrace tells it: lines for people, or JSON. Pure. */
import type { TrialKind } from '../layout.ts';
import type { Trial } from '../session/trials.ts';
import { jsonString } from '../views/index.ts';

/** One trial, and what was seen of it besides. */
export interface Seen {
  trial: Trial;
  /** What it printed. */
  output: string;
  /** Messages of errorf(), and what went wrong while it ran. */
  errors: number;
}

export interface TrialReport {
  /** Text for the output. */
  text: string;
  /** For standard error. */
  message?: string;
}

const GREEN = '\x1b[32m';
const RED = '\x1b[31m';
const RESET = '\x1b[0m';

const UNITS: [ns: number, unit: string][] = [
  [1e9, 's'],
  [1e6, 'ms'],
  [1e3, 'μs'],
];

function duration(ns: number): string {
  const [scale, unit] = UNITS.find(([least]) => ns >= least) ?? [1, 'ns'];
  return `${Math.floor(ns / scale)} ${unit}`;
}

const tests = (count: number) => `${count} ${count === 1 ? 'test' : 'tests'}`;

/** Names as they are reported: without `test:` or `bench:`. */
export const trialName = (probe: string) => probe.slice(probe.indexOf(':') + 1);

/** Reports trials one by one; `names` are those of all that will be run. */
export class TrialReporter {
  readonly #failed: string[] = [];
  #reported = 0;

  constructor(
    readonly kind: TrialKind,
    readonly names: string[],
    readonly json: boolean,
    readonly colors: boolean,
  ) {}

  /** Whether any failed. */
  get failed(): boolean {
    return this.#failed.length > 0;
  }

  /** All are reported. */
  get done(): boolean {
    return this.#reported === this.names.length;
  }

  report(seen: Seen): TrialReport {
    const first = this.#reported++ === 0;
    return this.kind === 'test' ? { text: this.#test(seen, first) } : this.#bench(seen, first);
  }

  #test({ trial, output, errors }: Seen, first: boolean): string {
    const name = trialName(trial.probe);
    const passed = trial.result === 0 && !trial.exitCode && errors === 0;
    if (!passed) this.#failed.push(name);
    if (this.json) {
      const data = `{"duration": ${trial.durationNs}, "passed": ${passed}, "output": ${jsonString(output)}}`;
      return `{"type": "test_result", "data": {${jsonString(name)}: ${data}}}\n`;
    }
    const took = `${name} (${duration(trial.durationNs)})`;
    return [
      ...(first ? [this.#mark('==========', `Running ${this.names.length} tests.`)] : []),
      this.#mark(' RUN      ', name),
      ...(passed ? [] : output.split('\n').filter(Boolean)),
      passed ? this.#mark('       OK ', took) : this.#mark('  FAILED  ', took, RED),
      ...(this.done ? this.#summary() : []),
      '',
    ].join('\n');
  }

  #summary(): string[] {
    const failed = this.#failed.length;
    return [
      this.#mark('==========', `${tests(this.names.length)} ran.`),
      this.#mark('  PASSED  ', `${tests(this.names.length - failed)}.`),
      ...(failed > 0 ? [this.#mark('  FAILED  ', `${tests(failed)}, listed below:`, RED)] : []),
      ...this.#failed.map(name => this.#mark('  FAILED  ', name, RED)),
    ];
  }

  #mark(mark: string, text: string, color = GREEN): string {
    return this.colors ? `${color}[${mark}]${RESET} ${text}` : `[${mark}] ${text}`;
  }

  #bench({ trial, errors }: Seen, first: boolean): TrialReport {
    const name = trialName(trial.probe);
    if (trial.exitCode || errors > 0) {
      this.#failed.push(name);
      return { text: '', message: `ERROR: Benchmark '${name}' failed.\n` };
    }
    // One that gives back something else than 0 asked to be left out.
    if (trial.result !== 0) return { text: '' };
    if (this.json) {
      const data = `{"average": ${trial.durationNs}, "iters": ${trial.times}}`;
      return { text: `{"type": "benchmark_result", "data": {${jsonString(name)}: ${data}}}\n` };
    }
    const width = Math.max(40, ...this.names.map(({ length }) => length)) + 1;
    const row = (...[name, time, times]: string[]) => `${name!.padEnd(width)}${time!.padEnd(15)}${times}\n`;
    const head = row('Benchmark', 'Time(ns)', 'Iterations');
    const line = `${'-'.repeat(head.length - 1)}\n`;
    return { text: (first ? head + line : '') + row(name, `${trial.durationNs}`, `${trial.times}`) };
  }
}
