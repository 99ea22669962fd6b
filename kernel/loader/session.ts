/** One object file in the loader: open → load → attach → stop → close. Every handle it makes, it frees. */
import { native } from '../../native/addon.ts';
import type { BpfObject, RingReader } from '../../native/types.ts';
import type { AttachSpec } from '../layout.ts';
import { Attaching } from './attaching.ts';
import { refuse } from './failure.ts';
import { Gate } from './gate.ts';
import { readLost } from './losses.ts';
import type { LoaderRequests, UnsafeAction } from './protocol.ts';

type Params<M extends keyof LoaderRequests> = LoaderRequests[M]['params'];
type Result<M extends keyof LoaderRequests> = LoaderRequests[M]['result'];

/** Who wants to know, while a session is attached. */
export interface AttachListener {
  onBatch(batch: Buffer): void;
  onProgress(done: number, of: number): void;
}

/** Values of the flag that programs test first. */
const ON = Uint8Array.of(1);
const OFF = Uint8Array.of(0);

export class Session {
  readonly #object: BpfObject;
  #reader?: RingReader | undefined;
  #attaching?: Attaching;
  #detached: Promise<void> = Promise.resolve();
  readonly #gate = new Gate();
  /** The maps that outlive the programs; undefined until the session was stopped. */
  #kept: string[] | undefined;

  /** Opens and scans; throws what the addon throws, and then holds nothing. */
  constructor(name: string, elf: Uint8Array, allow: readonly UnsafeAction[] = [], logged = false) {
    this.#object = new native.BpfObject(elf, { name, logged });
    try {
      this.#object.scan(allow);
    } catch (error) {
      this.#object.close();
      throw error;
    }
  }

  describe(): Result<'open'> {
    const { programs, maps } = this.#object;
    return { programs, maps };
  }

  /** `find` gives the session that a map is taken from. */
  async load(
    { globals, mapSizes, targets, tailCalls, reuse }: Params<'load'>,
    find: (session: number) => Session,
  ): Promise<Result<'load'>> {
    for (const { section, offset, base64 } of globals) {
      this.#object.setGlobal(section, offset, Buffer.from(base64, 'base64'));
    }
    for (const { program, ...target } of targets) this.#object.setTarget(program, target);
    for (const { map, maxEntries, valueSize } of mapSizes) {
      if (maxEntries !== undefined) this.#object.setMaxEntries(map, maxEntries);
      if (valueSize !== undefined) this.#object.setValueSize(map, valueSize);
    }
    for (const { map, session, from } of reuse) this.#object.reuseMap(map, find(session).#object, from);
    await this.#object.load();
    for (const { map, index, program } of tailCalls) this.#object.setTailCall(map, index, program);
    const { log } = this.#object;
    return log ? { log } : {};
  }

  /**
   * The reader runs first, so that what `begin` programs write is read; they run before all others attach.
   * After a failure nothing stays attached.
   */
  async attach(
    { programs, rings, controls }: Params<'attach'>,
    { onBatch, onProgress }: AttachListener,
  ): Promise<{ result: Result<'attach'>; text: Buffer }> {
    if (this.#reader) throw refuse('this session is attached already', 'EBUSY');
    const deliver = (batch: Buffer) => {
      onBatch(batch);
      return this.#gate.opened;
    };
    this.#reader = this.#read({ rings, controls, onBatch: deliver });
    const texts: { program: string; text: Buffer }[] = [];
    const onText = (program: string, text: Buffer) => void texts.push({ program, text });
    this.#attaching = new Attaching(this.#object, { onProgress, onText });
    try {
      const returned = programs
        .filter(({ attach }) => attach.kind === 'begin')
        .map(({ program }) => ({ program, result: this.#object.run(program) }));
      const attached = await this.#attaching.all(
        programs.flatMap(({ attach, ...plan }) => (isRun(attach) ? [] : [{ ...plan, attach }])),
      );
      const written = texts.map(({ program, text }) => ({ program, bytes: text.length }));
      return {
        result: { ...attached, returned, written, perfBuffers: this.#reader.perfBuffers },
        text: Buffer.concat(texts.map(({ text }) => text)),
      };
    } catch (error) {
      this.#closeReader();
      await this.detach();
      throw error;
    }
  }

  #read(options: ConstructorParameters<typeof RingReader>[1]): RingReader {
    try {
      return new native.RingReader(this.#object, options);
    } catch (error) {
      // Rings are there as soon as the object is loaded: it is perf buffers that need more of Linux.
      const map = options.rings.find(({ pages }) => pages !== undefined)?.map;
      throw map === undefined ? error : Object.assign(error as Error, { map });
    }
  }

  /** Ends an attach half-way: it answers soon, and what is attached stays so. */
  interrupt(): void {
    this.#attaching?.interrupt();
  }

  /** While it is held, what was read so far waits, and is not more than a few batches. */
  hold(on: boolean): void {
    if (on) this.#gate.close();
    else this.#gate.open();
  }

  async run({ program, onFlag, times }: Params<'run'>): Promise<Result<'run'>> {
    if (!this.#reader) throw refuse('this session is not attached', 'EINVAL');
    if (onFlag) this.#object.poke(onFlag.section, onFlag.offset, ON);
    const done =
      times === undefined
        ? { result: this.#object.run(program), durationNs: 0 }
        : this.#object.attempt(program, times);
    await this.#reader.drain();
    return done;
  }

  /**
   * Ends the stream in the order that loses nothing. Without a flag there is no way to hold the programs, so
   * the stream is cut where it is. The caller detaches next: that takes long and nobody needs to wait for it.
   */
  async stop({ onFlag, end, maps, lost }: Params<'stop'>): Promise<Result<'stop'>> {
    if (!this.#reader) throw refuse('this session is not attached', 'EINVAL');
    if (onFlag) this.#object.poke(onFlag.section, onFlag.offset, OFF);
    await this.#reader.drain();
    for (const program of end) this.#object.run(program);
    if (end.length) await this.#reader.drain();
    for (const map of maps) await this.#reader.snapshot(map);
    await this.#reader.drain();
    // Perf buffers go with the reader: what a program that is still attached loses from then on, nobody lost.
    const counters = this.counters(lost);
    this.#closeReader();
    const shared = this.#object.maps.filter(({ shared }) => shared).map(({ name }) => name);
    this.#kept = [...maps, ...shared];
    return counters;
  }

  /** Closes the links; behind a stop, programs and rings too: what a session that is over holds are its maps. */
  detach(): Promise<void> {
    this.#detached = Promise.all([this.#detached, this.#object.detach()]).then(() => {
      if (this.#kept) this.#object.retire(this.#kept);
    });
    return this.#detached;
  }

  /** Closes the links of some programs; nobody waits for it but {@link detach} and {@link close}. */
  detachSome(programs: string[]): void {
    const detached = programs.map(program => this.#object.detach(program));
    this.#detached = Promise.all([this.#detached, ...detached]).then(() => {});
  }

  /** Writes a global variable that programs may be reading. */
  setGlobal({ section, offset, base64 }: Params<'setGlobal'>): void {
    this.#object.poke(section, offset, Buffer.from(base64, 'base64'));
  }

  readMap(map: string): Buffer {
    return this.#object.snapshot(map);
  }

  details(): Result<'details'> {
    return this.#object.details();
  }

  counters(lost?: string): Result<'counters'> {
    return {
      at: Math.round(performance.now() * 1e6),
      lost: lost ? readLost(this.#object.snapshot(lost)) : [],
      programs: this.#object.counts(),
    };
  }

  /** Waits for a detach under way: its thread uses what is freed here. */
  async close(): Promise<void> {
    this.#closeReader();
    await this.#detached;
    this.#object.close();
  }

  #closeReader(): void {
    this.#reader?.close();
    this.#reader = undefined;
  }
}

const RUN = ['begin', 'end', 'trial', 'signal', 'tail_call'] as const;
type Run = (typeof RUN)[number];

/** Such programs are run by this process, or called by others, and attached to nothing. */
const isRun = (attach: AttachSpec): attach is Extract<AttachSpec, { kind: Run }> =>
  RUN.some(kind => kind === attach.kind);
