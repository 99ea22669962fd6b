/** What of a run is in Linux, in the words of its layout. Pure. */
import type { CellLayout } from '../layout.ts';
import type { LoadedDetails, MapInfo, ProgramInfo } from '../loader/protocol.ts';
import { mapType } from '../mapTypes.ts';
import type { MapFill, RunDetails } from '../protocol.ts';
import { isReadable } from '../views/index.ts';

/** Of the maps that have a limit, the fullest. */
const MOST_FILLS = 10;

/** What was opened, and what the loader tells of it now; undefined = it is gone. */
export interface Loaded {
  layout: CellLayout;
  programs: readonly ProgramInfo[];
  maps: readonly MapInfo[];
  now: LoadedDetails | undefined;
}

/** `entries`: how many each map had when it was looked at last, by symbol. */
export function runDetails(
  { layout, programs, maps, now }: Loaded,
  entries: ReadonlyMap<string, number>,
): RunDetails {
  const kinds = new Map(programs.map(({ name, type }) => [name, type]));
  const probes = new Map(layout.programs.map(({ symbol, probe }) => [symbol, probe]));
  return {
    programs: layout.programs.map(({ symbol, probe }) => {
      const { id, instructions, hits, ns } = now?.programs.find(({ program }) => program === symbol) ?? {};
      return {
        symbol,
        ...(id === undefined ? {} : { id }),
        type: kinds.get(symbol) ?? '',
        probe,
        ...(instructions === undefined ? {} : { instructions }),
        ...(hits && ns ? { hits, ns } : {}),
      };
    }),
    maps: maps.map(({ name: symbol, type, keySize, valueSize, maxEntries }) => {
      const there = now?.maps.find(({ map }) => map === symbol);
      const counted = entries.get(symbol);
      return {
        symbol,
        name: layout.maps.find(map => map.symbol === symbol)?.name ?? symbol,
        ...(there ? { id: there.id } : {}),
        type,
        keySize,
        valueSize,
        ...(counted === undefined ? {} : { entries: counted }),
        capacity: there?.maxEntries ?? maxEntries,
        ...(there?.bytes ? { bytes: there.bytes } : {}),
        readable: there !== undefined && isReadable(layout, symbol),
      };
    }),
    // Linux has no words for some: what the user wrote says where they are.
    links: (now?.links ?? []).map(({ program, kind, target }) => ({
      program,
      kind,
      target: target || (probes.get(program) ?? program),
    })),
  };
}

/** How full the maps are that take only so many keys, the fullest first. */
export function fillsOf({ maps }: CellLayout, entries: ReadonlyMap<string, number>): MapFill[] {
  return maps
    .flatMap(({ name, symbol, type, maxEntries: capacity }) => {
      const counted = mapType(type)?.fills ? entries.get(symbol) : undefined;
      return counted === undefined ? [] : [{ name, entries: counted, capacity }];
    })
    .sort((a, b) => b.entries / b.capacity - a.entries / a.capacity)
    .slice(0, MOST_FILLS);
}
