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

/** One run's part in it: the maps that it has, and those that it takes. */
export class Sharing {
  /** The maps of its cell, for other cells to read. */
  owned: ReadonlyMap<string, SharedMap> = new Map();
  /** The maps of other runs that it was loaded with. */
  borrowed: readonly BorrowedMap[] = [];
  /** The others' maps in its loader as they were when it was compiled: what it is loaded with must still be those. */
  #offered: ReadonlyMap<string, OwnedMap> = new Map();

  constructor(
    readonly shared: SharedMaps,
    readonly run: TracingRun,
  ) {}

  /** What a bpftrace cell may know of the others' maps when it is compiled. */
  offered(loader: LoaderClient): Map<string, SharedMap> {
    const isHere = ([, { run }]: [string, OwnedMap]) => run.held?.loader === loader;
    this.#offered = new Map([...this.shared.owned(this.run)].filter(isHere));
    return new Map([...this.#offered].map(([name, { definition }]) => [name, definition]));
  }

  /** Where the maps of an object come from. Throws CellError when one went away meanwhile, or is not the same. */
  reuse(loader: LoaderClient, maps: MapInfo[], layout: CellLayout): Reuse[] {
    const taken = [...this.#pinned(loader, maps), ...this.#borrowed(loader, layout)];
    this.borrowed = taken.map(({ name, run }) => ({ name, run }));
    this.#offered = new Map();
    return taken.map(({ reuse }) => reuse);
  }

  /** Whether a map of this name began with this run. */
  makes(name: string): boolean {
    return this.owned.has(name) && !this.borrowed.some(map => map.name === name);
  }

  #pinned(loader: LoaderClient, maps: MapInfo[]): Taken[] {
    return maps.flatMap(mine => {
      // Records belong to the cell that writes them: a ring has one reader.
      const found = mine.shared && !isStream(mine.type) ? this.shared.pinned(mine.name, this.run) : undefined;
      const held = found?.run.held;
      if (!found || held?.loader !== loader) return [];
      const { run, symbol } = found;
      const theirs = held.maps.find(({ name }) => name === symbol)!;
      const differences = differencesOf(mine, theirs);
      if (differences) throw new CellError([differs(mine, theirs, differences, this.run.input.cell.source)]);
      return [{ name: `@${mine.name}`, run, reuse: { map: mine.name, session: held.session, from: symbol } }];
    });
  }

  #borrowed(loader: LoaderClient, layout: CellLayout): Taken[] {
    return layout.maps.flatMap(({ name, symbol, borrowed }) => {
      if (!borrowed) return [];
      const owned = this.#offered.get(name);
      const held = owned?.run.held;
      if (!owned || held?.loader !== loader)
        throw new CellError([problem('map-gone', { name }, { map: name })]);
      const from = owned.definition.c?.symbol ?? symbol;
      return [{ name, run: owned.run, reuse: { map: symbol, session: held.session, from } }];
    });
  }
}

interface Taken extends BorrowedMap {
  reuse: Reuse;
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
