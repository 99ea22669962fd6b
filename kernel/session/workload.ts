/** A command of the user's: started at once, or held before its first instruction until probes are attached. */
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CellError, problem } from '../errors.ts';

export interface WorkloadOptions {
  directory: string;
  env?: Record<string, string>;
  /** Where its output goes; absent = where this process's own goes. */
  onOutput?: (stream: 'stdout' | 'stderr', bytes: Buffer) => void;
  /** Stop it before its exec; {@link Workload.resume} lets it go. */
  held: boolean;
}

export interface WorkloadEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** The pid is known, the program not yet executed: between resume and exec sh makes no call but exec itself. */
const HOLD = ['/bin/sh', '-c', 'kill -STOP $$; exec "$@"', 'sh'];
const HOLD_MS = 5_000;
/** Time to react to SIGTERM; a stop must be answered within 200 ms. */
const GRACE_MS = 120;

export class Workload {
  readonly #child: ChildProcess;
  readonly #grouped: boolean;
  #running = true;
  /** Its end, all output read. */
  readonly ended: Promise<WorkloadEnd>;

  private constructor(words: string[], { directory, env, onOutput }: WorkloadOptions) {
    // A group of its own, so that stopping reaches what it started; but at a terminal it must stay in ours.
    this.#grouped = onOutput !== undefined;
    this.#child = spawn(words[0]!, words.slice(1), {
      cwd: directory,
      env: { ...process.env, ...env },
      stdio: onOutput ? ['ignore', 'pipe', 'pipe'] : 'inherit',
      detached: this.#grouped,
    });
    this.#child.stdout?.on('data', (bytes: Buffer) => onOutput?.('stdout', bytes));
    this.#child.stderr?.on('data', (bytes: Buffer) => onOutput?.('stderr', bytes));
    this.ended = new Promise(done => {
      const settle = (code: number | null, signal: NodeJS.Signals | null) => {
        this.#running = false;
        done({ code, signal });
      };
      this.#child.once('error', () => settle(127, null));
      // A grandchild may keep the pipes open: what counts is the exit, and what was written until then.
      this.#child.once('exit', (code, signal) => setTimeout(settle, onOutput ? 20 : 0, code, signal));
      this.#child.once('close', settle);
    });
  }

  /** Throws CellError when the program does not exist or cannot run. */
  static async start(words: string[], options: WorkloadOptions): Promise<Workload> {
    const [program, ...args] = words as [string, ...string[]];
    const path = findProgram(program, options.directory);
    const workload = new Workload([...(options.held ? HOLD : []), path, ...args], options);
    await workload.#spawned(program);
    if (options.held) await workload.#stopped(program);
    return workload;
  }

  get pid(): number {
    return this.#child.pid!;
  }

  resume(): void {
    this.#signal('SIGCONT');
  }

  /** Ends it: politely, then not. Resolves when it is gone. */
  async kill(): Promise<void> {
    if (!this.#running) return;
    this.#signal('SIGTERM');
    // A held process acts on a signal only once it goes on.
    this.#signal('SIGCONT');
    await Promise.race([this.ended, sleep(GRACE_MS)]);
    if (this.#running) this.#signal('SIGKILL');
    await Promise.race([this.ended, sleep(GRACE_MS)]);
  }

  #signal(signal: NodeJS.Signals): void {
    if (!this.#running || !this.#child.pid) return;
    try {
      process.kill(this.#grouped ? -this.#child.pid : this.#child.pid, signal);
    } catch {
      // It ended meanwhile.
    }
  }

  #spawned(program: string): Promise<void> {
    return new Promise((done, failed) => {
      this.#child.once('spawn', done);
      this.#child.once('error', error => failed(workloadFailed(program, error.message)));
    });
  }

  async #stopped(program: string): Promise<void> {
    for (const deadline = Date.now() + HOLD_MS; Date.now() < deadline; await sleep(1)) {
      if (!this.#running) break;
      if (processState(this.pid) === 'T') return;
    }
    await this.kill();
    throw workloadFailed(program, 'it did not start');
  }
}

/** The letter of /proc/PID/stat behind the name, which may itself hold spaces and brackets. */
function processState(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat[stat.lastIndexOf(')') + 2];
  } catch {
    return undefined;
  }
}

function findProgram(program: string, directory: string): string {
  const places = program.includes('/')
    ? [directory]
    : (process.env['PATH'] ?? '/usr/bin:/bin').split(delimiter);
  const found = places.map(place => resolve(place, program)).find(executable);
  if (!found) throw workloadFailed(program, 'no such program');
  return found;
}

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function workloadFailed(program: string, reason: string): CellError {
  return new CellError([problem('workload-failed', { program, reason })]);
}
