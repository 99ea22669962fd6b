/** Names of code addresses, Linux's own and those of processes. Everything it learns stays within bounds. */
import { native } from '../../../native/addon.ts';
import type { ProcessWatcher } from '../../../native/types.ts';
import { refuse } from '../failure.ts';
import type { CodeSymbol } from '../protocol.ts';
import { demangled } from './demangle.ts';
import { type Image, Images } from './images.ts';
import { Kallsyms } from './kallsyms.ts';
import type { Mapping } from './mappings.ts';
import type { PerfMap } from './perfMap.ts';
import { type TracedProcess, TracedProcesses } from './processes.ts';

/** Not anonymous memory, nor a file that never had a name (`/memfd:…`). */
const isFile = ({ path, deleted }: Mapping) => path.startsWith('/') && !path.startsWith('//') && !deleted;

/** User addresses lie in the lower half, and fit a double. */
const USER_BITS = 47;
/** Events of processes wait in queues of a bounded size. */
const READ_MS = 100;

/** It becomes part of a path. */
function asProcess(pid: number): number {
  if (!Number.isSafeInteger(pid) || pid <= 0) throw refuse('not a process', 'EINVAL');
  return pid;
}

export class Symbols {
  readonly #kallsyms = new Kallsyms();
  readonly #images = new Images();
  readonly #processes = new TracedProcesses();
  /** Sessions that need to know of processes which end before anyone asks. */
  readonly #followers = new Set<number>();
  #watcher: ProcessWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;

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
    this.#kallsyms.prepare();
    return addresses.map(address => this.#kallsyms.find(address) ?? null);
  }

  /** @throws Error EINVAL for what is no process id */
  user(pid: number, addresses: readonly bigint[], demangle: boolean): (CodeSymbol | null)[] {
    this.#catchUp();
    const process = this.#processes.of(asProcess(pid));
    const inUser = addresses.map(address =>
      address >> BigInt(USER_BITS) === 0n ? Number(address) : undefined,
    );
    // Libraries are loaded later, too, and memory becomes code.
    if (inUser.some(address => address !== undefined && !process.mappingAt(address))) process.refresh();
    const images = new Map<Mapping, Image | undefined>();
    // Looked at once a question: it grows all the time.
    let perfMap: { now: PerfMap | undefined } | undefined;
    const currentPerfMap = () => {
      perfMap ??= { now: process.perfMap() };
      return perfMap.now;
    };
    return inUser.map(address => {
      const found = address === undefined ? undefined : this.#find(process, address, images, currentPerfMap);
      return found?.name && demangle ? { ...found, name: demangled(found.name) } : (found ?? null);
    });
  }

  #catchUp(): void {
    if (this.#watcher) this.#processes.happened(this.#watcher.read());
  }

  #find(
    process: TracedProcess,
    address: number,
    images: Map<Mapping, Image | undefined>,
    perfMap: () => PerfMap | undefined,
  ): CodeSymbol | undefined {
    const mapping = process.mappingAt(address);
    if (mapping) {
      if (!images.has(mapping)) images.set(mapping, this.#imageOf(process, mapping));
      const found = images.get(mapping)?.find(address - mapping.start + mapping.offset);
      if (found) return { ...found, module: mapping.path };
      // Only memory without a file of its own holds code that was made in it.
      if (isFile(mapping)) return { offset: address - mapping.start + mapping.offset, module: mapping.path };
    }
    const compiled = perfMap()?.table.find(address);
    return compiled && { ...compiled, module: `/tmp/perf-${process.pid}.map` };
  }

  #imageOf(process: TracedProcess, mapping: Mapping): Image | undefined {
    return mapping.path === '[vdso]' ? this.#images.vdso() : this.#images.open(process.places(mapping));
  }
}
