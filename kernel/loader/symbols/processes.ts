/** What is known of the processes whose code is named: captured when first asked for, kept when they have ended. */
import { readFileSync, statSync } from 'node:fs';
import { type Mapping, mappingAt, parseMappings } from './mappings.ts';
import { type PerfMap, readPerfMap } from './perfMap.ts';

const MOST_PROCESSES = 4096;

export class TracedProcess {
  #mappings: Mapping[] = [];
  #perfMap: PerfMap | undefined;
  /** It sees the files that everyone sees. */
  #hostFiles = true;

  constructor(readonly pid: number) {
    this.refresh();
  }

  /** Reads its mappings again, unless it has ended: then what was known stays. */
  refresh(): void {
    try {
      const mappings = parseMappings(readFileSync(`/proc/${this.pid}/maps`, 'latin1'));
      // A process that has ended and was not waited for has none.
      if (mappings.length === 0) return;
      this.#mappings = mappings;
      this.#hostFiles = sameFile(`/proc/${this.pid}/root/`, '/');
    } catch {
      // It has ended.
    }
  }

  mappingAt(address: number): Mapping | undefined {
    return mappingAt(this.#mappings, address);
  }

  /** Where the file of a mapping may be found, the surest first. */
  paths({ path, deleted }: Mapping): string[] {
    if (!path.startsWith('/')) return [];
    if (deleted) return [`/proc/${this.pid}/exe`];
    return [`/proc/${this.pid}/root${path}`, ...(this.#hostFiles ? [path] : [])];
  }

  /** Names of code that it compiled itself. */
  perfMap(): PerfMap | undefined {
    try {
      const status = readFileSync(`/proc/${this.pid}/status`, 'latin1');
      const [, uid] = /^Uid:\s+(\d+)/m.exec(status) ?? [];
      // It knows itself by its id in the innermost namespace.
      const own = /^NSpid:.*?(\d+)$/m.exec(status)?.[1] ?? this.pid;
      const path = `/proc/${this.pid}/root/tmp/perf-${own}.map`;
      this.#perfMap = readPerfMap(path, Number(uid), this.#perfMap);
    } catch {
      if (this.#hostFiles) this.#perfMap ??= readPerfMap(`/tmp/perf-${this.pid}.map`, process.getuid!());
    }
    return this.#perfMap;
  }
}

const sameFile = (a: string, b: string) => {
  const [x, y] = [statSync(a), statSync(b)];
  return x.dev === y.dev && x.ino === y.ino;
};

export class TracedProcesses {
  readonly #processes = new Map<number, TracedProcess>();

  /** Captured now, if it is new. */
  of(pid: number): TracedProcess {
    const known = this.#processes.get(pid);
    if (known) return known;
    for (const [old] of this.#processes) {
      if (this.#processes.size < MOST_PROCESSES) break;
      this.#processes.delete(old);
    }
    const process = new TracedProcess(pid);
    this.#processes.set(pid, process);
    return process;
  }
}
