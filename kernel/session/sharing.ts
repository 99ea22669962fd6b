/** What one run takes of the maps of its notebook: never copied, each is passed by its descriptor in the loader. */
import { mapSpan } from '../compile/index.ts';
import { CellError, problem } from '../errors.ts';
import type { SharedMap } from '../language/index.ts';
import type { CellLayout } from '../layout.ts';
import type { LoaderClient } from '../loader/client.ts';
import type { LoaderRequests, MapInfo } from '../loader/protocol.ts';
import { isStream } from '../mapTypes.ts';
import type { TracingRun } from './tracing.ts';

/** A session in the loader and the maps there. */
export interface HeldMaps {
  session: number;
  loader: LoaderClient;
  maps: MapInfo[];
}

/** A map that a cell made, and the run that owns it. */
export interface OwnedMap {
  run: TracingRun;
  definition: SharedMap;
}

/** A map in the loader that a run shares, by its symbol there. */
export interface FoundMap {
  run: TracingRun;
  symbol: string;
}

/** The other runs of a notebook. */
export interface SharedMaps {
  /**
   * The newest run that holds a map for a BPF C cell that asks to share one of this name: of another such cell, or of a
   * bpftrace cell that writes `@name`.
   */
  pinned(map: string, besides: TracingRun): FoundMap | undefined;
  /** By name, the newest map of a cell that is live or over. */
  owned(besides: TracingRun): Map<string, OwnedMap>;
  /** A run has its maps: live runs that read those of the same cell's run before are told. */
  loaded(owner: TracingRun): void;
}

type Reuse = LoaderRequests['load']['params']['reuse'][number];

/** Another run's map that a run uses. */
export interface BorrowedMap {
  /** As users know it: `@name`. */
  name: string;
  run: TracingRun;
}

/** The others' maps in its loader as they are when a run is compiled: what it is loaded with must still be those. */
export class Sharing {
  readonly #owned: Map<string, OwnedMap>;
  /** What was taken, once {@link reuse} was asked. */
  readonly borrowed: BorrowedMap[] = [];

  constructor(
    readonly shared: SharedMaps,
    readonly run: TracingRun,
    loader: LoaderClient,
  ) {
    const isHere = ([, { run }]: [string, OwnedMap]) => run.held?.loader === loader;
    this.#owned = new Map([...shared.owned(run)].filter(isHere));
  }

  get definitions(): Map<string, SharedMap> {
    return new Map([...this.#owned].map(([name, { definition }]) => [name, definition]));
  }

  /** Where the maps of an object come from. Throws CellError when one went away meanwhile, or is not the same. */
  reuse(loader: LoaderClient, maps: MapInfo[], layout: CellLayout): Reuse[] {
    const pinned = maps.flatMap(mine => {
      // Records belong to the cell that writes them: a ring has one reader.
      const found = mine.shared && !isStream(mine.type) ? this.shared.pinned(mine.name, this.run) : undefined;
      const held = found?.run.held;
      if (!found || held?.loader !== loader) return [];
      const theirs = held.maps.find(({ name }) => name === found.symbol)!;
      const differences = differencesOf(mine, theirs);
      if (differences) throw new CellError([differs(mine, theirs, differences, this.run.input.cell.source)]);
      return [
        this.#take(`@${mine.name}`, found.run, { map: mine.name, session: held.session, from: found.symbol }),
      ];
    });
    const borrowed = layout.maps.flatMap(({ name, symbol, borrowed }) => {
      if (!borrowed) return [];
      const owned = this.#owned.get(name);
      const held = owned?.run.held;
      if (!owned || held?.loader !== loader)
        throw new CellError([problem('map-gone', { name }, { map: name })]);
      const from = owned.definition.c?.symbol ?? symbol;
      return [this.#take(name, owned.run, { map: symbol, session: held.session, from })];
    });
    return [...pinned, ...borrowed];
  }

  #take(name: string, run: TracingRun, reuse: Reuse): Reuse {
    this.borrowed.push({ name, run });
    return reuse;
  }
}

/** What must be the same, as programs are compiled for it. The number of entries may differ. */
const PROPERTIES: readonly [property: keyof MapInfo, name: string][] = [
  ['type', 'type'],
  ['keySize', 'key size'],
  ['valueSize', 'value size'],
  ['flags', 'flags'],
];

function differencesOf(mine: MapInfo, theirs: MapInfo): string {
  return PROPERTIES.filter(([property]) => mine[property] !== theirs[property])
    .map(([property, name]) => `${name} ${mine[property]} here and ${theirs[property]} there`)
    .join(', ');
}

function differs({ name }: MapInfo, theirs: MapInfo, differences: string, source: string) {
  const { type, keySize, valueSize, flags } = theirs;
  const declaration = [
    `type BPF_MAP_TYPE_${type.toUpperCase()}`,
    `a key of ${keySize} bytes`,
    `a value of ${valueSize} bytes`,
    ...(flags ? [`map_flags ${flags}`] : []),
  ].join(', ');
  const place = { map: name, span: mapSpan(source, name) };
  return problem('map-differs', { name, differences, declaration }, place);
}
