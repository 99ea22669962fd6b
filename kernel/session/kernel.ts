/** The notebook kernel: runs of many notebooks over one loader. Its clients are the server and the CLI. */
import { arch, cpus, release } from 'node:os';
import { CellError, type Diagnostic, problem } from '../errors.ts';
import { readableC } from '../language/index.ts';
import type { Elevation } from '../loader/launch.ts';
import { parseOptions } from '../notebook/index.ts';
import type {
  CellLanguage,
  Panel,
  ProbeInfo,
  RunDelta,
  RunDetails,
  RunRequest,
  RunSnapshot,
  TablePanel,
  TargetInfo,
  Variable,
} from '../protocol.ts';
import { type Look, RecordBudget } from '../views/index.ts';
import { CommandRun } from './command.ts';
import { compileC, generate } from './compiler.ts';
import { HeaderRun } from './header.ts';
import { Knowledge } from './knowledge.ts';
import { LoaderHolder } from './loader.ts';
import { NotebookRuns } from './notebook.ts';
import { parametersOf } from './parameters.ts';
import type { ListOptions } from './probeKinds.ts';
import { probeNotes } from './probeNotes.ts';
import { listProbes } from './probes.ts';
import type { Run, RunInput, RunListener } from './run.ts';
import type { OwnedMap } from './sharing.ts';
import { Subscriptions } from './subscription.ts';
import { TracingRun } from './tracing.ts';
import { describeTypes } from './types.ts';

export interface KernelListener extends RunListener {
  delta(delta: RunDelta): void;
  loaderEnded(problem: Diagnostic): void;
}

export interface KernelOptions {
  /** A tracing run that nobody watches for this long ends; absent = never. */
  unwatchedMs?: number;
}

type Make = (kernel: NotebookKernel, input: RunInput, notebook: NotebookRuns) => Run;

const tracing: Make = (kernel, input, notebook) =>
  new TracingRun(input, kernel.listener, kernel.holder, notebook, kernel.budget);

const RUNS: Record<CellLanguage, Make> = {
  bpftrace: tracing,
  'bpf-c': tracing,
  shellscript: (kernel, input) => new CommandRun(input, kernel.listener),
};

const UNWATCHED_CHECK_MS = 10_000;

export class NotebookKernel {
  readonly holder: LoaderHolder;
  /** What the records of all runs may take. */
  readonly budget = new RecordBudget();
  /** What editors may know of the target. */
  readonly knowledge: Knowledge;
  readonly #runs = new Map<string, { run: Run; subscriptions: Subscriptions }>();
  readonly #notebooks = new Map<string, NotebookRuns>();
  readonly #watchdog?: NodeJS.Timeout;

  constructor(
    elevation: Elevation,
    readonly listener: KernelListener,
    readonly options: KernelOptions = {},
  ) {
    this.holder = new LoaderHolder(elevation);
    this.knowledge = new Knowledge(this.holder);
    this.holder.onDeath = (loader, error) => {
      for (const { run } of this.#runs.values()) {
        if (run instanceof TracingRun && run.alive && run.uses(loader)) run.fail(error);
      }
      this.listener.loaderEnded(error.diagnostics[0]!);
    };
    if (options.unwatchedMs !== undefined) {
      const period = Math.min(UNWATCHED_CHECK_MS, options.unwatchedMs / 4);
      this.#watchdog = setInterval(() => this.#stopUnwatched(options.unwatchedMs!), period).unref();
    }
  }

  /** Throws RangeError for a language that has no cells. The run's own problems end that run as failed. */
  start(input: RunInput): Run {
    const make = Object.hasOwn(RUNS, input.cell.language) ? RUNS[input.cell.language] : undefined;
    if (!make) throw new RangeError(`cells have no language ${input.cell.language}`);
    const notebook = this.#notebook(input.notebook);
    const header = parseOptions(input.cell.language, input.cell.source).options.file !== undefined;
    const run = header ? new HeaderRun(input, this.listener) : make(this, input, notebook);
    const subscriptions = new Subscriptions(run, delta => this.listener.delta(delta));
    this.#runs.set(run.id, { run, subscriptions });
    const before = notebook.replace(run);
    if (before) {
      void before.over.then(() => run.compareWith(before));
      void this.#forget(before);
    }
    run.begin();
    void run.over.then(() => subscriptions.close());
    return run;
  }

  /** Resolves when the final output is ready. An unknown run has ended long ago. */
  async stop(id: string): Promise<void> {
    const run = this.#runs.get(id)?.run;
    run?.end('stopped');
    await run?.over;
  }

  /** What a save writes. */
  snapshot(id: string): RunSnapshot | null {
    return this.#runs.get(id)?.run.snapshot({ text: true }) ?? null;
  }

  /** A panel of a run, with all rows that are kept. */
  panel(id: string, panel: string): Panel | null {
    return (
      this.#runs
        .get(id)
        ?.run.snapshot({ text: true, whole: true })
        .panels.find(one => one.id === panel) ?? null
    );
  }

  subscribe(id: string, subscriber: string): RunSnapshot | null {
    const found = this.#runs.get(id);
    if (!found) return null;
    if (found.run.alive) found.subscriptions.add(subscriber);
    // Of one that is over no more comes, however it is looked at.
    return found.run.snapshot(found.run.alive ? {} : { text: true });
  }

  unsubscribe(id: string, subscriber: string): void {
    this.#runs.get(id)?.subscriptions.remove(subscriber);
  }

  /** How a subscriber looks at a run from now on. */
  look(id: string, subscriber: string, look: Look): void {
    this.#runs.get(id)?.subscriptions.look(subscriber, look);
  }

  acknowledge(id: string, subscriber: string, sequence: number): void {
    this.#runs.get(id)?.subscriptions.acknowledge(subscriber, sequence);
  }

  /** What of a run is in Linux, or was. */
  async details(id: string): Promise<RunDetails | null> {
    return this.#runs.get(id)?.run.details() ?? null;
  }

  /** The entries of a map of a run, by its symbol. */
  async contents(id: string, symbol: string): Promise<TablePanel | null> {
    return this.#runs.get(id)?.run.contents(symbol) ?? null;
  }

  /** The variables of a run that are not const, as they are now, or were at its end. */
  async variables(id: string): Promise<Variable[]> {
    const run = this.#runs.get(id)?.run;
    return run instanceof TracingRun ? run.variables() : [];
  }

  /** Sets a variable of a live run, or a part of one. Throws CellError. */
  async setVariable(id: string, name: string, value: string): Promise<void> {
    const run = this.#runs.get(id)?.run;
    if (!(run instanceof TracingRun)) throw new CellError([problem('not-live', { name })]);
    await run.setVariable(name, value);
  }

  /** The parameters of a cell, or what is wrong with it. */
  async parameters(input: RunRequest): Promise<{ parameters: Variable[]; diagnostics: Diagnostic[] }> {
    const { options } = parseOptions(input.cell.language, input.cell.source);
    if (input.cell.language !== 'bpf-c' || options.file !== undefined)
      return { parameters: [], diagnostics: [] };
    try {
      // Types are everyone's to read: nobody is asked for root only to look.
      const btf = (await this.knowledge.btf()) ?? (await this.holder.connect()).target.btf;
      const object = await compileC(input, { btf });
      return { parameters: parametersOf(object, { ...options.params, ...input.params }), diagnostics: [] };
    } catch (error) {
      if (!(error instanceof CellError)) throw error;
      return { parameters: [], diagnostics: error.diagnostics };
    }
  }

  /** The maps that a new cell of a notebook could use: by name the newest, with the run that owns it. */
  maps(notebook: string): Map<string, OwnedMap> {
    return this.#notebooks.get(notebook)?.owned() ?? new Map();
  }

  /** A cell that is no more: its run ends, and its maps are freed. */
  async closeCell(notebook: string, cell: string): Promise<void> {
    const run = this.#notebooks.get(notebook)?.remove(cell);
    if (run) await this.#forget(run);
  }

  async closeNotebook(notebook: string): Promise<void> {
    const runs = this.#notebooks.get(notebook)?.all() ?? [];
    this.#notebooks.delete(notebook);
    await Promise.all(runs.map(run => this.#forget(run)));
  }

  async targetInfo(): Promise<TargetInfo> {
    try {
      const { target } = await this.holder.connect();
      const { host } = target;
      return { linux: host.linux, arch: host.arch, cpus: host.cpus };
    } catch (error) {
      const found =
        (error as CellError).diagnostics?.[0] ?? problem('internal', { message: (error as Error).message });
      return { linux: release(), arch: arch(), cpus: cpus().length, problem: found };
    }
  }

  async listProbes(pattern: string, options: ListOptions): Promise<ProbeInfo[]> {
    return listProbes(await this.holder.connect(), pattern, options);
  }

  /** What of a listing cannot be attached here, why, and what can instead. */
  async probeNotes(pattern: string, found: readonly ProbeInfo[]): Promise<Diagnostic[]> {
    return probeNotes(await this.holder.connect(), pattern, found);
  }

  /** Structs, unions and enums of the target, by a list of names such as `struct file`. */
  async listTypes(pattern: string, verbose: boolean): Promise<string[]> {
    return describeTypes((await this.holder.connect()).target.btf, pattern, verbose);
  }

  /** The C that a cell becomes, without its line directives; BPF C is its own. */
  async emitC(input: RunRequest): Promise<{ c?: string; diagnostics: Diagnostic[] }> {
    const { cell } = input;
    if (cell.language !== 'bpftrace') return { c: cell.source, diagnostics: [] };
    const { options } = parseOptions(cell.language, cell.source);
    const connection = await this.holder.connect();
    const maps = this.#notebooks.get(input.notebook)?.definitions();
    const compilation = await generate(connection, input, options, {
      hasChild: options.workload !== undefined,
      maps,
    });
    return {
      ...(compilation.cell ? { c: readableC(compilation.cell.c) } : {}),
      diagnostics: compilation.diagnostics,
    };
  }

  /** Stops all runs and ends the loader. */
  async close(): Promise<void> {
    clearInterval(this.#watchdog);
    const live = [...this.#runs.values()].filter(({ run }) => run.alive);
    await Promise.all(live.map(({ run }) => this.stop(run.id)));
    this.holder.close();
  }

  #notebook(name: string): NotebookRuns {
    const found = this.#notebooks.get(name) ?? new NotebookRuns();
    this.#notebooks.set(name, found);
    return found;
  }

  async #forget(run: Run): Promise<void> {
    await this.stop(run.id);
    this.#runs.get(run.id)?.subscriptions.close();
    this.#runs.delete(run.id);
    await run.dispose();
    const left = [...this.#runs.values()].map(one => one.run);
    this.holder.closeUnused(loader => left.some(one => one instanceof TracingRun && one.needs(loader)));
  }

  #stopUnwatched(limit: number): void {
    for (const { run, subscriptions } of this.#runs.values()) {
      const since = subscriptions.unwatchedSince;
      if (run.alive && since !== undefined && Date.now() - since > limit) run.end('unwatched');
    }
  }
}
