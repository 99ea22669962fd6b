/** Maps of BPF C cells as bpftrace cells may use them. Keys and values lie in memory as C laid them out. */
import type { CellLayout, DataType, Field, MapLayout } from '../layout.ts';
import { CTypes } from './checker/cTypes.ts';
import { Reporter, Source } from './diagnostics.ts';
import type { SharedMap } from './symbols.ts';
import type { LanguageTarget } from './target.ts';
import { INT64, type Type, UNKNOWN, VOID } from './types.ts';

/** Kinds of maps whose elements bpftrace can look up and go through. */
const USABLE = ['hash', 'array', 'lru_hash', 'percpu_hash', 'percpu_array', 'lru_percpu_hash'];

/** What pointers point to is found where they are used: nothing has to be asked here. */
const NOWHERE: LanguageTarget = {
  arch: 'x64',
  cpus: 1,
  tracepointFormat: () => undefined,
  tracepoints: () => [],
  type: () => undefined,
};
const C_TYPES = new CTypes([], NOWHERE, new Reporter(new Source('')));

/** The maps of a BPF C cell as bpftrace cells call them. */
export const sharedMapsOf = ({ maps }: CellLayout): Map<string, SharedMap> =>
  new Map(maps.flatMap(map => (map.internal ? [] : [[`@${map.name}`, sharedMapOf(map)]])));

/** What a bpftrace cell must know of a map of BPF C; `unfit` says why it cannot use it. */
function sharedMapOf(c: MapLayout): SharedMap {
  const { maxEntries, perCpu, value, key } = c;
  const unfit = (reason: string): SharedMap => ({
    key: UNKNOWN,
    value: UNKNOWN,
    maxEntries,
    c,
    unfit: reason,
  });
  if (!USABLE.includes(c.type)) return unfit(`it is a map of type ${c.type}`);
  const parts = key?.filter(({ name }) => !PADDING.test(name));
  const wrong = parts && wrongKey(parts);
  if (wrong) return unfit(wrong);
  const types = parts?.map(({ type }) => typeOf(type));
  const shared = {
    key: !types ? VOID : types.length === 1 ? types[0]! : ({ kind: 'tuple', elements: types } as const),
    ...(parts ? { keyNames: parts.map(({ name }) => name) } : {}),
    maxEntries,
    c,
  };
  if (!perCpu) return { ...shared, value: typeOf(value) };
  if (value.kind !== 'int')
    return unfit('each CPU has values of its own, which are no integers that could be added up');
  return {
    ...shared,
    value: { kind: 'aggregation', of: 'sum', signed: value.signed },
    aggregation: { fn: 'sum' },
  };
}

/** The maps that a text of BPF C defines, for editors: only compiling it would tell what they hold. */
export function mapsNamedIn(c: string): Map<string, SharedMap> {
  const unknown: SharedMap = { key: UNKNOWN, value: UNKNOWN, maxEntries: 1 };
  const names = c.matchAll(/\b(\w+)\s+SEC\s*\(\s*"\.maps"\s*\)/g);
  return new Map([...names].map(([, name]) => [`@${name}`, unknown]));
}

/** Members that fill a gap: always zero. */
export const PADDING = /^_*(?:pad(?:ding)?|unused|reserved)\d*$/i;

const IN_KEYS: readonly DataType['kind'][] = ['int', 'bool', 'enum', 'string', 'pointer'];

function wrongKey(parts: Field[]): string | undefined {
  if (parts.length === 0) return 'its key has no parts';
  for (const [i, { name, offset, type, bits }] of parts.entries()) {
    const before = parts[i - 1];
    if (bits) return `${name} in its key is a bitfield`;
    if (before && offset < before.offset + before.type.size) return 'its key is a union';
    if (!IN_KEYS.includes(type.kind) && !isWord(type.size)) return `${name} in its key is a ${type.kind}`;
  }
  return undefined;
}

const isWord = (size: number): size is 1 | 2 | 4 | 8 => [1, 2, 4, 8].includes(size);

/** Kinds that are shown in words are numbers here, or bytes. */
function typeOf(type: DataType): Type {
  const known = C_TYPES.fromData(type, 'kernel', true);
  if (known.kind !== 'unknown') return known;
  if (isWord(type.size)) return { ...INT64, size: type.size, signed: false } as Type;
  const element: Type = { kind: 'int', size: 1, signed: false };
  return { kind: 'array', element, length: type.size, space: 'kernel' };
}
