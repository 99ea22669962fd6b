/** What one run takes of the maps of its notebook: never copied, each is passed by its descriptor in the loader. */
import { CellError, problem } from '../errors.ts';
import type { SharedMap } from '../language/index.ts';
import type { CellLayout } from '../layout.ts';
import type { LoaderClient } from '../loader/client.ts';
import type { LoaderRequests, MapInfo } from '../loader/protocol.ts';
import type { TracingRun } from './tracing.ts';

/** A session in the loader and the maps there. */
export interface HeldMaps {
  session: number;
  loader: LoaderClient;
  maps: MapInfo[];
}

/** A map of a bpftrace cell, and the run that owns it. */
export interface OwnedMap {
  run: TracingRun;
  definition: SharedMap;
}

/** The other runs of a notebook. */
export interface SharedMaps {
  /** The newest run that holds a map of BPF C of this name that asks to be shared. */
  pinned(map: string, besides: TracingRun): HeldMaps | undefined;
  /** By name, the newest map of a bpftrace cell that is live or over. */
  owned(besides: TracingRun): Map<string, OwnedMap>;
}

type Reuse = LoaderRequests['load']['params']['reuse'][number];

/** The others' maps as they are when a run is compiled: what it is loaded with must still be those. */
export class Sharing {
  readonly #owned: Map<string, OwnedMap>;

  constructor(
    readonly shared: SharedMaps,
    readonly run: TracingRun,
  ) {
    this.#owned = shared.owned(run);
  }

  get definitions(): Map<string, SharedMap> {
    return new Map([...this.#owned].map(([name, { definition }]) => [name, definition]));
  }

  /** Where the maps of an object come from. Throws CellError when one went away meanwhile. */
  reuse(loader: LoaderClient, maps: MapInfo[], layout: CellLayout): Reuse[] {
    const pinned = maps.flatMap(({ name, shared }) => {
      const held = shared ? this.shared.pinned(name, this.run) : undefined;
      return held?.loader === loader ? [{ map: name, session: held.session, from: name }] : [];
    });
    const borrowed = layout.maps.flatMap(({ name, symbol, borrowed }) => {
      if (!borrowed) return [];
      const held = this.#owned.get(name)?.run.held;
      if (held?.loader !== loader) throw new CellError([problem('map-gone', { name }, { map: name })]);
      return [{ map: symbol, session: held.session, from: symbol }];
    });
    return [...pinned, ...borrowed];
  }
}
