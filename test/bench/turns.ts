/** Who takes part, and how they take turns: on the same machine, in every round, each tracer once. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { heading, type Rounds, row } from './table.ts';
import { CommandTracer, NotebookTracer, type Program, type Tracer, type Tracing } from './tracer.ts';
import { Workload } from './workload.ts';

const COMMAND = fileURLToPath(new URL('../../dist/ebpfnb.mjs', import.meta.url));
const PEER = 'bpftrace';
const LIBBPF = 'libbpf C';

/** One tracing program in all languages. `unique` makes a text that no cache has seen. */
export type Case = (unique: number) => Program;
export type Add = (figure: string, value: number) => void;
/** By the name of what was measured: `start`, `stop`, `detached` (both from the request to stop), and what `use` adds. */
export type Figures = Map<string, Rounds>;

export class Turns {
  readonly workload: Workload;
  readonly #tracers: Tracer[];
  #unique = 0;

  /** `folder`: of the compiled peers; `debian`: what bpftrace is in. */
  constructor(
    private readonly folder: string,
    debian: string,
    private readonly rounds: number,
  ) {
    this.workload = new Workload(join(folder, 'workload'));
    this.#tracers = [
      new NotebookTracer(COMMAND),
      new CommandTracer('ebpfnb trace', ({ source }) => [process.execPath, COMMAND, 'trace', '-e', source]),
      new CommandTracer(PEER, ({ source }) => ['chroot', debian, 'bpftrace', '-e', source]),
      new CommandTracer(LIBBPF, ({ object, target }) => [join(folder, 'tracer'), object!, String(target)]),
    ];
  }

  /** What `action` says, of the workload only; `object`: the name of the hand-written program that does the same. */
  traced(action: string, object?: string, probe = 'tracepoint:syscalls:sys_enter_getppid'): Case {
    const { pid } = this.workload;
    return unique => ({
      source: `${probe} /pid == ${pid}/ { ${action.replaceAll('@', `@m${unique}`)} }`,
      target: pid,
      ...(object && { object: join(this.folder, `${object}.bpf.o`) }),
    });
  }

  /** Each tracer once, for what only the first cell of a session pays. */
  async warmUp(program: Case): Promise<void> {
    for (const tracer of this.#tracers) await (await tracer.start(program(++this.#unique))).stop();
  }

  /** A text that is new in each round. */
  fresh(program: Case): Promise<Figures> {
    return this.take(() => program(++this.#unique));
  }

  /** In every round, each tracer that can run the program is started, used and stopped. */
  async take(program: () => Program): Promise<Figures>;
  async take<T>(
    program: () => Program,
    use: (tracing: Tracing, add: Add, before: T) => Promise<void>,
    before: () => Promise<T>,
  ): Promise<Figures>;
  async take(
    program: () => Program,
    use: (tracing: Tracing, add: Add, before: unknown) => Promise<void> = async () => {},
    before: () => Promise<unknown> = async () => {},
  ): Promise<Figures> {
    const figures: Figures = new Map();
    for (let round = 0; round < this.rounds; round++) {
      for (const tracer of this.#tracers) {
        const one = program();
        if (tracer.name === LIBBPF && !one.object) continue;
        const untraced = await before();
        const newest = this.#newestProgram();
        const tracing = await tracer.start(one);
        const add: Add = (figure, value) => {
          const all = figures.get(figure) ?? new Map();
          figures.set(figure, all);
          all.set(tracer.name, [...(all.get(tracer.name) ?? []), value]);
        };
        add('start', tracing.startMs);
        await use(tracing, add, untraced);
        const from = performance.now();
        const detached = once(spawn(this.#programs, [newest]), 'close');
        add('stop', await tracing.stop());
        await detached;
        add('detached', performance.now() - from);
      }
    }
    return figures;
  }

  heading(): string {
    const rounds = `${this.rounds} rounds; medians, and in brackets the median of the ratios to ${PEER}`;
    return `${rounds}\n\n${heading(this.#names)}`;
  }

  show(what: string, unit: string, figure: Rounds | undefined): void {
    if (figure) console.log(row(what, unit, this.#names, figure, PEER));
  }

  /** The life of a program, in three lines. */
  showLife(what: string, figures: Figures): void {
    this.show(`start, ${what}`, 'ms', figures.get('start'));
    this.show('  stop to final output', 'ms', figures.get('stop'));
    this.show('  stop to all detached', 'ms', figures.get('detached'));
  }

  async close(): Promise<void> {
    this.workload.close();
    await Promise.all(this.#tracers.map(tracer => tracer.close()));
  }

  get #names(): string[] {
    return this.#tracers.map(({ name }) => name);
  }

  get #programs(): string {
    return join(this.folder, 'programs');
  }

  /** The id of the BPF program that Linux loaded last. */
  #newestProgram(): string {
    return spawnSync(this.#programs, { encoding: 'utf8' }).stdout.trim();
  }
}
