/** What the host calls users and cgroups, as far as the user may read it, read when first asked; and names of code. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { CodeSymbol } from '../loader/protocol.ts';
import type { Names } from '../views/index.ts';
import type { StackIds } from './stackIds.ts';
import type { CodeSymbols } from './symbols.ts';

const PASSWD = '/etc/passwd';
const CGROUPS = '/sys/fs/cgroup';

export class HostNames implements Names {
  readonly bootTime = bootTime();
  #users?: Map<number, string>;
  readonly #cgroups = new Map<bigint, string | undefined>();

  constructor(
    private readonly symbols?: CodeSymbols,
    private readonly stacks?: StackIds,
  ) {}

  user(uid: number): string | undefined {
    this.#users ??= new Map(
      lines(PASSWD)
        .map(line => line.split(':'))
        .map(([name = '', , id]): [number, string] => [Number(id), name])
        .reverse(),
    );
    return this.#users.get(uid);
  }

  kernelSymbol(address: bigint): CodeSymbol | undefined {
    return this.symbols?.of(address);
  }

  userSymbol(address: bigint, pid: number, returns = false): CodeSymbol | undefined {
    return this.symbols?.of(address, pid, returns);
  }

  stack(map: string, id: number): Uint8Array | undefined {
    return this.stacks?.of(map, id);
  }

  get inlines(): boolean {
    return this.symbols?.inlines ?? false;
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
