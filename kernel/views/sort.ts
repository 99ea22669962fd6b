/** The order of a map's entries: by value for integers and aggregations, else by key. Ascending, stable. */
import type { Field, MapLayout } from '../layout.ts';
import { type Int, Reader, readScalar } from './decode.ts';
import { type MapEntry, readAggregate } from './snapshot.ts';

export function sortEntries(map: MapLayout, entries: MapEntry[]): MapEntry[] {
  if (!map.key) return entries;
  return map.aggregation || map.value.kind === 'int'
    ? sortByValue(map, entries)
    : sortByKey(map.key, entries);
}

const compare = (a: Int, b: Int) => (a < b ? -1 : a > b ? 1 : 0);

function sortByValue(map: MapLayout, entries: MapEntry[]): MapEntry[] {
  return entries
    .map(entry => {
      const value = readAggregate(map, entry.value);
      return { entry, rank: 'value' in value ? value.value : value.average };
    })
    .sort((a, b) => compare(a.rank, b.rank))
    .map(({ entry }) => entry);
}

/** Integers by number, strings by their bytes; parts of other kinds keep the map's order. */
export function sortByKey<Entry extends Pick<MapEntry, 'key'>>(key: Field[], entries: Entry[]): Entry[] {
  const parts = key.length === 1 && key[0]!.type.kind === 'tuple' ? key[0]!.type.fields : key;
  const ranked = entries.map(entry => {
    const reader = new Reader(entry.key);
    return { entry, ranks: parts.map(part => rank(reader, part)) };
  });
  const order = (a: Rank[], b: Rank[]) => {
    for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! < b[i]! ? -1 : 1;
    return 0;
  };
  return ranked.sort((a, b) => order(a.ranks, b.ranks)).map(({ entry }) => entry);
}

type Rank = Int | string;

function rank(reader: Reader, { type, offset, bits }: Field): Rank {
  if (type.kind === 'int' || type.kind === 'enum' || type.kind === 'bool' || type.kind === 'pointer')
    return readScalar(reader, type, offset, bits);
  if (type.kind !== 'string' && type.kind !== 'bytes') return 0;
  return String.fromCharCode(...reader.bytes.subarray(offset, offset + type.size));
}
