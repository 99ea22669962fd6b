/** One compiled object in the loader, from open to close: what a run asks of it, in words of the layout. */
import type { GlobalValue } from '../compile/index.ts';
import type { CellLayout, MapLayout } from '../layout.ts';
import { type LoaderClient, LoaderRefusal, type Reply } from '../loader/client.ts';
import type {
  LoadedDetails,
  LoaderRequests,
  MapInfo,
  ProgramInfo,
  UnsafeAction,
} from '../loader/protocol.ts';
import { isPerCpuStream, isStream } from '../mapTypes.ts';
import type { CellLanguage } from '../protocol.ts';
import { attachPlan, controlsOf, targetsOf } from './plan.ts';
import { refusal } from './remedies.ts';
import { isOver } from './selection.ts';
import type { HeldMaps } from './sharing.ts';

type Params<M extends keyof LoaderRequests> = LoaderRequests[M]['params'];
type Result<M extends keyof LoaderRequests> = LoaderRequests[M]['result'];

export interface AttachOptions {
  /** Relative paths of programs and libraries are seen from here. */
  directory: string;
  /** Only this process. */
  pid?: number | undefined;
  /** Of each perf buffer, for each CPU. */
  perfPages: number;
  /** Attach and read nothing. */
  dryRun?: boolean | undefined;
  /** Addresses of programs will come, which may end before they are asked for. */
  follow: boolean;
  /** Batches come as soon as the first program runs. */
  onBatch(batch: Buffer): void;
  /** How many places are attached to, where it takes long. */
  onProgress(done: number, of: number): void;
}

/** What came of attaching. */
export interface Attached extends Result<'attach'> {
  /** What iterators wrote. */
  texts: { program: string; text: Buffer }[];
}

/** Every method throws CellError for what the loader refuses. */
export class LoadedObject {
  programs: ProgramInfo[] = [];
  maps: MapInfo[] = [];
  #open = false;
  #loaded = false;
  /** From open to load: a refusal is explained by its debug information. */
  #elf?: Uint8Array | undefined;
  /** Other runs' maps, by symbol. */
  #borrowed: ReadonlySet<string> = new Set();
  #perfBytes = 0;

  constructor(
    readonly loader: LoaderClient,
    private readonly session: number,
    readonly layout: CellLayout,
    private readonly cell: { language: CellLanguage; source: string },
  ) {}

  /** It may still be asked. */
  get alive(): boolean {
    return this.#open && this.loader.alive;
  }

  /** Its maps, from load to close. */
  get held(): HeldMaps | undefined {
    const { session, loader, maps } = this;
    return this.alive && this.#loaded ? { session, loader, maps } : undefined;
  }

  async open(elf: Uint8Array, about: { allow: UnsafeAction[]; logged: boolean }): Promise<void> {
    this.#open = true;
    this.#elf = elf;
    const opened = await this.#ask('open', { session: this.session, name: 'cell', ...about }, elf);
    this.programs = opened.programs;
    this.maps = opened.maps;
  }

  /** The log of a load that was asked to be logged. */
  async load(globals: GlobalValue[], reuse: Params<'load'>['reuse']): Promise<string | undefined> {
    const about = {
      session: this.session,
      globals: globals.map(encoded),
      mapSizes: this.layout.maps.flatMap(({ symbol, given }) => (given ? [{ map: symbol, ...given }] : [])),
      targets: targetsOf(this.layout),
      tailCalls: (this.layout.tailCalls ?? []).filter(({ declared }) => !declared),
      reuse,
    };
    const { log } = await this.#ask('load', about);
    this.#loaded = true;
    this.#borrowed = new Set(reuse.map(({ map }) => map));
    this.#elf = undefined;
    return log;
  }

  /** Answers what could not be attached and need not be, and what was written and returned meanwhile. */
  async attach(options: AttachOptions): Promise<Attached> {
    const { session, layout } = this;
    const { directory, pid, perfPages, dryRun, follow, onBatch, onProgress } = options;
    const programs = attachPlan(layout, directory, pid);
    this.loader.deliver(session, dryRun ? () => {} : onBatch);
    const params: Params<'attach'> = {
      session,
      programs: dryRun ? programs.filter(({ attach }) => !isOver(attach)) : programs,
      rings: streamsOf(layout).map(({ symbol: map, type }) => ({
        map,
        tagged: layout.taggedRings.includes(map),
        ...(isPerCpuStream(type) ? { pages: perfPages } : {}),
      })),
      controls: controlsOf(layout),
      ...(follow ? { followProcesses: pid === undefined ? {} : { pid } } : {}),
    };
    const { result, binary } = await this.#asked(() => this.loader.attach(params, onProgress));
    this.#perfBytes = result.perfBuffers.bytes;
    let at = 0;
    const texts = result.written.map(({ program, bytes }) => {
      at += bytes;
      return { program, text: binary.subarray(at - bytes, at) };
    });
    return { ...result, texts };
  }

  /** Ends an attach half-way; it answers with what is attached. */
  interrupt(): void {
    void this.loader.request('interrupt', { session: this.session }).catch(() => {});
  }

  /** Runs a program that is attached to nothing; `times` in a row where its duration is asked for. */
  run(program: string, times?: number): Promise<Result<'run'>> {
    const { onFlag } = this.layout;
    return this.#ask('run', {
      session: this.session,
      program,
      ...(onFlag && times !== undefined ? { onFlag } : {}),
      ...(times === undefined ? {} : { times }),
    });
  }

  /** Ends the stream in order; what is left are the maps. Answers what was counted until then. */
  stop(): Promise<Result<'stop'>> {
    const { layout } = this;
    return this.#ask('stop', {
      ...this.#counted(),
      ...(layout.onFlag ? { onFlag: layout.onFlag } : {}),
      end: layout.programs.filter(({ attach }) => attach.kind === 'end').map(({ symbol }) => symbol),
      maps: shownSymbols(layout),
    });
  }

  /** While it is held, the loader sends no batches: its rings fill, and count what they have no room for. */
  hold(on: boolean): void {
    void this.loader.request('hold', { session: this.session, on }).catch(() => {});
  }

  /** No batch comes any more. */
  silence(): void {
    this.loader.deliver(this.session, undefined);
  }

  /** Writes a variable that its programs may be reading. */
  async setGlobal(value: GlobalValue): Promise<void> {
    await this.#ask('setGlobal', { session: this.session, ...encoded(value) });
  }

  async readMap(symbol: string): Promise<Buffer> {
    return (await this.loader.request('readMap', { session: this.session, map: symbol })).binary;
  }

  /** What of it is in Linux; undefined when nobody can tell any more. */
  async details(): Promise<LoadedDetails | undefined> {
    const reply = await this.loader.request('details', { session: this.session }).catch(() => undefined);
    return reply?.result;
  }

  /** Memory of its own maps, buffers of records among them, bytes; undefined when nobody can tell any more. */
  async mapMemory(): Promise<number | undefined> {
    const details = await this.details();
    const own = details?.maps.filter(({ map }) => !this.#borrowed.has(map));
    return own?.reduce((sum, { bytes }) => sum + bytes, this.#perfBytes);
  }

  /** What is counted of its programs; undefined when nobody can tell any more. */
  async counters(): Promise<Result<'counters'> | undefined> {
    const reply = await this.loader.request('counters', this.#counted()).catch(() => undefined);
    return reply?.result;
  }

  /** Detaches programs for good; the others go on. */
  detach(programs: string[]): void {
    void this.loader.request('detach', { session: this.session, programs }).catch(() => {});
  }

  #counted(): Params<'counters'> {
    const { session, layout } = this;
    return { session, ...(layout.lost ? { lost: layout.lost.array } : {}) };
  }

  async close(): Promise<void> {
    const { alive } = this;
    this.#open = false;
    if (alive) await this.loader.request('close', { session: this.session }).catch(() => {});
  }

  async #ask<M extends keyof LoaderRequests>(
    method: M,
    params: Params<M>,
    binary?: Uint8Array,
  ): Promise<Result<M>> {
    return (await this.#asked(() => this.loader.request(method, params, binary))).result;
  }

  /** The answer, or the refusal in words for the user. */
  async #asked<M extends keyof LoaderRequests>(ask: () => Promise<Reply<M>>): Promise<Reply<M>> {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof LoaderRefusal)) throw error;
      throw refusal(error.failure, { ...this.cell, elf: this.#elf }, this.layout);
    }
  }
}

const streamsOf = (layout: CellLayout): MapLayout[] => layout.maps.filter(({ type }) => isStream(type));

/** Rings and perf buffers in the order that batches count them. */
export const ringsOf = (layout: CellLayout): string[] => streamsOf(layout).map(({ symbol }) => symbol);

/** Bytes of a section of globals up to which it is read: larger ones hold buffers rather than variables. */
const MOST_OF_SECTION = 1 << 20;

/** What a run shows and keeps, by symbol: its maps, and the sections of its variables. */
export function shownSymbols(layout: CellLayout): string[] {
  const sizes = new Map<string, number>();
  for (const { section, offset, type, parameter } of layout.globals)
    if (!parameter) sizes.set(section, Math.max(sizes.get(section) ?? 0, offset + type.size));
  const sections = [...sizes].flatMap(([section, size]) => (size <= MOST_OF_SECTION ? [section] : []));
  return [...ownMaps(layout).map(({ symbol }) => symbol), ...sections];
}

/** The maps that a run shows and keeps. */
export const ownMaps = (layout: CellLayout): MapLayout[] =>
  layout.maps.filter(({ internal, borrowed, type }) => !internal && !borrowed && !isStream(type));

const encoded = ({ section, offset, bytes }: GlobalValue) => ({
  section,
  offset,
  base64: Buffer.from(bytes).toString('base64'),
});
