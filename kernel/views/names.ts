/** Values that get their words only when they are shown: from the host's tables, or from bytes alone. */
import type { DataType } from '../layout.ts';
import type { CodeSymbol } from '../loader/protocol.ts';
import { hexByte, type Int, type Reader, readInt } from './decode.ts';
import { addressText } from './stacks.ts';
import { strftime } from './strftime.ts';

/** What the host calls things; undefined = not known, and the raw value is shown. */
export interface Names {
  user(uid: number): string | undefined;
  kernelSymbol(address: bigint): CodeSymbol | undefined;
  /** `returns`: a call returns there. */
  userSymbol(address: bigint, pid: number, returns?: boolean): CodeSymbol | undefined;
  /** Are there symbols with calls that were inlined? */
  readonly inlines?: boolean;
  cgroup(id: bigint): string | undefined;
  /** The frames that a map of stacks holds for a number. */
  stack?(map: string, id: number): Uint8Array | undefined;
  /** Wall time of boot, ns since the epoch. */
  bootTime: bigint;
}

export const NO_NAMES: Names = {
  user: () => undefined,
  kernelSymbol: () => undefined,
  userSymbol: () => undefined,
  cgroup: () => undefined,
  bootTime: 0n,
};

const RESOLVED = ['timestamp', 'username', 'ksym', 'usym', 'inet', 'mac', 'cgroup-path'] as const;
export type ResolvedType = Extract<DataType, { kind: (typeof RESOLVED)[number] }>;

/** AF_INET, and the version that packets have in their header. */
const IPV4 = new Set<Int>([2, 4]);
const MILLISECOND = 1_000_000n;
/** Where the process stands in a usym. */
export const USYM_PID = 8;

/** The words for the value at `at`. */
export function resolve(reader: Reader, type: ResolvedType, at: number): string {
  const { names, bytes, view } = reader;
  const start = reader.base + at;
  const address = () => view.getBigUint64(start, true);
  switch (type.kind) {
    case 'timestamp': {
      const time = (type.clock === 'tai' ? 0n : names.bootTime) + address();
      // A Date has milliseconds; `%f` wants the microseconds, too.
      const micros = String((time / 1000n) % 1_000_000n).padStart(6, '0');
      return strftime(type.format.replaceAll('%f', micros), new Date(Number(time / MILLISECOND)));
    }
    case 'username': {
      const uid = Number(readInt(view, start, type.size, false));
      return names.user(uid) ?? String(uid);
    }
    case 'ksym':
      return names.kernelSymbol(address())?.name ?? addressText(address());
    case 'usym':
      return (
        names.userSymbol(address(), view.getUint32(start + USYM_PID, true))?.name ?? addressText(address())
      );
    case 'inet': {
      const tagged = type.size === 20;
      const family = tagged ? { distance: 0, size: 4 } : type.family;
      const isIpv4 = family
        ? IPV4.has(readInt(view, start + family.distance, family.size, false))
        : type.size === 4;
      const address = start + (tagged ? 4 : 0);
      return isIpv4
        ? ipv4(bytes.subarray(address, address + 4))
        : ipv6(bytes.subarray(address, address + 16));
    }
    case 'mac':
      return Array.from(bytes.subarray(start, start + type.size), byte => hexByte(byte).toUpperCase()).join(
        ':',
      );
    case 'cgroup-path':
      return address() === 0n ? '' : (names.cgroup(address()) ?? String(address()));
  }
}

const ipv4 = (bytes: Uint8Array) => bytes.join('.');

/** As inet_ntop: the longest run of two or more zero groups becomes `::`, mapped IPv4 keeps its dots. */
function ipv6(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) => (bytes[2 * i]! << 8) | bytes[2 * i + 1]!);
  const zeros = groups.findIndex(group => group !== 0);
  if (zeros === 5 && groups[5] === 0xffff) return `::ffff:${ipv4(bytes.subarray(12))}`;
  let best = { first: 0, length: 1 };
  for (let first = 0; first < groups.length; first++) {
    let length = 0;
    while (groups[first + length] === 0) length++;
    if (length > best.length) best = { first, length };
  }
  const text = (part: number[]) => part.map(group => group.toString(16)).join(':');
  if (best.length < 2) return text(groups);
  return `${text(groups.slice(0, best.first))}::${text(groups.slice(best.first + best.length))}`;
}
