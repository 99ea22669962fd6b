/** Numbers that have names of their own, but no enumeration in C: the enumerations that they should have. */
import { constants } from 'node:os';
import type { DataType } from '../layout.ts';
import type { Arch } from './flags.ts';
import { syscalls } from './syscalls.ts';

type Names = [name: string, value: number][];

export interface Vocabulary {
  values(arch: Arch): Names;
  /** Its numbers are bits. */
  flags?: true;
}

/** Functions return errors below zero; a variable called errno holds them above. */
const ERRORS: Names = Object.entries(constants.errno).flatMap(
  ([name, value]): Names => [[`-${name}`, -value]],
);

const withOpposite = ([name, value]: Names[number]): Names => [
  [name, value],
  [name.slice(1), -value],
];

/** Linux's own errors, which programs never see. */
const INNER_ERRORS: Names = [
  ['-ERESTARTSYS', -512],
  ['-ERESTARTNOINTR', -513],
  ['-ERESTARTNOHAND', -514],
  ['-ENOIOCTLCMD', -515],
  ['-ERESTART_RESTARTBLOCK', -516],
  ['-EPROBE_DEFER', -517],
  ['-ENOTSUPP', -524],
];

/** What open(2) takes; four of these bits differ between architectures. */
const openFlags = (arch: Arch): Names => {
  const [direct, large, directory, nofollow] =
    arch === 'x64' ? [0o40000, 0o100000, 0o200000, 0o400000] : [0o200000, 0o400000, 0o40000, 0o100000];
  return [
    ['O_RDONLY', 0],
    ['O_WRONLY', 1],
    ['O_RDWR', 2],
    ['O_CREAT', 0o100],
    ['O_EXCL', 0o200],
    ['O_NOCTTY', 0o400],
    ['O_TRUNC', 0o1000],
    ['O_APPEND', 0o2000],
    ['O_NONBLOCK', 0o4000],
    ['O_DSYNC', 0o10000],
    ['O_ASYNC', 0o20000],
    ['O_DIRECT', direct!],
    ['O_LARGEFILE', large!],
    ['O_DIRECTORY', directory!],
    ['O_NOFOLLOW', nofollow!],
    ['O_NOATIME', 0o1000000],
    ['O_CLOEXEC', 0o2000000],
    // O_SYNC is two bits, of which O_DSYNC is one.
    ['O_SYNC', 0o4010000],
    ['O_PATH', 0o10000000],
    ['O_TMPFILE', 0o20000000 | directory!],
  ];
};

const MOUNT_FLAGS: Names = [
  ['MS_RDONLY', 1],
  ['MS_NOSUID', 2],
  ['MS_NODEV', 4],
  ['MS_NOEXEC', 8],
  ['MS_SYNCHRONOUS', 16],
  ['MS_REMOUNT', 32],
  ['MS_MANDLOCK', 64],
  ['MS_DIRSYNC', 128],
  ['MS_NOSYMFOLLOW', 256],
  ['MS_NOATIME', 1024],
  ['MS_NODIRATIME', 2048],
  ['MS_BIND', 4096],
  ['MS_MOVE', 8192],
  ['MS_REC', 16384],
  ['MS_SILENT', 32768],
  ['MS_POSIXACL', 65536],
  ['MS_UNBINDABLE', 1 << 17],
  ['MS_PRIVATE', 1 << 18],
  ['MS_SLAVE', 1 << 19],
  ['MS_SHARED', 1 << 20],
  ['MS_RELATIME', 1 << 21],
  ['MS_STRICTATIME', 1 << 24],
  ['MS_LAZYTIME', 1 << 25],
];

const FAMILIES: Names = [
  ['AF_UNSPEC', 0],
  ['AF_UNIX', 1],
  ['AF_INET', 2],
  ['AF_INET6', 10],
  ['AF_NETLINK', 16],
  ['AF_PACKET', 17],
  ['AF_VSOCK', 40],
];

const PROTOCOLS: Names = [
  ['IP', 0],
  ['ICMP', 1],
  ['TCP', 6],
  ['UDP', 17],
  ['ICMPV6', 58],
  ['SCTP', 132],
  ['UDPLITE', 136],
  ['RAW', 255],
  ['MPTCP', 262],
];

const TCP_STATES: Names = [
  'ESTABLISHED',
  'SYN_SENT',
  'SYN_RECV',
  'FIN_WAIT1',
  'FIN_WAIT2',
  'TIME_WAIT',
  'CLOSE',
  'CLOSE_WAIT',
  'LAST_ACK',
  'LISTEN',
  'CLOSING',
  'NEW_SYN_RECV',
].map((name, i) => [name, i + 1]);

/** Real-time signals have numbers only. */
const SIGNALS: Names = Object.entries(constants.signals).filter(([name]) => name !== 'SIGIOT');

export const VOCABULARIES = {
  errno: { values: () => [...ERRORS, ...INNER_ERRORS] },
  error: { values: () => [...ERRORS, ...INNER_ERRORS].flatMap(withOpposite) },
  signal: { values: () => SIGNALS },
  syscall: { values: syscalls },
  'open-flags': { values: openFlags, flags: true },
  'mount-flags': { values: () => MOUNT_FLAGS, flags: true },
  family: { values: () => FAMILIES },
  protocol: { values: () => PROTOCOLS },
  'tcp-state': { values: () => TCP_STATES },
} satisfies Record<string, Vocabulary>;

/** An integer as the enumeration that it should be. */
export function enumeration(
  type: Extract<DataType, { kind: 'int' }>,
  name: keyof typeof VOCABULARIES,
  arch: Arch,
): DataType {
  const vocabulary: Vocabulary = VOCABULARIES[name];
  return {
    kind: 'enum',
    name,
    size: type.size,
    signed: type.signed,
    values: vocabulary.values(arch),
    ...(vocabulary.flags ? { flags: true } : {}),
  };
}
