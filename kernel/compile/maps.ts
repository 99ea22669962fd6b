import { BTF_KIND, type TypeSource } from '../btf/index.ts';
import { CellError, type Diagnostic, problem, type Span } from '../errors.ts';
import type { DataType, Field, MapLayout, RecordLayout } from '../layout.ts';
import { MAP_TYPES, type MapTypeRow } from '../mapTypes.ts';
import { findHistogram } from './histograms.ts';

/** Maps of ours, and of libbpf's usdt.bpf.h. */
const HIDDEN = /^(?:ebpfnb|__bpf_usdt)_/;

/**
 * The maps of section `.maps`: their attributes are spelt as BTF types of a struct's members.
 * @throws CellError for types of maps that a cell cannot have
 */
export function readMaps(btf: TypeSource, source: string): { maps: MapLayout[]; notes: Diagnostic[] } {
  const found = btf.datasec('.maps').map(({ name, typeId }) => {
    const definition = new MapDefinition(btf, typeId, name);
    const row = MAP_TYPES[definition.number('type')] ?? NEWER;
    return { name, row, definition, at: place(name, source) };
  });
  // The compiler orders variables as it likes; a reader expects the order of the source.
  found.sort((a, b) => a.at - b.at);
  const notes = found.flatMap(({ name, row, at }) => notesOn(name, row, spanAt(source, at, name.length)));
  const errors = notes.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new CellError(errors);
  return { maps: found.map(({ name, row, definition }) => mapLayout(name, row, definition)), notes };
}

/** Records that are too large for the stack are put together in a per-CPU array of one: it holds nothing of its own. */
export const withoutScratch = (maps: MapLayout[], records: RecordLayout[]): MapLayout[] =>
  maps.map(map => {
    const isScratch =
      map.type === 'percpu_array' &&
      map.maxEntries === 1 &&
      records.some(
        ({ name, size }) => map.value.kind === 'struct' && map.value.name === name && size === map.valueSize,
      );
    return isScratch ? { ...map, internal: true, printAtEnd: false } : map;
  });

const NEWER: MapTypeRow = {
  name: 'unknown',
  about: '',
  refused: 'its type is newer than this program',
  instead: 'Update the notebook.',
};

/** Where the source declares the map; at the end where a macro does. */
const place = (name: string, source: string) =>
  source.search(new RegExp(`\\b${name}\\s*(,|SEC\\b|__attribute__)`)) >>> 0;

/** The name of a map where a source declares it; undefined where it is a macro's. */
export const mapSpan = (source: string, name: string) => spanAt(source, place(name, source), name.length);

function spanAt(source: string, at: number, length: number): Span | undefined {
  if (at > source.length) return undefined;
  const line = source.slice(0, at).split('\n').length - 1;
  const column = at - (source.lastIndexOf('\n', at - 1) + 1);
  return { start: { line, column }, end: { line, column: column + length } };
}

function notesOn(
  map: string,
  { refused, hidden, instead = '' }: MapTypeRow,
  span: Span | undefined,
): Diagnostic[] {
  if (refused) return [problem('map-type-refused', { map, reason: refused, instead }, { map, span })];
  return hidden ? [problem('map-type-hidden', { map, reason: hidden, instead }, { map, span })] : [];
}

/** What the program leaves to user space, as tools set it there. */
function givenTo({ customary }: MapTypeRow, definition: MapDefinition): MapLayout['given'] {
  if (!customary) return undefined;
  const { maxEntries, valueSize } = customary;
  const given = {
    ...(definition.number('max_entries') === 0 ? { maxEntries } : {}),
    ...(valueSize !== undefined && definition.content('value').size === 0 ? { valueSize } : {}),
  };
  return Object.keys(given).length > 0 ? given : undefined;
}

function mapLayout(name: string, row: MapTypeRow, definition: MapDefinition): MapLayout {
  const { name: type, shown } = row;
  const given = givenTo(row, definition);
  const maxEntries = given?.maxEntries ?? definition.number('max_entries');
  const flags = definition.number('map_flags');
  const about = {
    name,
    symbol: name,
    type,
    perCpu: type.startsWith('percpu') || type === 'lru_percpu_hash',
    maxEntries,
    ...(flags ? { flags } : {}),
    ...(given ? { given } : {}),
  };
  const size = given?.valueSize;
  const content: DataType = size === undefined ? definition.content('value') : { kind: 'bytes', size };
  const declared = { key: definition.content('key'), value: content };
  const isShown = shown !== undefined && shown !== 'stream' && !HIDDEN.test(name);
  const { key, value } = isShown ? SHAPES[shown](declared, definition) : declared;
  const scalar = (type === 'array' || type === 'percpu_array') && maxEntries === 1;
  const keyFields = key && fieldsOf('key', key);
  const histogram = shown === 'entries' && keyFields ? findHistogram(name, keyFields, value) : undefined;
  return {
    ...about,
    ...(scalar || !keyFields || key.size === 0 ? {} : { key: keyFields }),
    keySize: key?.size ?? 0,
    value,
    valueSize: value.size,
    ...(isShown && histogram ? { histogram } : {}),
    ...(isShown ? {} : { internal: true }),
    printAtEnd: isShown,
  };
}

interface Shape {
  key?: DataType;
  value: DataType;
}

const U32: DataType = { kind: 'int', size: 4, signed: false };
const ADDRESS_BYTES = 8;
const BUILD_ID_BYTES = 32;
const BY_BUILD_ID = 1 << 5;

/** What the loader's snapshots of maps hold (`native/src/map.cc`), by how they are shown. */
const SHAPES: {
  [shown in Exclude<NonNullable<MapTypeRow['shown']>, 'stream'>]: (
    declared: Required<Shape>,
    definition: MapDefinition,
  ) => Shape;
} = {
  entries: declared => declared,
  next: ({ value }) => ({ value: value.kind === 'struct' ? value : struct(['next', value]) }),
  stacks: ({ value: { size } }, definition) => {
    const byBuildId = (definition.number('map_flags') & BY_BUILD_ID) !== 0;
    return {
      key: struct(['id', U32]),
      value: struct([
        'stack',
        {
          kind: 'stack',
          size,
          space: 'either',
          mode: byBuildId ? 'build_id' : 'bpftrace',
          limit: size / (byBuildId ? BUILD_ID_BYTES : ADDRESS_BYTES),
        },
      ]),
    };
  },
  maps: ({ key }) => ({ key, value: struct(['map', { kind: 'string', size: 64 }]) }),
  tasks: ({ value }) => ({ key: struct(['tid', U32], ['comm', { kind: 'string', size: 16 }]), value }),
  cgroups: ({ value }) => ({ key: struct(['cgroup', { kind: 'cgroup-path', size: 8 }]), value }),
};

function struct(...members: [name: string, type: DataType][]): DataType {
  let size = 0;
  const fields = members.map(([name, type]): Field => {
    const field = { name, offset: size, type };
    size += type.size;
    return field;
  });
  return { kind: 'struct', size, fields };
}

/** A struct gives a field for each member, anything else is one field called `name`. */
export function fieldsOf(name: string, type: DataType): Field[] {
  return type.kind === 'struct' || type.kind === 'union' ? type.fields : [{ name, offset: 0, type }];
}

/** The struct behind a `.maps` variable, whose members libbpf's macros __uint and __type made. */
class MapDefinition {
  readonly #members: Map<string, number>;

  constructor(
    private readonly btf: TypeSource,
    typeId: number,
    private readonly map: string,
  ) {
    this.#members = new Map(
      btf.file.members(btf.file.strip(typeId)).map(member => [member.name, member.type]),
    );
  }

  /** __uint(name, N) is a pointer to an array of N; __ulong(name, N) an enum that holds N. 0 when absent. */
  number(name: string): number {
    const { file } = this.btf;
    const member = this.#members.get(name);
    if (member === undefined) return 0;
    const type = file.strip(member);
    if (file.kind(type) === BTF_KIND.ptr) return file.array(file.strip(file.target(type))).length;
    return Number(file.enumerators(type)[0]?.value ?? 0);
  }

  /** __type(name, T), or bytes as `name_size` says. */
  content(name: 'key' | 'value'): DataType {
    const { btf } = this;
    const member = this.#members.get(name);
    const type =
      member === undefined
        ? undefined
        : btf.declared(btf.file.target(btf.file.strip(member)), { owner: this.map, name });
    if (type) return type;
    const size = this.number(`${name}_size`);
    return size === 4 || size === 8 ? { kind: 'int', size, signed: false } : { kind: 'bytes', size };
  }
}
