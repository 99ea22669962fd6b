/** A bpftrace or BPF C cell: compiled here, loaded and read in a session of the loader. */
import type { CompiledObject, GlobalValue } from '../compile/index.ts';
import type { SharedMap } from '../language/index.ts';
import type { CellLayout, MapLayout } from '../layout.ts';
import { type LoaderClient, LoaderRefusal } from '../loader/client.ts';
import { type LoaderRequests, type MapInfo, UNSAFE_ACTIONS } from '../loader/protocol.ts';
import type { EndReason, Panel, PanelDelta } from '../protocol.ts';
import { EffectFinder, type Performed, RunViews, type ViewCursor } from '../views/index.ts';
import { type CompiledCell, compileCell } from './compiler.ts';
import { HostEffects } from './effects.ts';
import { Inflow } from './inflow.ts';
import type { Connection, LoaderHolder } from './loader.ts';
import { HostNames, nanosecondsSinceBoot } from './names.ts';
import { type OutputCursor, OutputLog } from './output.ts';
import { attachPlan, controlsOf, parametersOf } from './plan.ts';
import { refusal, skippedProbe } from './remedies.ts';
import { Run, type RunCursor, type RunInput, type RunListener } from './run.ts';
import { isOver, selectPrograms } from './selection.ts';
import { type HeldMaps, type SharedMaps, Sharing } from './sharing.ts';
import { CodeSymbols } from './symbols.ts';
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
  #connection?: Connection;
  /** In the loader; undefined before open and after close. */
  #session?: number | undefined;
  #loaded = false;
  #attached = false;
  #layout?: CellLayout;
  #maps: MapInfo[] = [];
  /** The maps that this run owns, for other cells to read. */
  owned: ReadonlyMap<string, SharedMap> = new Map();
  /** From compile to load. */
  #sharing?: Sharing | undefined;
  #views?: RunViews;
  #symbols?: CodeSymbols;
  readonly #inflow = new Inflow(
    batch => this.#symbols!.learnFromBatch(batch),
    batch => this.#receive(batch),
  );
  #effects?: HostEffects;
  #finder?: EffectFinder;
  #workload?: Workload;
  #log = new OutputLog('workload', this.options.rows ?? ROWS);
  #timers: NodeJS.Timeout[] = [];
  #lastTotals = { at: 0, events: 0 };

  constructor(
    input: RunInput,
    listener: RunListener,
    private readonly holder: LoaderHolder,
    private readonly shared: SharedMaps,
  ) {
    super(input, listener);
  }

  uses(loader: LoaderClient): boolean {
    return this.#connection?.loader === loader;
  }

  /** Its session in the loader and the maps there, from load until it is disposed of. */
  get held(): HeldMaps | undefined {
    if (!this.#loaded || this.#session === undefined || !this.#connection?.loader.alive) return undefined;
    return { session: this.#session, loader: this.#connection.loader, maps: this.#maps };
  }

  protected async live(): Promise<EndReason> {
    const connection = await this.step('parse', () => this.holder.connect());
    this.#connection = connection;
    const compiled = await this.#compile(connection);
    const object = { ...compiled, layout: selectPrograms(compiled.layout, this.input) };
    this.#layout = object.layout;
    this.owned = object.maps ?? this.owned;
    this.diagnostics.push(...object.warnings);
    this.probes = object.layout.programs.map(({ probe }) => probe);
    // The workload's pid is part of what is loaded; it waits, stopped, until the probes are there.
    await this.step('open', () => this.#open(connection.loader, object));
    await this.step('open', () => this.#holdWorkload());
    await this.step('load', () => this.#load(connection.loader, object.layout));
    // Not left half-way: what `begin` programs did must come to an orderly end.
    this.enter('attach');
    await this.#attach(connection.loader, object.layout);
    if (this.input.dryRun) return 'done';
    if (this.input.trials) return this.#tryAll(connection.loader, object.layout);
    if (!this.failed) this.#goLive();
    return this.ending;
  }

  protected async release(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    const loader = this.#connection?.loader;
    if (loader?.alive && this.#session !== undefined) {
      if (this.#attached) await this.#finish(loader);
      else await this.dispose();
    }
    if (this.#session !== undefined) loader?.deliver(this.#session, undefined);
    this.#effects?.close();
    await this.#workload?.kill();
    this.#log.finish();
    this.#views?.finish();
    this.#tally();
    this.totals.rate = 0;
  }

  async dispose(): Promise<void> {
    const session = this.#session;
    const loader = this.#connection?.loader;
    this.#session = undefined;
    if (session !== undefined && loader?.alive) await loader.request('close', { session }).catch(() => {});
  }

  async refresh(): Promise<void> {
    const held = this.held;
    if (!held || this.phase !== 'stream') return;
    for (const { symbol } of ownMaps(this.#layout!)) {
      const { binary } = await held.loader.request('readMap', { session: held.session, map: symbol });
      await this.#symbols!.learnFromMap(symbol, binary);
      // Read late, a snapshot of the stream may be newer.
      if (this.phase === 'stream') this.#views!.setMap(symbol, binary);
    }
  }

  panels(): Panel[] {
    return [...(this.#views?.panels() ?? []), ...this.#log.panels()];
  }

  cursor(): RunCursor {
    return { views: this.#views?.cursor() ?? new Map(), output: this.#log.cursor() } satisfies Cursor;
  }

  delta(cursor: RunCursor): PanelDelta[] {
    const { views, output } = cursor as Cursor;
    return [...(this.#views?.delta(views) ?? []), ...this.#log.delta(output)];
  }

  #compile(connection: Connection): Promise<CompiledCell> {
    this.#sharing = new Sharing(this.shared, this);
    return compileCell(connection, this.input, this.options, {
      hasChild: this.#workloadWords() !== undefined,
      maps: this.input.standalone ? undefined : this.#sharing.definitions,
      step: (phase, work) => this.step(phase, work),
    });
  }

  #workloadWords(): string[] | undefined {
    return this.input.workload ?? (this.options.workload ? commandWords(this.options.workload) : undefined);
  }

  async #holdWorkload(): Promise<void> {
    const words = this.#workloadWords();
    if (!words) return;
    const workload = await Workload.start(words, {
      directory: this.input.directory,
      held: true,
      ...(this.input.inheritOutput
        ? {}
        : {
            onOutput: (stream, bytes) => {
              this.#log.write(stream, bytes);
              this.listener.output?.(this, stream, bytes);
            },
          }),
    });
    // Asked to end meanwhile, the run did not wait for it; it must not stay behind.
    if (this.endsSoon) await workload.kill();
    else this.#workload = workload;
  }

  async #open(loader: LoaderClient, { elf, layout }: CompiledObject): Promise<void> {
    this.#session = this.holder.newSession();
    const allow = UNSAFE_ACTIONS.filter(action => this.#allows(action));
    const { logged = false } = this.input;
    const about = { session: this.#session, name: 'cell', allow, logged };
    const { result } = await this.#ask(loader, 'open', about, elf);
    this.#maps = result.maps;
    const { cell, directory, file } = this.input;
    const order = { rings: ringsOf(layout), maps: result.maps.map(({ name }) => name) };
    this.#symbols = new CodeSymbols(loader, layout, order);
    const streams = {
      ...order,
      names: new HostNames(this.#symbols),
      source: cell.source,
      ...(file === undefined ? {} : { file }),
    };
    const rows = this.options.rows ?? ROWS;
    this.#effects = new HostEffects(directory, this.#allows('system'));
    this.#finder = new EffectFinder(layout, streams.rings, streams.names);
    this.#views = new RunViews(layout, { ...streams, rows, language: cell.language });
    this.listener.opened?.(this, layout, streams);
  }

  /** Did whoever started the run allow a function that does more than watch? */
  #allows(name: string): boolean {
    return Boolean(this.input.unsafe || this.options.unsafe?.includes(name));
  }

  async #load(loader: LoaderClient, layout: CellLayout): Promise<void> {
    const given = { ...this.options.params, ...this.input.params };
    const cpid = this.#workload?.pid;
    const facts = {
      ...(cpid === undefined ? {} : { cpid }),
      started_at: nanosecondsSinceBoot(),
      self_pid: process.pid,
    };
    const globals = parametersOf(layout, given, facts).map(encoded);
    const reuse = this.#sharing!.reuse(loader, this.#maps, layout);
    const about = { session: this.#session!, globals, mapSizes: [], reuse };
    const { log } = (await this.#ask(loader, 'load', about)).result;
    if (log) this.listener.loaded?.(this, log);
    this.#loaded = true;
    this.#sharing = undefined;
  }

  async #attach(loader: LoaderClient, layout: CellLayout): Promise<void> {
    const session = this.#session!;
    const { directory, pid = this.options.pid, dryRun } = this.input;
    const programs = attachPlan(layout, directory, pid);
    loader.deliver(session, dryRun ? () => {} : batch => this.#inflow.push(batch));
    const { result } = await this.#ask(loader, 'attach', {
      session,
      programs: dryRun ? programs.filter(({ attach }) => !isOver(attach)) : programs,
      rings: ringsOf(layout).map(map => ({ map, tagged: layout.taggedRings.includes(map) })),
      controls: controlsOf(layout),
      ...(this.#symbols!.ofPrograms ? { followProcesses: pid === undefined ? {} : { pid } } : {}),
    });
    this.diagnostics.push(...result.skipped.flatMap(failure => skippedProbe(failure, layout)));
    this.#attached = !dryRun;
    this.#symbols!.prepare();
  }

  #goLive(): void {
    this.enter('stream');
    if (this.#workload) {
      this.#workload.resume();
      this.#workload.ended.then(end => {
        this.listener.workloadEnded?.(this, end);
        this.end('workload');
      });
    }
    // Nothing is left that could run: bpftrace ends here too, a command that it started with it.
    if (this.#layout!.programs.every(({ attach }) => isOver(attach)))
      this.#timers.push(setTimeout(() => this.end('done'), this.#workload ? WORKLOAD_MS : 0));
    const durationMs = this.input.durationMs ?? this.options.durationMs;
    if (durationMs !== undefined) this.#timers.push(setTimeout(() => this.end('duration'), durationMs));
    this.#lastTotals = { at: performance.now(), events: 0 };
    this.#timers.push(setInterval(() => this.#readTotals(), TOTALS_MS));
  }

  /** Runs each test or bench, one after another; what one writes is taken in before it is told of. */
  async #tryAll(loader: LoaderClient, layout: CellLayout): Promise<EndReason> {
    this.enter('stream');
    for (const { symbol, probe, attach } of layout.programs) {
      if (attach.kind !== 'trial') continue;
      if (this.endsSoon) return this.ending;
      const trial = await tryProgram(probe, attach.of, async times => {
        delete this.exitCode;
        const done = await this.#runProgram(loader, symbol, times);
        return { ...done, ...(this.exitCode === undefined ? {} : { exitCode: this.exitCode }) };
      });
      this.listener.tried?.(this, trial);
    }
    delete this.exitCode;
    return 'done';
  }

  async #runProgram(loader: LoaderClient, program: string, times?: number) {
    const onFlag = this.#layout?.onFlag;
    const { result } = await this.#ask(loader, 'run', {
      session: this.#session!,
      program,
      ...(onFlag && times !== undefined ? { onFlag } : {}),
      ...(times === undefined ? {} : { times }),
    });
    await this.#inflow.settled();
    return result;
  }

  /** This process got a signal: the programs that wait for it run. */
  async signal(name: string): Promise<void> {
    const loader = this.#connection?.loader;
    if (!loader?.alive || this.phase !== 'stream') return;
    for (const { symbol, attach } of this.#layout!.programs)
      if (attach.kind === 'signal' && attach.signal === name) await this.#runProgram(loader, symbol);
  }

  /** Batches wait for what their records ask for; without such records nothing waits. */
  #receive(batch: Buffer): Promise<void> | undefined {
    if (!this.#finder!.idle)
      return this.#effects!.perform(this.#finder!.requests(batch)).then(performed =>
        this.#ingest(batch, performed),
      );
    this.#ingest(batch, []);
    return undefined;
  }

  #ingest(batch: Buffer, performed: readonly Performed[]): void {
    const { exit } = this.#views!.ingest(batch, performed);
    this.listener.batch?.(this, batch, performed);
    if (!exit) return;
    this.exitCode = exit.code;
    if (!this.input.trials) this.end('exit');
  }

  async #finish(loader: LoaderClient): Promise<void> {
    this.enter('finish');
    const session = this.#session!;
    const layout = this.#layout!;
    const counted = this.#readCounters(loader);
    await this.#ask(loader, 'stop', {
      session,
      ...(layout.onFlag ? { onFlag: layout.onFlag } : {}),
      end: layout.programs.filter(({ attach }) => attach.kind === 'end').map(({ symbol }) => symbol),
      maps: ownMaps(layout).map(({ symbol }) => symbol),
    });
    await counted;
    await this.#inflow.settled();
  }

  #readTotals(): void {
    this.#tally();
    const loader = this.#connection!.loader;
    if (loader.alive && this.#session !== undefined) void this.#readCounters(loader);
  }

  #tally(): void {
    const events = this.#views?.events ?? 0;
    const now = performance.now();
    const seconds = (now - this.#lastTotals.at) / 1000;
    this.totals = { ...this.totals, events, rate: Math.round((events - this.#lastTotals.events) / seconds) };
    this.#lastTotals = { at: now, events };
  }

  async #readCounters(loader: LoaderClient): Promise<void> {
    const { lostMap } = this.#layout!;
    const asked = loader.request('counters', { session: this.#session!, ...(lostMap ? { lostMap } : {}) });
    const reply = await asked.catch(() => undefined);
    if (!reply) return;
    const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);
    this.totals.dropped = sum(reply.result.lost);
    this.totals.missed = sum(reply.result.missed.map(({ count }) => count));
  }

  async #ask<M extends keyof LoaderRequests>(
    loader: LoaderClient,
    method: M,
    params: LoaderRequests[M]['params'],
    binary?: Uint8Array,
  ) {
    try {
      return await loader.request(method, params, binary);
    } catch (error) {
      throw error instanceof LoaderRefusal
        ? refusal(error.failure, this.input.cell.language, this.#layout)
        : error;
    }
  }
}

/** Rings in the order that batches count them. */
export function ringsOf(layout: CellLayout): string[] {
  return layout.maps.filter(({ type }) => type === 'ringbuf').map(({ symbol }) => symbol);
}

/** The maps that a run shows and keeps. */
const ownMaps = (layout: CellLayout): MapLayout[] =>
  layout.maps.filter(({ internal, borrowed, type }) => !internal && !borrowed && type !== 'ringbuf');

const encoded = ({ section, offset, bytes }: GlobalValue) => ({
  section,
  offset,
  base64: Buffer.from(bytes).toString('base64'),
});
