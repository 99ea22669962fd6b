/**
 * How the fields of a BPF C program's records, maps and globals are shown: what their authors ask for, else what their
 * C type says, else what their name says. One row a format; the docs and the tests are made from this table.
 */
import type { DataType, Display } from '../layout.ts';
import type { Arch } from './flags.ts';
import { enumeration, type VOCABULARIES } from './vocabularies.ts';

/** What a format may ask of the target. */
export interface FormatContext {
  arch: Arch;
}

export interface Format {
  /** What a program's author writes: `// format: ipv4`. */
  name: string;
  /** Written `// unit: …` instead. */
  unit?: true;
  /** What is shown. */
  about: string;
  /** A declaration that is shown so, and what of: its bytes as an integer, or one by one. */
  example: { c: string; value: number | bigint | number[]; shown: string };
  /** Typedefs, or tags of structs, that are always shown so. */
  types?: readonly string[];
  /** Names that are, where the type suits: words, in which `*` stands for anything; and those that are not. */
  names?: string;
  except?: string;
  /** The type that is shown so, of the same size; undefined where that makes no sense. */
  of(type: DataType, context: FormatContext): DataType | undefined;
}

/** Integers of these sizes. */
const integer =
  (display: Display, ...sizes: number[]): Format['of'] =>
  type =>
    type.kind === 'int' && sizes.includes(type.size) ? { ...type, display } : undefined;

const OPAQUE: readonly DataType['kind'][] = ['bytes', 'array', 'struct', 'union'];

/** What holds nothing but so many bytes. */
const opaque = (size: number, as: DataType, type: DataType): DataType | undefined =>
  type.size === size && OPAQUE.includes(type.kind) ? as : undefined;

const named =
  (vocabulary: keyof typeof VOCABULARIES): Format['of'] =>
  (type, { arch }) =>
    type.kind === 'int' ? enumeration(type, vocabulary, arch) : undefined;

/** Numbers below zero are errors; without a sign nothing is. */
const errors =
  (vocabulary: 'errno' | 'error'): Format['of'] =>
  (type, context) =>
    type.kind === 'int' && type.size >= 4 ? named(vocabulary)({ ...type, signed: true }, context) : undefined;

/** The first row that fits counts. */
export const FORMATS: readonly Format[] = [
  {
    name: 'ns',
    unit: true,
    about: 'nanoseconds, as a duration',
    example: { c: '__u64 latency_ns', value: 1_500_000, shown: '1.5ms' },
    types: ['gadget_duration'],
    names: '*_ns ns *_nsec *_nsecs *_nanoseconds delta latency lat duration elapsed',
    // Moments, and namespaces.
    except: 'ts_ns timestamp_ns mnt_ns pid_ns net_ns ipc_ns user_ns uts_ns cgroup_ns',
    of: integer('nanoseconds', 4, 8),
  },
  {
    name: 'us',
    unit: true,
    about: 'microseconds, as a duration',
    example: { c: '__u64 delta_us', value: 1500, shown: '1.5ms' },
    names: '*_us us *_usec *_usecs *_microseconds',
    // Moments.
    except: 'ts_us timestamp_us',
    of: integer('microseconds', 4, 8),
  },
  {
    name: 'ms',
    unit: true,
    about: 'milliseconds, as a duration',
    example: { c: '__u32 age_ms', value: 2500, shown: '2.5s' },
    names: '*_ms ms *_msec *_msecs *_milliseconds',
    // Moments.
    except: 'ts_ms timestamp_ms',
    of: integer('milliseconds', 4, 8),
  },
  {
    name: 's',
    unit: true,
    about: 'seconds, as a duration',
    example: { c: '__u32 timeout; // unit: s', value: 90, shown: '90s' },
    of: integer('seconds', 4, 8),
  },
  {
    name: 'bytes',
    unit: true,
    about: 'bytes, as a size',
    example: { c: '__u64 read_bytes', value: 1536, shown: '1.5KiB' },
    types: ['gadget_bytes'],
    names: '*_bytes bytes *_size',
    of: integer('bytes', 4, 8),
  },
  {
    name: 'KiB',
    unit: true,
    about: 'kibibytes, as a size',
    example: { c: '__u64 rss_kb', value: 1536, shown: '1.5MiB' },
    names: '*_kb *_kib',
    of: integer('kibibytes', 4, 8),
  },
  {
    name: 'time',
    about:
      'nanoseconds since boot (`bpf_ktime_get_boot_ns`, or `_get_ns` before any suspend), as the time of day',
    example: { c: '__u64 at; // format: time', value: 3_723_000_004_000, shown: '01:02:03.000004' },
    types: ['gadget_timestamp'],
    names: 'ts_ns timestamp_ns',
    of: integer('time', 8),
  },
  {
    name: 'ipv4',
    about: 'an address of IPv4, in network order',
    example: { c: '__be32 peer', value: [127, 0, 0, 1], shown: '127.0.0.1' },
    types: ['in_addr'],
    names: 'addr saddr daddr laddr raddr *_saddr *_daddr *_v4 v4 ip *_ip *_ip4 ip4 *_ipv4 ipv4',
    of: (type, context) => integer('ipv4', 4)(type, context) ?? opaque(4, { kind: 'inet', size: 4 }, type),
  },
  {
    name: 'ipv6',
    about: 'an address of IPv6, in network order',
    example: {
      c: '__u8 saddr_v6[16]',
      value: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
      shown: '::1',
    },
    types: ['in6_addr'],
    names: 'addr saddr daddr laddr raddr *_saddr *_daddr *addr6 *_v6 v6 *_ip6 ip6 *_ipv6 ipv6',
    of: type => opaque(16, { kind: 'inet', size: 16 }, type),
  },
  {
    name: 'port',
    about: 'a port, in network order',
    example: { c: '__be16 dport', value: [0, 80], shown: '80' },
    of: integer('port', 2),
  },
  {
    name: 'mac',
    about: 'an Ethernet address',
    example: { c: '__u8 src_mac[6]', value: [2, 0, 0, 0, 0, 10], shown: '02:00:00:00:00:0A' },
    names: '*mac *_mac_addr hwaddr lladdr h_dest h_source addr',
    of: type => opaque(6, { kind: 'mac', size: 6 }, type),
  },
  {
    name: 'ksym',
    about: "an address of Linux's own code, by its symbol; others in hexadecimal",
    example: { c: '__u64 caller', value: 0x401000, shown: '0x401000' },
    names: 'func caller callsite call_site ip *_ip *_func *_caller *_ksym ksym',
    of: (type, context) =>
      type.kind === 'pointer'
        ? { kind: 'int', size: 8, signed: false, display: 'ksym' }
        : integer('ksym', 8)(type, context),
  },
  {
    name: 'address',
    about: 'an address, in hexadecimal',
    example: { c: '__u64 addr', value: 0x401000, shown: '0x401000' },
    names: 'addr *_addr address *_address ptr *_ptr kaddr uaddr',
    of: integer('address', 8),
  },
  {
    name: 'pid-tgid',
    about: 'what `bpf_get_current_pid_tgid` returns: two columns, pid and tid',
    example: { c: '__u64 pid_tgid', value: (12n << 32n) | 34n, shown: '12 34' },
    names: 'pid_tgid tgid_pid pidtgid',
    of: integer('pid-tgid', 8),
  },
  {
    name: 'uid-gid',
    about: 'what `bpf_get_current_uid_gid` returns: two columns, uid and gid',
    example: { c: '__u64 uid_gid', value: (5n << 32n) | 1000n, shown: '1000 5' },
    names: 'uid_gid gid_uid',
    of: integer('uid-gid', 8),
  },
  {
    name: 'user',
    about: 'the name of a user, by the id',
    example: { c: '__u32 owner; // format: user', value: 7, shown: '7' },
    types: ['gadget_uid'],
    of: integer('user', 4),
  },
  {
    name: 'cgroup',
    about: 'the path of a cgroup, by its id',
    example: { c: '__u64 cgroup_id', value: 7, shown: '7' },
    names: 'cgroup_id cgroupid cgrp_id cgid',
    of: integer('cgroup', 8),
  },
  {
    name: 'device',
    about: "Linux's number of a device, as major:minor",
    example: { c: 'dev_t dev', value: (8 << 20) | 1, shown: '8:1' },
    types: ['dev_t'],
    names: 'dev s_dev',
    of: integer('device', 4),
  },
  {
    name: 'octal',
    about: 'an octal number, as modes of files are',
    example: { c: 'umode_t mode', value: 0o100644, shown: '0100644' },
    types: ['umode_t', 'gadget_file_mode'],
    names: 'mode i_mode',
    of: integer('octal', 2, 4),
  },
  {
    name: 'hex',
    about: 'a hexadecimal number',
    example: { c: '__u32 word; // format: hex', value: 255, shown: '0xff' },
    of: integer('hex', 1, 2, 4, 8),
  },
  {
    name: 'decimal',
    about: 'a plain number, whatever its name',
    example: { c: '__u64 size_bytes; // format: decimal', value: 1536, shown: '1536' },
    of: integer('decimal', 1, 2, 4, 8),
  },
  {
    name: 'words',
    about:
      'several texts one behind the other, each with its zero: as many bytes as `NAME_size` or `NAME_len` says',
    example: { c: 'char args[16]', value: [108, 115, 0, 45, 108, 0, 0, 120], shown: 'ls -l' },
    names: 'args argv cmdline',
    of: type =>
      type.kind === 'string' || type.kind === 'bytes'
        ? { kind: 'string', size: type.size, words: {} }
        : undefined,
  },
  {
    name: 'string',
    about: 'characters, up to the first zero',
    example: { c: '__u8 comm[16]', value: [115, 104, 0, 120], shown: 'sh' },
    names: 'comm *_comm task name *_name path *_path file fname filename text line str *_str exe cmd',
    of: type => (type.kind === 'bytes' ? { kind: 'string', size: type.size } : undefined),
  },
  {
    name: 'errno',
    about: 'a result: below zero, the name of the error',
    example: { c: 'int ret', value: -2, shown: '-ENOENT' },
    names: 'ret retval',
    of: errors('errno'),
  },
  {
    name: 'error',
    about: 'an error, by its name: its number above or below zero',
    example: { c: 'int err', value: 2, shown: 'ENOENT' },
    types: ['gadget_errno'],
    names: 'err errno error',
    of: errors('error'),
  },
  {
    name: 'signal',
    about: 'the name of a signal',
    example: { c: 'int sig', value: 15, shown: 'SIGTERM' },
    types: ['gadget_signal'],
    names: 'sig signo signum signal tpsignal',
    of: named('signal'),
  },
  {
    name: 'syscall',
    about: 'the name of a system call',
    example: { c: '__u32 nr; // format: syscall', value: 0, shown: 'read' },
    types: ['gadget_syscall'],
    names: 'syscall syscall_nr syscall_id syscall_no',
    of: named('syscall'),
  },
  {
    name: 'open-flags',
    about: 'what open(2) was given',
    example: { c: 'int flags; // format: open-flags', value: 0o101, shown: 'O_WRONLY|O_CREAT' },
    types: ['gadget_file_flags'],
    of: named('open-flags'),
  },
  {
    name: 'mount-flags',
    about: 'what mount(2) was given',
    example: { c: '__u64 flags; // format: mount-flags', value: 3, shown: 'MS_RDONLY|MS_NOSUID' },
    of: named('mount-flags'),
  },
  {
    name: 'family',
    about: 'a family of addresses',
    example: { c: '__u16 family', value: 2, shown: 'AF_INET' },
    names: 'af family addr_family sa_family',
    of: named('family'),
  },
  {
    name: 'protocol',
    about: 'a protocol of the internet',
    example: { c: '__u8 protocol; // format: protocol', value: 6, shown: 'TCP' },
    of: named('protocol'),
  },
  {
    name: 'tcp-state',
    about: 'a state of TCP',
    example: { c: 'int newstate', value: 1, shown: 'ESTABLISHED' },
    names: 'tcp_state tcpstate oldstate newstate old_state new_state',
    of: named('tcp-state'),
  },
];

const patterns = new Map<string, RegExp>();

/** Is a name one of these words? */
function isAmong(name: string, words: string): boolean {
  let pattern = patterns.get(words);
  if (!pattern) {
    pattern = new RegExp(`^(?:${words.replaceAll('*', '.*').replaceAll(' ', '|')})$`);
    patterns.set(words, pattern);
  }
  return pattern.test(name);
}

const isCalled = (name: string, { names, except }: Pick<Format, 'names' | 'except'>): boolean =>
  names !== undefined && isAmong(name, names) && !(except && isAmong(name, except));

export const formatNamed = (name: string): Format | undefined => FORMATS.find(format => format.name === name);

/** Typedefs of integers only: `in_addr` is a struct. */
const BIG_ENDIAN: Record<string, string> = { __be32: 'ipv4', __be16: 'port' };

/** What a declaration is shown as where its author asks for nothing; undefined = as its type is. */
export function customary(
  type: DataType,
  name: string,
  typeNames: readonly string[],
  context: FormatContext,
): DataType | undefined {
  for (const typeName of typeNames) {
    const format =
      formatNamed(BIG_ENDIAN[typeName] ?? '') ?? FORMATS.find(({ types }) => types?.includes(typeName));
    const made = format?.of(type, context);
    if (made) return made;
  }
  for (const { of, ...format } of FORMATS) {
    const made = isCalled(name, format) ? of(type, context) : undefined;
    if (made) return made;
  }
  return undefined;
}
