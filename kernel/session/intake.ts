/** What becomes of a run's batches: names are learnt, actions are done, and the views take them in, in stream order. */
import type { CellLayout } from '../layout.ts';
import type { MapInfo } from '../loader/protocol.ts';
import type { TablePanel } from '../protocol.ts';
import {
  contentsOf,
  EffectFinder,
  isReadable,
  type Performed,
  type RecordBudget,
  RunViews,
  type StreamOptions,
} from '../views/index.ts';
import { HostEffects } from './effects.ts';
import { Inflow } from './inflow.ts';
import { type LoadedObject, ringsOf, shownSymbols } from './loadedObject.ts';
import { HostNames } from './names.ts';
import type { RunInput } from './run.ts';
import { StackIds } from './stackIds.ts';
import { CodeSymbols } from './symbols.ts';

export interface IntakeOptions {
  input: RunInput;
  /** Rows that a table keeps. */
  rows: number;
  /** Of the memory for records. */
  budget: RecordBudget;
  /** May programs start commands? */
  commands: boolean;
  /** After each batch; `exit` when a record asked for the end. */
  onBatch(batch: Buffer, performed: readonly Performed[], exit: { code: number } | undefined): void;
}

export class Intake {
  readonly views: RunViews;
  readonly streams: StreamOptions;
  readonly symbols: CodeSymbols;
  readonly #stacks: StackIds;
  readonly #effects: HostEffects;
  readonly #finder: EffectFinder;
  readonly #inflow: Inflow;

  constructor(
    private readonly object: LoadedObject,
    private readonly options: IntakeOptions,
  ) {
    const { layout, maps, loader } = object;
    const { input, rows, budget, commands } = options;
    const order = orderOf(layout, maps);
    this.#stacks = new StackIds(layout, order, map => object.readMap(map));
    const names = new HostNames(undefined, this.#stacks);
    this.symbols = new CodeSymbols(loader, layout, { ...order, names });
    this.streams = {
      ...order,
      names: new HostNames(this.symbols, this.#stacks),
      source: input.cell.source,
      ...(input.file === undefined ? {} : { file: input.file }),
    };
    this.#effects = new HostEffects(input.directory, commands);
    this.#finder = new EffectFinder(layout, order.rings, this.streams.names!);
    this.views = new RunViews(layout, { ...this.streams, rows, budget, language: input.cell.language });
    this.#inflow = new Inflow({
      prepare: batch => inTurn(this.#stacks.learnFromBatch(batch), () => this.symbols.learnFromBatch(batch)),
      take: batch => this.#receive(batch),
      hold: on => object.hold(on),
    });
  }

  /** By map of stacks: how many records' stacks it had no place for. */
  get collisions(): ReadonlyMap<string, number> {
    return this.#stacks.collisions;
  }

  push(batch: Buffer): void {
    this.#inflow.push(batch);
  }

  /** Resolves when everything that came so far is taken in. */
  settled(): Promise<void> {
    return this.#inflow.settled();
  }

  /** Reads the maps that are shown; `current` tells whether what was read still counts. */
  async refresh(current: () => boolean): Promise<void> {
    for (const symbol of shownSymbols(this.object.layout)) {
      const snapshot = await this.object.readMap(symbol);
      await this.#learn(symbol, snapshot);
      // Read late, a snapshot of the stream may be newer.
      if (current()) this.views.maps.set(symbol, snapshot, 'look');
    }
  }

  /** All that is in a map; null when it cannot be read, or not any more. */
  async contents(symbol: string): Promise<TablePanel | null> {
    const { object, streams } = this;
    if (!isReadable(object.layout, symbol)) return null;
    const snapshot = await object.readMap(symbol).catch(() => undefined);
    if (!snapshot) return null;
    await this.#learn(symbol, snapshot);
    return contentsOf(object.layout, symbol, snapshot, streams.names);
  }

  close(): void {
    this.#effects.close();
    this.views.finish();
  }

  /** The names of what is in a map. */
  async #learn(symbol: string, snapshot: Buffer): Promise<void> {
    await this.#stacks.learnFromMap(symbol, snapshot);
    await this.symbols.learnFromMap(symbol, snapshot);
  }

  /** Batches wait for what their records ask for; without such records nothing waits. */
  #receive(batch: Buffer): Promise<void> | undefined {
    if (!this.#finder.idle)
      return this.#effects
        .perform(this.#finder.requests(batch))
        .then(performed => this.#ingest(batch, performed));
    this.#ingest(batch, []);
    return undefined;
  }

  #ingest(batch: Buffer, performed: readonly Performed[]): void {
    const { exit } = this.views.ingest(batch, performed);
    this.options.onBatch(batch, performed, exit);
  }
}

/** Waits only where there is something to wait for. */
const inTurn = (first: Promise<void> | undefined, then: () => Promise<void> | undefined) =>
  first ? first.then(then) : then();

const orderOf = (layout: CellLayout, maps: MapInfo[]) => ({
  rings: ringsOf(layout),
  maps: maps.map(({ name }) => name),
});
