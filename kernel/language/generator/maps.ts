/** Maps: their definitions, layouts and the way to a value. */
import type { Aggregation, Field, MapLayout } from '../../layout.ts';
import type { MapInfo } from '../symbols.ts';
import { INT64, type Type, UINT64 } from '../types.ts';
import { planCMap } from './cMaps.ts';
import { type Member, type Storage, structText } from './storage.ts';

export interface MapPlan {
  info: MapInfo;
  symbol: string;
  layout: MapLayout;
  /** Key members; undefined for a scalar map, an array of one. */
  key: Member[] | undefined;
  /** C type that a lookup's pointer points at. */
  valueType: string;
  /** Member of the value that holds it; undefined where the value is bare. */
  valueMember: string | undefined;
  /** C definitions. */
  text: string;
}

/** Is a map key made of parts, be it a single one? */
export const hasParts = (key: Type): key is Type & { kind: 'tuple' } => key.kind === 'tuple' && !key.names;

/** Parts of a map key: those of a tuple, or the one. */
export const keyParts = (key: Type): Type[] => (hasParts(key) ? key.elements : [key]);

export const histogramSlots = (aggregation: Aggregation): number =>
  aggregation.fn === 'hist'
    ? ((64 - aggregation.k) << aggregation.k) + 1
    : aggregation.fn === 'lhist'
      ? Math.ceil((aggregation.max - aggregation.min) / aggregation.step) + 2
      : 0;

/** What an aggregation keeps a CPU, where it is more than one word; the named one has the argument's sign. */
const AGGREGATE_MEMBERS: Partial<Record<Aggregation['fn'], { words: string[]; signed: string }>> = {
  min: { words: ['value', 'set'], signed: 'value' },
  max: { words: ['value', 'set'], signed: 'value' },
  avg: { words: ['total', 'count'], signed: 'total' },
  stats: { words: ['total', 'count'], signed: 'total' },
  tseries: { words: ['epoch', 'total', 'count', 'stamp'], signed: 'total' },
};

/** Keyed by a bucket, too, the last part of the key: always, or where there is another part. */
const BUCKETED: Partial<Record<Aggregation['fn'], 'always' | 'keyed'>> = {
  hist: 'keyed',
  lhist: 'keyed',
  tseries: 'always',
};

/** Kinds that `let @m = kind(n)` may name. */
export const MAP_KINDS: Readonly<Record<string, string>> = {
  hash: 'HASH',
  lruhash: 'LRU_HASH',
  percpuhash: 'PERCPU_HASH',
  percpulruhash: 'LRU_PERCPU_HASH',
};

export function planMap(
  info: MapInfo,
  names: string[] | undefined,
  storage: Storage,
  maxEntries: number,
  print: boolean,
): MapPlan {
  const symbol = info.name === '@' ? 'map' : `map_${info.name.slice(1)}`;
  if (info.borrowed?.c) return planCMap(info, symbol, info.borrowed);
  const { aggregation } = info;
  const histogram = aggregation && (aggregation.fn === 'hist' || aggregation.fn === 'lhist');
  const own = !info.key || info.key.kind === 'void' ? [] : keyParts(info.key);
  const bucketed = aggregation && BUCKETED[aggregation.fn];
  const scalar = own.length === 0 && bucketed !== 'always';
  const key = scalar ? undefined : keyMembers(own, names, bucketed !== undefined);
  const text: string[] = [];
  const keyLayout = key && storage.layout(key);
  if (keyLayout) text.push(structText(`${symbol}_key`, keyLayout.members));

  const members = valueMembers(info, scalar);
  let valueType: string;
  let valueSize: number;
  let value: MapLayout['value'];
  if (histogram && scalar) {
    const slots = histogramSlots(aggregation);
    text.push(structText(`${symbol}_value`, [`__u64 slots[${slots}]`]));
    valueType = `struct ${symbol}_value`;
    valueSize = slots * 8;
    value = {
      kind: 'array',
      size: valueSize,
      element: storage.dataType({ ...UINT64, ...measured(info.value) } as Type),
      length: slots,
    };
  } else if (members.length === 1) {
    const only = members[0]!;
    const layout = storage.layout(members);
    text.push(structText(`${symbol}_value`, layout.members));
    valueType = `struct ${symbol}_value`;
    valueSize = layout.size;
    value = storage.dataType(only.type);
  } else {
    const layout = storage.layout(members);
    text.push(structText(`${symbol}_value`, layout.members));
    valueType = `struct ${symbol}_value`;
    valueSize = layout.size;
    value = { kind: 'struct', size: layout.size, fields: layout.fields };
  }

  const kind = scalar
    ? aggregation
      ? 'PERCPU_ARRAY'
      : 'ARRAY'
    : info.declared
      ? MAP_KINDS[info.declared.kind]!
      : aggregation
        ? 'PERCPU_HASH'
        : 'HASH';
  const least = aggregation?.fn === 'tseries' ? aggregation.count : 1;
  const entries = scalar ? 1 : (info.declared?.entries ?? Math.max(maxEntries, least));
  text.push(
    `struct {\n\t__uint(type, BPF_MAP_TYPE_${kind});\n\t__uint(max_entries, ${entries});\n` +
      `\t__type(key, ${scalar ? '__u32' : `struct ${symbol}_key`});\n\t__type(value, ${valueType});\n} ${symbol} SEC(".maps");`,
  );
  const layout: MapLayout = {
    name: info.name,
    symbol,
    type: kind.toLowerCase(),
    perCpu: kind.includes('PERCPU'),
    ...(keyLayout ? { key: keyLayout.fields } : {}),
    keySize: keyLayout?.size ?? 4,
    value,
    valueSize,
    maxEntries: entries,
    ...(aggregation ? { aggregation } : {}),
    ...(info.borrowed ? { borrowed: true } : {}),
    printAtEnd: print,
  };
  return { info, symbol, layout, key, valueType, valueMember: members[0]?.name, text: text.join('\n') };
}

function keyMembers(parts: Type[], names: string[] | undefined, bucketed: boolean): Member[] {
  const taken = new Set(bucketed ? ['bucket'] : []);
  const members = parts.map((type, i): Member => {
    let name = names?.[i] ?? `key_${i + 1}`;
    while (taken.has(name)) name += '_';
    taken.add(name);
    return { name, type };
  });
  if (bucketed) members.push({ name: 'bucket', type: UINT64 });
  return members;
}

const measured = (value: Type) =>
  value.kind === 'aggregation' && value.display ? { display: value.display } : {};

/** Members of a value. Scalar maps say in `set` whether they were assigned, since an array always exists. */
function valueMembers(info: MapInfo, scalar: boolean): Member[] {
  const { aggregation, value } = info;
  if (aggregation) {
    const several = AGGREGATE_MEMBERS[aggregation.fn];
    const signed = value.kind === 'aggregation' && value.signed ? INT64 : UINT64;
    const argument = { ...signed, ...measured(value) } as Type;
    if (several)
      return several.words.map(name => ({ name, type: name === several.signed ? argument : UINT64 }));
    if (aggregation.fn === 'sum') return [{ name: 'value', type: argument }];
    // The counts of a histogram are shown by what was counted.
    return [{ name: 'value', type: { ...UINT64, ...measured(value) } as Type }];
  }
  const type = value.kind === 'unknown' ? INT64 : value;
  return scalar
    ? [
        { name: 'value', type },
        { name: 'set', type: UINT64 },
      ]
    : [{ name: 'value', type }];
}

/** Fields of a key that the user knows: without the bucket. */
export const ownKey = (layout: MapLayout): Field[] => layout.key?.filter(f => f.name !== 'bucket') ?? [];
