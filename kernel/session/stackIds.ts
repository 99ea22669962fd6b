/** The stacks whose numbers a run's records and keys hold, read from their maps before they are shown. */
import { constants } from 'node:os';
import type { CellLayout } from '../layout.ts';
import { StackIdFinder, type StreamOptions, snapshotEntries } from '../views/index.ts';

const U32 = 4;

export class StackIds {
  /** By map: how many records have no stack because another lay in its place. */
  readonly collisions = new Map<string, number>();
  readonly #finder: StackIdFinder;
  readonly #known = new Map<string, Map<number, Uint8Array | null>>();
  #wanted = new Map<string, Set<number>>();
  /** Maps are large: one reading at a time, and what is wanted meanwhile shares the next one. */
  #reading: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(
    layout: CellLayout,
    streams: StreamOptions,
    /** The snapshot of a map. */
    private readonly read: (map: string) => Promise<Buffer>,
  ) {
    this.#finder = new StackIdFinder(layout, streams);
  }

  of(map: string, id: number): Uint8Array | undefined {
    return this.#known.get(map)?.get(id) ?? undefined;
  }

  /** Learns what a batch needs; undefined when there is nothing to wait for. Never rejects. */
  learnFromBatch(batch: Buffer): Promise<void> | undefined {
    if (this.#finder.some) this.#finder.inBatch(batch, this.#take);
    return this.#wanted.size > 0 ? this.#learn() : undefined;
  }

  /** As {@link learnFromBatch}, for a map's snapshot. */
  learnFromMap(symbol: string, payload: Buffer): Promise<void> | undefined {
    if (this.#finder.some) this.#finder.inSnapshot(symbol, payload, this.#want);
    return this.#wanted.size > 0 ? this.#learn() : undefined;
  }

  readonly #take = (map: string, id: number): void => {
    if (id === -constants.errno.EEXIST) this.collisions.set(map, (this.collisions.get(map) ?? 0) + 1);
    this.#want(map, id);
  };

  /** A stack is in its map before its number is anywhere, and below zero there is none. */
  readonly #want = (map: string, id: number): void => {
    if (id < 0 || this.#known.get(map)?.has(id)) return;
    this.#wanted.set(map, (this.#wanted.get(map) ?? new Set()).add(id));
  };

  #learn(): Promise<void> {
    this.#next ??= this.#reading.then(() => {
      this.#next = undefined;
      this.#reading = this.#readWanted();
      return this.#reading;
    });
    return this.#next;
  }

  async #readWanted(): Promise<void> {
    const wanted = this.#wanted;
    this.#wanted = new Map();
    await Promise.all(
      [...wanted].map(async ([map, ids]) => {
        const payload = await this.read(map).catch(() => undefined);
        const known = this.#known.get(map) ?? new Map<number, Uint8Array | null>();
        this.#known.set(map, known);
        for (const { key, value } of payload ? snapshotEntries(payload) : []) {
          const id = Buffer.from(key.buffer, key.byteOffset, U32).readUInt32LE();
          if (ids.has(id)) known.set(id, value);
        }
        // What is not there will not be asked for again.
        for (const id of ids) if (!known.has(id)) known.set(id, null);
      }),
    );
  }
}
