/** What the host calls users, kernel symbols and cgroups, as far as the user may read it. Read when first asked. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Names } from '../views/index.ts';

const PASSWD = '/etc/passwd';
const KALLSYMS = '/proc/kallsyms';
const CGROUPS = '/sys/fs/cgroup';

/** Addresses further behind a symbol than this are not its own. */
const FARTHEST = 1n << 20n;

export class HostNames implements Names {
  readonly bootTime = bootTime();
  #users?: Map<number, string>;
  #symbols?: { address: bigint; name: string }[];
  readonly #cgroups = new Map<bigint, string | undefined>();

  user(uid: number): string | undefined {
    this.#users ??= new Map(
      lines(PASSWD)
        .map(line => line.split(':'))
        .map(([name = '', , id]): [number, string] => [Number(id), name])
        .reverse(),
    );
    return this.#users.get(uid);
  }

  symbol(address: bigint): string | undefined {
    this.#symbols ??= readSymbols();
    const symbols = this.#symbols;
    let low = 0;
    let high = symbols.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (symbols[middle]!.address <= address) low = middle + 1;
      else high = middle;
    }
    const found = symbols[low - 1];
    if (!found || address - found.address > FARTHEST) return undefined;
    return address === found.address ? found.name : `${found.name}+${address - found.address}`;
  }

  userSymbol(): string | undefined {
    return undefined;
  }

  cgroup(id: bigint): string | undefined {
    if (!this.#cgroups.has(id)) this.#cgroups.set(id, findCgroup(id));
    return this.#cgroups.get(id);
  }
}

function lines(path: string): string[] {
  try {
    return readFileSync(path, 'latin1').split('\n').filter(Boolean);
  } catch {
    return [];
  }
}

/** Wall time minus the time since boot, suspended time included. Time that a test makes itself begins at the epoch. */
function bootTime(): bigint {
  if (process.env['BPFTRACE_DUMMY_TS_MAP']) return 0n;
  return BigInt(Date.now()) * 1_000_000n - nanosecondsSinceBoot();
}

/** Suspended time included; cut to hundredths of a second. */
export function nanosecondsSinceBoot(): bigint {
  const [uptime = '0'] = lines('/proc/uptime')[0]?.split(' ') ?? [];
  return BigInt(Math.round(Number(uptime) * 1000)) * 1_000_000n;
}

/** Sorted by address. Who may not know addresses reads zeros, and gets no names. */
function readSymbols(): { address: bigint; name: string }[] {
  return lines(KALLSYMS)
    .map(line => line.split(/\s+/))
    .filter(([address]) => !/^0+$/.test(address ?? '0'))
    .map(([address, , name = '']) => ({ address: BigInt(`0x${address}`), name }))
    .sort((a, b) => (a.address < b.address ? -1 : 1));
}

/** A cgroup's id is the inode number of its folder. */
function findCgroup(id: bigint): string | undefined {
  const folders = [''];
  for (let path = folders.pop(); path !== undefined; path = folders.pop()) {
    const folder = join(CGROUPS, path);
    try {
      if (statSync(folder, { bigint: true }).ino === id) return `unified:${path || '/'}`;
      for (const entry of readdirSync(folder, { withFileTypes: true }))
        if (entry.isDirectory()) folders.push(`${path}/${entry.name}`);
    } catch {
      // It went away meanwhile, or may not be read.
    }
  }
  return undefined;
}
