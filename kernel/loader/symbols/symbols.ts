/** Names of code addresses, Linux's own and those of processes. Everything it learns stays within bounds. */
import { setImmediate } from 'node:timers/promises';
import { native } from '../../../native/addon.ts';
import type { ProcessWatcher } from '../../../native/types.ts';
import { refuse } from '../failure.ts';
import type { CodeSymbol } from '../protocol.ts';
import { Images } from './images.ts';
import { Kallsyms } from './kallsyms.ts';
import { Lookup, type LookupOptions } from './lookup.ts';
import { TracedProcesses } from './processes.ts';

/** User addresses lie in the lower half, and fit a double. */
const USER_BITS = 47;
/** Events of processes wait in queues of a bounded size. */
const READ_MS = 100;
/** How long one question may hold up others. */
const SLICE_MS = 20;

/** It becomes part of a path. */
function asProcess(pid: number): number {
  if (!Number.isSafeInteger(pid) || pid <= 0) throw refuse('not a process', 'EINVAL');
  return pid;
}

export class Symbols {
  readonly #kallsyms = new Kallsyms();
  readonly images: Images;
  readonly #processes = new TracedProcesses();
  /** Sessions that need to know of processes which end before anyone asks. */
  readonly #followers = new Set<number>();
  #watcher: ProcessWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** `debugFolders`: where debug files are looked for before the usual places. */
  constructor(debugFolders: readonly string[] = []) {
    this.images = new Images(debugFolders);
  }

  /** BPF programs have names, too: those of a new one are not known yet. */
  programsChanged(): void {
    this.#kallsyms.invalidate();
  }

  /** From now on notes what processes map; of one it is known already that it will be asked for. */
  follow(session: number, pid?: number): void {
    this.#followers.add(session);
    if (pid !== undefined) this.#processes.of(asProcess(pid));
    if (this.#watcher) return;
    try {
      this.#watcher = new native.ProcessWatcher();
      this.#timer = setInterval(() => this.#catchUp(), READ_MS).unref();
    } catch {
      // Linux does not let it: processes are known from when they are first asked for.
    }
  }

  unfollow(session: number): void {
    if (!this.#followers.delete(session) || this.#followers.size > 0) return;
    this.#catchUp();
    clearInterval(this.#timer);
    this.#watcher?.close();
    this.#watcher = undefined;
  }

  /** Without addresses it gets ready to be asked: names of BPF programs go when they do. */
  kernel(addresses: readonly bigint[]): (CodeSymbol | null)[] {
    if (addresses.length === 0) this.#kallsyms.prepare();
    return addresses.map(address => this.#kallsyms.find(address) ?? null);
  }

  /**
   * Others are served in between: debug information takes a while to read.
   * @throws Error EINVAL for what is no process id
   */
  async user(
    pid: number,
    addresses: readonly bigint[],
    options: LookupOptions,
  ): Promise<(CodeSymbol | null)[]> {
    this.#catchUp();
    const process = this.#processes.of(asProcess(pid));
    const inUser = addresses.map(address =>
      address >> BigInt(USER_BITS) === 0n ? Number(address) : undefined,
    );
    // Libraries are loaded later, too, and memory becomes code.
    if (inUser.some(address => address !== undefined && !process.mappingAt(address))) process.refresh();
    const lookup = new Lookup(process, this.images, options);
    const found: (CodeSymbol | null)[] = [];
    let since = performance.now();
    for (const address of inUser) {
      found.push(address === undefined ? null : lookup.find(address));
      if (performance.now() - since < SLICE_MS) continue;
      await setImmediate();
      since = performance.now();
    }
    return found;
  }

  #catchUp(): void {
    if (this.#watcher) this.#processes.happened(this.#watcher.read());
  }
}
