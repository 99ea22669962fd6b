/**
 * The types of BPF maps, one row each, in the order of Linux's enum bpf_map_type, which is fixed for ever: what a cell
 * can have of them, and how they are shown.
 */

export interface MapTypeRow {
  /** BPF_MAP_TYPE_*, lower case without the prefix. */
  name: string;
  /** What it is, in a sentence. */
  about: string;
  /**
   * entries: keys and values, as they are declared; stacks: numbers of stacks and what they are; stream: the records
   * that programs write; maps: keys and the names of maps; next: the value that is taken next; tasks, cgroups: whose
   * each value is.
   */
  shown?: 'entries' | 'stacks' | 'stream' | 'maps' | 'next' | 'tasks' | 'cgroups';
  /** How many entries one has whose program leaves it to user space; how large its values are. */
  customary?: { maxEntries: number; valueSize?: number };
  /** A key that is new is refused once it has as many entries as it may. */
  fills?: true;
  /** Why nothing is shown of it, where a reader may look for something. */
  hidden?: string;
  /** Why a program that has one is not run. */
  refused?: string;
  /** What to do instead. */
  instead?: string;
}

const NETWORK = 'it sends packets and connections elsewhere, and this notebook only watches';
const WATCH = 'Trace the functions that handle the packets: SEC("tp/net/…"), SEC("fentry/…").';

export const MAP_TYPES: readonly MapTypeRow[] = [
  {
    name: 'unspec',
    about: 'No type was given.',
    refused: 'it says no type',
    instead: 'Write __uint(type, BPF_MAP_TYPE_HASH), or another type.',
  },
  {
    name: 'hash',
    about: 'Values by keys.',
    shown: 'entries',
    customary: { maxEntries: 10_240 },
    fills: true,
  },
  { name: 'array', about: 'Values by their index; all are there from the start.', shown: 'entries' },
  { name: 'prog_array', about: 'Programs that bpf_tail_call() goes on with.' },
  {
    name: 'perf_event_array',
    about: 'A buffer of records for each CPU, written by bpf_perf_event_output(); Linux notes when.',
    shown: 'stream',
  },
  {
    name: 'percpu_hash',
    about: 'A value for each CPU by keys; shown as their sum.',
    shown: 'entries',
    customary: { maxEntries: 10_240 },
    fills: true,
  },
  { name: 'percpu_array', about: 'A value for each CPU by index; shown as their sum.', shown: 'entries' },
  {
    name: 'stack_trace',
    about: 'Stacks, by the number that bpf_get_stackid() gives.',
    shown: 'stacks',
    customary: { maxEntries: 16_384, valueSize: 127 * 8 },
  },
  {
    name: 'cgroup_array',
    about: 'Cgroups that bpf_current_task_under_cgroup() compares with.',
    // Many tools have one that they use only where a parameter says so.
    hidden: 'it stays empty, because cgroups are put into it from user space',
    instead: 'Compare bpf_get_current_cgroup_id() with a parameter: const volatile u64 cgroup.',
  },
  {
    name: 'lru_hash',
    about: 'Values by keys; when it is full, those that were used longest ago go.',
    shown: 'entries',
    customary: { maxEntries: 10_240 },
  },
  {
    name: 'lru_percpu_hash',
    about: 'A value for each CPU by keys; when it is full, those that were used longest ago go.',
    shown: 'entries',
    customary: { maxEntries: 10_240 },
  },
  {
    name: 'lpm_trie',
    about: 'Values by prefixes; the longest that fits is found.',
    shown: 'entries',
    fills: true,
  },
  { name: 'array_of_maps', about: 'Maps by index; shown as their names.', shown: 'maps' },
  { name: 'hash_of_maps', about: 'Maps by keys; shown as their names.', shown: 'maps' },
  { name: 'devmap', about: 'Network devices to send packets to.', refused: NETWORK, instead: WATCH },
  { name: 'sockmap', about: 'Sockets to send data to.', refused: NETWORK, instead: WATCH },
  { name: 'cpumap', about: 'CPUs to send packets to.', refused: NETWORK, instead: WATCH },
  { name: 'xskmap', about: 'Sockets of AF_XDP to send packets to.', refused: NETWORK, instead: WATCH },
  { name: 'sockhash', about: 'Sockets to send data to, by keys.', refused: NETWORK, instead: WATCH },
  {
    name: 'cgroup_storage',
    about: 'A value for each cgroup that a program is attached to.',
    refused: 'it is for programs that are attached to cgroups, which decide what these may do',
    instead: 'Take BPF_MAP_TYPE_CGRP_STORAGE, or a hash with bpf_get_current_cgroup_id() as its key.',
  },
  { name: 'reuseport_sockarray', about: 'Sockets that share a port.', refused: NETWORK, instead: WATCH },
  {
    name: 'percpu_cgroup_storage',
    about: 'A value for each CPU and each cgroup that a program is attached to.',
    refused: 'it is for programs that are attached to cgroups, which decide what these may do',
    instead: 'Take BPF_MAP_TYPE_CGRP_STORAGE, or a per-CPU hash with bpf_get_current_cgroup_id() as its key.',
  },
  {
    name: 'queue',
    about: 'Values that are taken in the order in which they came; shown is the next one.',
    shown: 'next',
  },
  { name: 'stack', about: 'Values of which the newest is taken first; shown is that one.', shown: 'next' },
  {
    name: 'sk_storage',
    about: 'A value for each socket, freed with it.',
    hidden: 'its values lie in the sockets, and go with them',
    instead:
      'What shall be seen can be kept in a hash, too: by bpf_get_socket_cookie(), or sent as a record.',
  },
  {
    name: 'devmap_hash',
    about: 'Network devices to send packets to, by keys.',
    refused: NETWORK,
    instead: WATCH,
  },
  {
    name: 'struct_ops',
    about: 'Functions that stand for those of Linux itself: a scheduler, congestion control.',
    refused: 'it puts functions of its own in the place of those of Linux, and this notebook only watches',
    instead: 'Trace the functions that would be replaced: SEC("fentry/…"), SEC("kprobe/…").',
  },
  { name: 'ringbuf', about: 'Records of all CPUs in the order in which they were made.', shown: 'stream' },
  {
    name: 'inode_storage',
    about: 'A value for each inode, freed with it.',
    refused: 'Linux gives it to programs only that decide who may open what',
    instead: 'Take a hash with the numbers of the inode and its device as its key.',
  },
  { name: 'task_storage', about: 'A value for each thread, freed with it.', shown: 'tasks' },
  {
    name: 'bloom_filter',
    about: 'Values of which a program can ask whether they may be among them.',
    hidden: 'a bloom filter only answers whether a value may be in it: there is no list of them',
  },
  {
    name: 'user_ringbuf',
    about: 'Records from user space for programs.',
    hidden: 'nobody writes into it here, so that bpf_user_ringbuf_drain() finds it empty',
    instead: 'What a program shall know before it runs can be a parameter: const volatile.',
  },
  { name: 'cgrp_storage', about: 'A value for each cgroup, freed with it.', shown: 'cgroups' },
  { name: 'arena', about: 'Memory with pointers in it, shared with user space.' },
];

const SHOWN: { [shown in NonNullable<MapTypeRow['shown']> | 'none']: string } = {
  entries: 'a table of keys and values; a histogram where it holds one',
  stacks: 'a table of stacks; where a record, key or value holds the number of one, the stack stands there',
  stream: 'a table for each type of record',
  maps: 'a table of keys and names of maps, which are shown themselves',
  next: 'the value that is taken next, which stays there',
  tasks: 'a table of threads and their values',
  cgroups: 'a table of cgroups and their values',
  none: 'can be used, has nothing to show',
};

/** What a cell can have of a type of map. */
export function inCell({ shown, hidden, refused, instead }: MapTypeRow): string {
  const [how, why] = refused ? ['refused', refused] : ['not shown', hidden];
  if (!why) return SHOWN[shown ?? 'none'];
  return `${how}: ${why}${instead ? `. ${instead.replace(/\.$/, '')}` : ''}`;
}

/** The text of docs/maps.md. */
export function mapReference(): string {
  const row = (row: MapTypeRow) =>
    `| \`BPF_MAP_TYPE_${row.name.toUpperCase()}\` | ${row.about} | ${inCell(row)} |`;
  return [
    '# Maps in BPF C cells',
    '',
    '<!-- Made by `npm run docs` from kernel/mapTypes.ts. -->',
    '',
    '| type | what it is | in a cell |',
    '|---|---|---|',
    ...MAP_TYPES.filter(({ name }) => name !== 'unspec').map(row),
    '',
  ].join('\n');
}

/** The row of a type by its name; undefined for a type that is newer than this table. */
export const mapType = (name: string): MapTypeRow | undefined => MAP_TYPES.find(row => row.name === name);

/** Has each CPU a buffer of its own? */
export const isPerCpuStream = (name: string): boolean => name === 'perf_event_array';

/** Bytes of a record as it comes out of such a map: perf's have a u32 in front, and with it are a multiple of 8. */
export const deliveredSize = (name: string, size: number): number =>
  isPerCpuStream(name) ? ((size + 4 + 7) & ~7) - 4 : size;

/** Do programs write records into such a map? */
export const isStream = (name: string): boolean => mapType(name)?.shown === 'stream';
