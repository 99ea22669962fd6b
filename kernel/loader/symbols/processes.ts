/** What is known of the processes whose code is named: captured when first asked for or as it happens, kept when they have ended. */
import { readFileSync, statSync } from 'node:fs';
import type { NativeProcessEvent } from '../../../native/types.ts';
import { type Mapping, mappingAt, parseMappings } from './mappings.ts';
import { type PerfMap, readPerfMap } from './perfMap.ts';

const MOST_PROCESSES = 4096;

/** Where a file may be found; `inode`: it counts only when it has this one. */
export interface FilePlace {
  path: string;
  inode?: number;
}

export class TracedProcess {
  /** In the order of their addresses. */
  #mappings: Mapping[] = [];
  /** Those of the program before the last exec, of which records may still be under way. */
  #before: Mapping[] = [];
  #perfMap: PerfMap | undefined;
  /** Whether it sees the files that everyone sees; undefined while nobody looked. */
  #hostFiles: boolean | undefined;
  /** Its user; undefined while nobody looked. */
  #owner: number | undefined;
  /** Its id as it knows it itself, in the innermost namespace. */
  #ownPid: number;
  /** When it was last looked at, it was not there any more. */
  ended = false;

  constructor(
    readonly pid: number,
    parent?: TracedProcess,
  ) {
    this.#ownPid = pid;
    if (!parent) return;
    this.#mappings = [...parent.#mappings];
    this.#hostFiles = parent.#hostFiles;
  }

  /** Reads its mappings, unless it has ended: then what was known stays. */
  refresh(): void {
    try {
      const mappings = parseMappings(readFileSync(`/proc/${this.pid}/maps`, 'latin1'));
      // A process that has ended and was not waited for has none.
      this.ended = mappings.length === 0;
      if (this.ended) return;
      this.#mappings = mappings;
      this.#hostFiles = sameFile(`/proc/${this.pid}/root/`, '/');
      this.#owner = statSync(`/proc/${this.pid}`).uid;
      const status = readFileSync(`/proc/${this.pid}/status`, 'latin1');
      this.#ownPid = Number(/^NSpid:.*?(\d+)$/m.exec(status)?.[1] ?? this.pid);
    } catch {
      this.ended = true;
    }
  }

  exec(): void {
    this.#before = this.#mappings;
    this.#mappings = [];
    this.#perfMap = undefined;
  }

  map(mapping: Mapping): void {
    const others = this.#mappings.filter(({ start, end }) => end <= mapping.start || start >= mapping.end);
    this.#mappings = [...others, mapping].sort((a, b) => a.start - b.start);
  }

  mappingAt(address: number): Mapping | undefined {
    return mappingAt(this.#mappings, address) ?? mappingAt(this.#before, address);
  }

  /** Where the file of a mapping may be found, the surest first. */
  places({ path, inode, deleted }: Mapping): FilePlace[] {
    if (!path.startsWith('/')) return [];
    if (deleted) return [{ path: `/proc/${this.pid}/exe`, inode }];
    const own = { path: `/proc/${this.pid}/root${path}` };
    if (this.#hostFiles === false) return [own];
    return [own, this.#hostFiles ? { path } : { path, inode }];
  }

  /** Names of code that it compiled itself. */
  perfMap(): PerfMap | undefined {
    const own = `/tmp/perf-${this.#ownPid}.map`;
    for (const path of [`/proc/${this.pid}/root${own}`, ...(this.#hostFiles === false ? [] : [own])]) {
      const found = readPerfMap(path, this.#owner, this.#perfMap);
      if (found) {
        this.#perfMap = found;
        break;
      }
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
    const process = this.#add(new TracedProcess(pid));
    process.refresh();
    return process;
  }

  /** Takes in what happened, oldest first. */
  happened(events: readonly NativeProcessEvent[]): void {
    for (const event of events) {
      const process = this.#processes.get(event.pid);
      if (event.kind === 'fork') this.#add(new TracedProcess(event.pid, this.#processes.get(event.parent)));
      else if (event.kind === 'mapping') (process ?? this.of(event.pid)).map({ ...event, deleted: false });
      else (process ?? this.#add(new TracedProcess(event.pid))).exec();
    }
  }

  #add(process: TracedProcess): TracedProcess {
    this.#processes.delete(process.pid);
    for (const [old] of this.#processes) {
      if (this.#processes.size < MOST_PROCESSES) break;
      this.#processes.delete(old);
    }
    this.#processes.set(process.pid, process);
    return process;
  }
}
