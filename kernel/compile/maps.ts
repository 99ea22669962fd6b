import { BTF_KIND, type TypeSource } from '../btf/index.ts';
import type { DataType, Field, MapLayout } from '../layout.ts';

/** BPF_MAP_TYPE_* in the order of the kernel's enum bpf_map_type, which is fixed for ever. */
const MAP_TYPES = [
  'unspec',
  'hash',
  'array',
  'prog_array',
  'perf_event_array',
  'percpu_hash',
  'percpu_array',
  'stack_trace',
  'cgroup_array',
  'lru_hash',
  'lru_percpu_hash',
  'lpm_trie',
  'array_of_maps',
  'hash_of_maps',
  'devmap',
  'sockmap',
  'cpumap',
  'xskmap',
  'sockhash',
  'cgroup_storage',
  'reuseport_sockarray',
  'percpu_cgroup_storage',
  'queue',
  'stack',
  'sk_storage',
  'devmap_hash',
  'struct_ops',
  'ringbuf',
  'inode_storage',
  'task_storage',
  'bloom_filter',
  'user_ringbuf',
  'cgrp_storage',
  'arena',
];

/** Types whose entries can be listed and mean something to a reader. */
const SHOWN = new Set([
  'hash',
  'array',
  'percpu_hash',
  'percpu_array',
  'lru_hash',
  'lru_percpu_hash',
  'lpm_trie',
]);

/** Maps of ours, and of libbpf's usdt.bpf.h. */
const HIDDEN = /^(?:ebpfnb|__bpf_usdt)_/;

/** The maps of section `.maps`: their attributes are spelt as BTF types of a struct's members. */
export function readMaps(btf: TypeSource, source: string): MapLayout[] {
  const maps = btf.datasec('.maps').map((variable): MapLayout => {
    const definition = new MapDefinition(btf, variable.typeId);
    const type = MAP_TYPES[definition.number('type')] ?? 'unspec';
    const maxEntries = definition.number('max_entries');
    const key = definition.content('key');
    const value = definition.content('value');
    const shown = SHOWN.has(type) && !HIDDEN.test(variable.name);
    const scalar = (type === 'array' || type === 'percpu_array') && maxEntries === 1;
    const keyFields = fieldsOf('key', key);
    const histogram = findHistogram(keyFields, value);
    return {
      name: variable.name,
      symbol: variable.name,
      type,
      perCpu: type.includes('percpu'),
      ...(scalar || key.size === 0 ? {} : { key: keyFields }),
      keySize: key.size,
      value,
      valueSize: value.size,
      maxEntries,
      ...(shown && histogram ? { histogram } : {}),
      ...(shown ? {} : { internal: true }),
      printAtEnd: shown,
    };
  });
  // The compiler orders variables as it likes; a reader expects the order of the source.
  const place = (name: string) => source.search(new RegExp(`\\b${name}\\s*(,|SEC\\b|__attribute__)`)) >>> 0;
  return maps.sort((a, b) => place(a.name) - place(b.name));
}

/** A struct gives a field for each member, anything else is one field called `name`. */
export function fieldsOf(name: string, type: DataType): Field[] {
  return type.kind === 'struct' || type.kind === 'union' ? type.fields : [{ name, offset: 0, type }];
}

/** The two customs: an array `slots` in the value, or a bucket's index in a struct key. */
function findHistogram(key: Field[], value: DataType): MapLayout['histogram'] {
  if (value.kind === 'struct') {
    const slots = value.fields.find(
      ({ name, type }) => name === 'slots' && type.kind === 'array' && type.element.kind === 'int',
    );
    if (slots) return { slots: slots.name };
  }
  const bucket = key.find(({ name, type }) => /^(bucket|slot|index)$/.test(name) && type.kind === 'int');
  return bucket && key.length > 1 && value.kind === 'int' ? { bucket: bucket.name } : undefined;
}

/** The struct behind a `.maps` variable, whose members libbpf's macros __uint and __type made. */
class MapDefinition {
  readonly #members: Map<string, number>;

  constructor(
    private readonly btf: TypeSource,
    typeId: number,
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
    const member = this.#members.get(name);
    const type =
      member === undefined ? undefined : this.btf.typeOf(this.btf.file.target(this.btf.file.strip(member)));
    if (type) return type;
    const size = this.number(`${name}_size`);
    return size === 4 || size === 8 ? { kind: 'int', size, signed: false } : { kind: 'bytes', size };
  }
}
