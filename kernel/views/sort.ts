/** The order of a map's entries: by value for integers and aggregations, else (and among equals) by key. Ascending. */
import type { Field, MapLayout } from '../layout.ts';
import { type Int, isBytes, Reader, readBytes, readScalar } from './decode.ts';
import { type MapEntry, readAggregate } from './snapshot.ts';

export function sortEntries(map: MapLayout, entries: MapEntry[]): MapEntry[] {
  if (!map.key) return entries;
  const byKey = sortByKey(map.key, entries);
  return map.aggregation || map.value.kind === 'int' ? sortByValue(map, byKey) : byKey;
}

const compare = (a: Int, b: Int) => (a < b ? -1 : a > b ? 1 : 0);

function sortByValue(map: MapLayout, entries: MapEntry[]): MapEntry[] {
  // bpftrace compares these as if they had no sign.
  const isUnsigned = map.aggregation?.fn === 'min' || map.aggregation?.fn === 'max';
  return entries
    .map(entry => {
      const read = readAggregate(map, entry.value);
      const value = 'value' in read ? read.value : read.average;
      return { entry, rank: isUnsigned && value < 0 ? BigInt.asUintN(64, BigInt(value)) : value };
    })
    .sort((a, b) => compare(a.rank, b.rank))
    .map(({ entry }) => entry);
}

/** Part by part: integers by number, all else by its bytes. */
export function sortByKey<Entry extends Pick<MapEntry, 'key'>>(key: Field[], entries: Entry[]): Entry[] {
  const parts = key.flatMap(field => partsOf(field));
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

/** The parts of a tuple or struct, those of nested ones included. */
function partsOf(field: Field, at = 0): Field[] {
  const { type, offset } = field;
  if (type.kind !== 'tuple' && type.kind !== 'struct') return [{ ...field, offset: at + offset }];
  return type.fields.flatMap(part => partsOf(part, at + offset));
}

type Rank = Int | string;

function rank(reader: Reader, { type, offset, bits }: Field): Rank {
  if (type.kind === 'int' || type.kind === 'enum' || type.kind === 'bool' || type.kind === 'pointer')
    return readScalar(reader, type, offset, bits);
  if (isBytes(type)) return String.fromCharCode(...readBytes(reader, type, offset));
  return String.fromCharCode(...reader.bytes.subarray(offset, offset + type.size));
}
