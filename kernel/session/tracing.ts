/** A bpftrace or BPF C cell: compiled here, loaded and read in a session of the loader. */
import { encodeVariable } from '../compile/index.ts';
import { CellError, problem } from '../errors.ts';
import { type ProgramLayout, placesOf } from '../layout.ts';
import type { LoaderClient } from '../loader/client.ts';
import { type Counters, UNSAFE_ACTIONS } from '../loader/protocol.ts';
import type {
  EndReason,
  FlamePanel,
  Loss,
  Panel,
  PanelDelta,
  RunDetails,
  RunTotals,
  TablePanel,
  Variable,
} from '../protocol.ts';
import type { Look, RecordBudget, ViewCursor } from '../views/index.ts';
import { Accounts } from './accounts.ts';
import { type CompiledCell, compileCell } from './compiler.ts';
import { runDetails } from './details.ts';
import { CostGuard, CPU_LIMIT } from './guard.ts';
import { Intake } from './intake.ts';
import { LoadedObject } from './loadedObject.ts';
import type { Connection, LoaderHolder } from './loader.ts';
import { mapAtLimit } from './losses.ts';
import type { CostMeter } from './meter.ts';
import { nanosecondsSinceBoot } from './names.ts';
import { type OutputCursor, OutputLogs } from './output.ts';
import { PERF_PAGES, perfBufferNotes } from './perfBuffers.ts';
import { parametersOf } from './plan.ts';
import { answersOf, skippedProbe } from './remedies.ts';
import { Run, type RunCursor, type RunInput, type RunListener } from './run.ts';
import { resolveSections } from './sections.ts';
import { isOver, selectPrograms } from './selection.ts';
import { type HeldMaps, type SharedMaps, Sharing } from './sharing.ts';
import { compileTool } from './tool.ts';
import { tryProgram } from './trials.ts';
import { commandWords } from './words.ts';
import { Workload } from './workload.ts';

const ROWS = 10_000;
const TOTALS_MS = 1_000;
/** What a command gets when only `begin` and `end` are there to be run. */
const WORKLOAD_MS = 100;

interface Cursor {
  views: ViewCursor;
  output: OutputCursor;
}

export class TracingRun extends Run {
  #loader?: LoaderClient;
  /** From open on. */
  #object?: LoadedObject;
  #intake?: Intake;
  #accounts?: Accounts;
  /** The flame graphs of the cell's run before. */
  #before: readonly FlamePanel[] = [];
  #attached = false;
  readonly sharing: Sharing;
  #workload?: Workload;
  readonly #logs = new OutputLogs(this.options.rows ?? ROWS);
  #timers: NodeJS.Timeout[] = [];
  #unguard: () => void = () => {};

  constructor(
    input: RunInput,
    listener: RunListener,
    private readonly holder: LoaderHolder,
    private readonly shared: SharedMaps,
    private readonly budget: RecordBudget,
  ) {
    super(input, listener);
    this.sharing = new Sharing(shared, this);
  }

  uses(loader: LoaderClient): boolean {
    return this.#loader === loader;
  }

  /** Its programs or its maps are there. */
  needs(loader: LoaderClient): boolean {
    return this.uses(loader) && (this.alive || this.held !== undefined);
  }

  /** The symbol of a map that it fills as a bpftrace program, while it holds it. */
  symbolOf(name: string): string | undefined {
    if (!this.held || !this.sharing.makes(name) || this.sharing.owned.get(name)?.c) return undefined;
    return this.#object?.layout.maps.find(map => map.name === name)?.symbol;
  }

  /** A live program keeps the map that it was loaded with: the user decides when it starts afresh. */
  mapReplaced(name: string): void {
    const told = this.diagnostics.some(({ code, map }) => code === 'map-replaced' && map === name);
    if (told || this.phase !== 'stream') return;
    this.diagnostics.push(problem('map-replaced', { name }, { map: name }));
    this.listener.phase(this);
  }

  /** Its maps in the loader, from load until it is disposed of. */
  get held(): HeldMaps | undefined {
    return this.#object?.held;
  }

  protected async live(): Promise<EndReason> {
    const connection = await this.step('parse', () =>
      this.holder.connect(this.#allows('write_user') ? { writes: true } : {}),
    );
    this.#loader = connection.loader;
    const compiled = await this.#compile(connection);
    const cell = { ...compiled, layout: selectPrograms(compiled.layout, this.input) };
    this.sharing.owned = cell.maps ?? new Map();
    this.diagnostics.push(...cell.warnings);
    this.probes = cell.layout.programs.flatMap(({ probe, exit }) => (exit ? [probe, exit] : [probe]));
    const object = new LoadedObject(
      connection.loader,
      this.holder.newSession(),
      cell.layout,
      this.input.cell,
    );
    this.#object = object;
    // The workload's pid is part of what is loaded; it waits, stopped, until the probes are there.
    await this.step('open', () => this.#open(object, cell));
    await this.step('open', () => this.#holdWorkload());
    await this.step('load', () => this.#load(object));
    // Not left half-way: what `begin` programs did must come to an orderly end.
    this.enter('attach');
    const interrupted = await this.#attach(object);
    if (this.input.dryRun) return 'done';
    if (interrupted) return this.ending;
    if (this.input.trials) return this.#tryAll(object);
    if (!this.failed) {
      this.#goLive(object);
      this.#guard(object, connection.meter);
    }
    return this.ending;
  }

  protected async release(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#unguard();
    const object = this.#object;
    if (object?.alive) {
      if (this.#attached) await this.#finish(object);
      else await object.close();
    }
    object?.silence();
    await this.#workload?.kill();
    this.#logs.finish();
    this.#intake?.close();
    this.#accounts?.finish();
  }

  async dispose(): Promise<void> {
    this.#intake?.views.release();
    await this.#object?.close();
  }

  override async details(): Promise<RunDetails | null> {
    const object = this.#object;
    if (!object) return null;
    const { layout, programs, maps } = object;
    const now = await object.details();
    return runDetails({ layout, programs, maps, now }, this.#intake?.views.maps.entries() ?? new Map());
  }

  override async contents(symbol: string): Promise<TablePanel | null> {
    return this.held ? this.#intake!.contents(symbol) : null;
  }

  override get totals(): RunTotals {
    return this.#accounts?.totals ?? super.totals;
  }

  override get losses(): readonly Loss[] {
    return this.#accounts?.losses ?? [];
  }

  protected override get figures() {
    return this.#accounts?.figures ?? {};
  }

  async refresh(): Promise<void> {
    const live = () => this.phase === 'stream';
    if (!this.held || !live()) return;
    await this.#intake!.refresh(live);
    this.#tellFullMaps();
  }

  /** Its variables that are not const, as they are now, or were at its end. */
  async variables(): Promise<Variable[]> {
    await this.refresh();
    return this.#intake?.views.maps.variables.list() ?? [];
  }

  /** Sets a variable, or a part of one. Throws CellError. */
  async setVariable(name: string, value: string): Promise<void> {
    const object = this.#object;
    if (!object?.alive || this.phase !== 'stream') throw new CellError([problem('not-live', { name })]);
    await object.setGlobal(encodeVariable(object.layout.globals, name, value));
  }

  panels(look?: Look): Panel[] {
    return [...(this.#intake?.views.panels(look) ?? []), ...this.#logs.panels()];
  }

  override compareWith(before: Run): void {
    if (!(before instanceof TracingRun)) return;
    this.#before = before.#intake?.views.maps.flames() ?? [];
    this.#intake?.views.maps.compareWith(this.#before);
  }

  cursor(): RunCursor {
    const views = this.#intake?.views.cursor() ?? new Map();
    return { views, output: this.#logs.cursor() } satisfies Cursor;
  }

  delta(cursor: RunCursor, look?: Look): PanelDelta[] {
    const { views, output } = cursor as Cursor;
    return [...(this.#intake?.views.delta(views, look) ?? []), ...this.#logs.delta(output)];
  }

  /** This process got a signal: the programs that wait for it run. */
  async signal(name: string): Promise<void> {
    const object = this.#object;
    if (!object?.alive || this.phase !== 'stream') return;
    for (const { symbol, attach } of object.layout.programs)
      if (attach.kind === 'signal' && attach.signal === name) await this.#runProgram(object, symbol);
  }

  async #compile(connection: Connection): Promise<CompiledCell> {
    const compile = this.input.tool ? compileTool : compileCell;
    const cell = await compile(connection, this.input, this.options, {
      hasChild: this.#workloadWords() !== undefined,
      maps: this.input.standalone ? undefined : this.sharing.offered(connection.loader),
      step: (phase, work) => this.step(phase, work),
    });
    if (this.input.cell.language !== 'bpf-c') return cell;
    const { layout, notes } = await this.step('compile', () =>
      resolveSections(connection, cell.layout, action => this.#allows(action), {
        ...this.options,
        ...(this.input.pid === undefined ? {} : { pid: this.input.pid }),
      }),
    );
    return { ...cell, layout, warnings: [...cell.warnings, ...notes] };
  }

  #workloadWords(): string[] | undefined {
    return this.input.workload ?? (this.options.workload ? commandWords(this.options.workload) : undefined);
  }

  async #holdWorkload(): Promise<void> {
    const words = this.#workloadWords();
    if (!words) return;
    const log = this.#logs.open('workload');
    const workload = await Workload.start(words, {
      directory: this.input.directory,
      held: true,
      ...(this.input.inheritOutput
        ? {}
        : {
            onOutput: (stream, bytes) => {
              log.write(stream, bytes);
              this.listener.output?.(this, stream, bytes);
            },
          }),
    });
    // Asked to end meanwhile, the run did not wait for it; it must not stay behind.
    if (this.endsSoon) await workload.kill();
    else this.#workload = workload;
  }

  async #open(object: LoadedObject, { elf }: CompiledCell): Promise<void> {
    const allow = UNSAFE_ACTIONS.filter(action => this.#allows(action));
    await object.open(elf, { allow, logged: this.input.logged ?? false });
    this.#intake = new Intake(object, {
      input: this.input,
      rows: this.options.rows ?? ROWS,
      budget: this.budget,
      commands: this.#allows('system'),
      onBatch: (batch, performed, exit) => {
        this.listener.batch?.(this, batch, performed);
        if (!exit) return;
        this.exitCode = exit.code;
        if (!this.input.trials) this.end('exit');
      },
    });
    this.#intake.views.maps.compareWith(this.#before);
    this.#accounts = new Accounts(object, this.#intake);
    this.listener.opened?.(this, object.layout, this.#intake.streams);
  }

  /** Did whoever started the run allow a function that does more than watch? */
  #allows(name: string): boolean {
    return Boolean(this.input.unsafe || this.options.unsafe?.includes(name));
  }

  async #load(object: LoadedObject): Promise<void> {
    const { layout } = object;
    const cpid = this.#workload?.pid;
    const globals = parametersOf(
      layout,
      { ...this.options.params, ...this.input.params },
      {
        ...(cpid === undefined ? {} : { cpid }),
        started_at: nanosecondsSinceBoot(),
        self_pid: process.pid,
        cpus: object.loader.host.cpus,
      },
    );
    const log = await object.load(globals, this.sharing.reuse(object.loader, object.maps, layout));
    if (log) this.listener.loaded?.(this, log);
    this.shared.loaded(this);
  }

  /** Whether it was ended half-way: by whoever does not want to wait, not by a program's exit(). */
  async #attach(object: LoadedObject): Promise<boolean> {
    const { directory, pid = this.options.pid, dryRun } = this.input;
    const { symbols } = this.#intake!;
    void this.ending.then(reason => reason === 'exit' || object.interrupt());
    const perfPages = this.options.perfPages ?? PERF_PAGES;
    const { skipped, refused, interrupted, perfBuffers, returned, texts } = await object.attach({
      directory,
      pid,
      perfPages,
      dryRun,
      follow: symbols.ofPrograms,
      onBatch: batch => this.#intake!.push(batch),
      onProgress: (done, of) => {
        this.attaching = { done, of };
        this.listener.phase(this);
      },
    });
    this.attaching = undefined;
    this.diagnostics.push(...skipped.flatMap(failure => skippedProbe(failure, object.layout)));
    if (this.#tellsMore) this.diagnostics.push(...perfBufferNotes(object.layout, perfPages, perfBuffers));
    for (const { program, text } of texts) this.#takeText(object, program, text);
    if (this.input.cell.language === 'bpf-c') this.diagnostics.push(...answersOf(returned, object.layout));
    const left = new Set(skipped.map(({ program }) => program));
    const places = object.layout.programs.map(({ symbol, probe, attach }) =>
      left.has(symbol) ? 0 : placesOf(probe, attach),
    );
    this.attachedPlaces = places.reduce((sum, count) => sum + count, -refused);
    if (skipped.length > 0 && this.attachedPlaces === 0) throw new CellError([problem('none-attached')]);
    this.#attached = !dryRun;
    symbols.prepare();
    this.#accounts!.weigh();
    return interrupted;
  }

  /** What an iterator wrote, as output of its own. */
  #takeText({ layout }: LoadedObject, program: string, text: Buffer): void {
    const title = layout.programs.find(({ symbol }) => symbol === program)?.probe ?? program;
    this.#logs.open(title, `text:${program}`).write('stdout', text);
    this.listener.output?.(this, 'stdout', text);
  }

  #goLive(object: LoadedObject): void {
    this.enter('stream');
    this.#intake!.views.maps.begin();
    if (this.#workload) {
      this.#workload.resume();
      this.#workload.ended.then(end => {
        this.listener.workloadEnded?.(this, end);
        this.end('workload');
      });
    }
    const durationMs = this.input.durationMs ?? this.options.durationMs;
    // Nothing is left that could run: bpftrace ends here too, a command that it started with it.
    if (!this.#goesOn(object, durationMs))
      this.#timers.push(setTimeout(() => this.end('done'), this.#workload ? WORKLOAD_MS : 0));
    if (durationMs !== undefined) this.#timers.push(setTimeout(() => this.end('duration'), durationMs));
    this.#accounts!.start();
    this.#timers.push(setInterval(() => void this.#readTotals(object), TOTALS_MS));
  }

  /** A program of SEC("syscall") may have started timers, which run until the time that is given. */
  #goesOn({ layout }: LoadedObject, durationMs: number | undefined): boolean {
    const mayRun = ({ attach }: ProgramLayout) =>
      !isOver(attach) ||
      (this.input.cell.language === 'bpf-c' && attach.kind === 'begin' && durationMs !== undefined);
    return layout.programs.some(mayRun);
  }

  /** Runs each test or bench, one after another; what one writes is taken in before it is told of. */
  async #tryAll(object: LoadedObject): Promise<EndReason> {
    this.enter('stream');
    for (const { symbol, probe, attach } of object.layout.programs) {
      if (attach.kind !== 'trial') continue;
      if (this.endsSoon) return this.ending;
      const trial = await tryProgram(probe, attach.of, async times => {
        delete this.exitCode;
        const done = await this.#runProgram(object, symbol, times);
        return { ...done, ...(this.exitCode === undefined ? {} : { exitCode: this.exitCode }) };
      });
      this.listener.tried?.(this, trial);
    }
    delete this.exitCode;
    return 'done';
  }

  async #runProgram(object: LoadedObject, program: string, times?: number) {
    const done = await object.run(program, times);
    await this.#intake!.settled();
    return done;
  }

  async #finish(object: LoadedObject): Promise<void> {
    this.enter('finish');
    await this.#accounts!.weighed();
    const counters = await object.stop();
    await this.#intake!.settled();
    this.#count(counters);
    this.#tellFullMaps();
    if (this.#tellsMore)
      this.diagnostics.push(...this.#intake!.symbols.unnamed.diagnostics(this.input.details ?? false));
  }

  /** What a terminal shows is bpftrace's text, and no more unless more is asked for. */
  get #tellsMore(): boolean {
    const { details = false, standalone } = this.input;
    return details || !standalone;
  }

  /** A bpftrace program counts the updates that failed; of one in C only its maps tell. */
  #tellFullMaps(): void {
    if (this.input.cell.language !== 'bpf-c') return;
    const told = new Set(
      this.diagnostics.map(({ code, map }) => (code === 'map-at-limit' ? map : undefined)),
    );
    const full = this.#intake!.views.maps.full().filter(({ name }) => !told.has(name));
    this.diagnostics.push(...full.map(mapAtLimit));
  }

  async #readTotals(object: LoadedObject): Promise<void> {
    this.#accounts!.tick();
    const counters = await object.counters();
    // What ended meanwhile was counted once more, at its very end.
    if (counters && this.phase === 'stream') this.#count(counters);
  }

  #count(counters: Counters): void {
    const exit = this.#accounts!.take(counters);
    if (!exit || this.input.trials) return;
    this.exitCode ??= exit.code;
    this.end('exit');
  }

  /** Watches what the probes cost, unless they may cost what they like. */
  #guard(object: LoadedObject, meter: CostMeter): void {
    const { input, options } = this;
    const limit = input.cpuLimit ?? options.cpuLimit ?? (input.standalone ? 0 : CPU_LIMIT);
    if (limit === 0) return;
    const guard = new CostGuard(object, input.cell.source, limit, {
      cost: cost => {
        this.cost = cost;
      },
      detached: (probe, told, left) => {
        this.diagnostics.push(told);
        this.listener.detached?.(this, probe);
        if (!left && !this.#workload) this.end('done');
      },
      problem: told => this.diagnostics.push(told),
    });
    this.#unguard = meter.add(guard);
  }
}
