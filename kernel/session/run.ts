/** One cell's life from start to final output, whatever its language. What runs is up to the subclass. */
import { randomUUID } from 'node:crypto';
import { CellError, type Diagnostic, problem } from '../errors.ts';
import type { CellLayout, TrialKind } from '../layout.ts';
import { type CellOptions, parseOptions } from '../notebook/index.ts';
import type {
  EndReason,
  Loss,
  Panel,
  PanelDelta,
  RunCost,
  RunDetails,
  RunPhase,
  RunRequest,
  RunSnapshot,
  RunTotals,
  TablePanel,
} from '../protocol.ts';
import type { Tool } from '../tool/file.ts';
import type { Look, Performed, StreamOptions } from '../views/index.ts';
import type { DetachedProbe } from './guard.ts';
import type { Trial } from './trials.ts';
import type { WorkloadEnd } from './workload.ts';

export type RunHead = Omit<RunSnapshot, 'panels'>;

/** What a client in the same process can ask for beyond the protocol. */
export interface RunInput extends RunRequest {
  /** Words of a command to trace; wins over the cell's option. */
  workload?: string[];
  /** Its output goes where this process's goes, instead of into panels. */
  inheritOutput?: boolean;
  /** Only this process; wins over the cell's option. */
  pid?: number;
  /** `$1` … of a bpftrace program. */
  positional?: string[];
  /** Values of a bpftrace program's named parameters; '' for a flag. */
  named?: Record<string, string>;
  /** Options of the bpftrace language that win over the program's own. */
  config?: Record<string, string>;
  /** Allows every function that changes the traced system, besides those the cell's option names. */
  unsafe?: boolean;
  /** Compiled for other machines, too: nothing of this one may get into the program. */
  portable?: boolean;
  /** But the values of its options are compiled into it. */
  fixedOptions?: boolean;
  /** A program that was compiled before, with all that is known of it. */
  tool?: Tool;
  /** No cell of a notebook: it has no maps but its own. */
  standalone?: boolean;
  /** Keep what libbpf and the verifier say, see {@link RunListener.loaded}. */
  logged?: boolean;
  /** Reads of memory that fail are told (bpftrace's -k). */
  warnReads?: boolean;
  /** Functions that a wildcard leaves out on purpose are told. */
  details?: boolean;
  /**
   * How much of one CPU a probe may take before it is detached: 0.25 = a quarter, 0 = as much as it likes. Wins over
   * the cell's option; cells have a limit unless they say otherwise, programs by themselves have none.
   */
  cpuLimit?: number;
  /** Attach everything, but run and show nothing. */
  dryRun?: boolean;
  /** Only the probes whose names match, and `begin` and `end`. */
  probeFilter?: RegExp;
  /** Run the tests or the benches, and attach nothing. */
  trials?: TrialKind;
  /** What messages call the source. */
  file?: string;
  /** More folders for `#include`. */
  include?: string[];
  /** Headers to include before the program. */
  includeFiles?: string[];
}

/** Who wants to know. All are called in the order things happen. */
export interface RunListener {
  /** It went to another phase, or is further in one that takes long. */
  phase(run: Run): void;
  ended(run: Run, snapshot: RunSnapshot): void;
  /** The layout is known; batches follow. For who prints every record. */
  opened?(run: Run, layout: CellLayout, stream: StreamOptions): void;
  /** All that libbpf and the verifier said, of a run that asked for it. */
  loaded?(run: Run, log: string): void;
  batch?(run: Run, batch: Buffer, performed: readonly Performed[]): void;
  /** A workload or an iterator wrote something. */
  output?(run: Run, stream: 'stdout' | 'stderr', bytes: Buffer): void;
  /** A test or bench was run; what it wrote came before. */
  tried?(run: Run, trial: Trial): void;
  /** A probe took too much of the machine; a diagnostic says so, too. */
  detached?(run: Run, probe: DetachedProbe): void;
  /** The command that is traced has ended by itself. */
  workloadEnded?(run: Run, end: WorkloadEnd): void;
}

/** Leaves the life of a run that was asked to end. */
class Ending extends Error {}

/** A position in all that a run shows, of the run's own making. */
export type RunCursor = unknown;

export abstract class Run {
  readonly id = randomUUID();
  readonly options: CellOptions;
  phase: RunPhase = 'parse';
  readonly diagnostics: Diagnostic[];
  probes: string[] = [];
  /** Places that its probes are attached to, from `stream` on. */
  attachedPlaces = 0;
  /** How many it is attached to so far, where that takes long. */
  protected attaching: RunSnapshot['attaching'];
  cost?: RunCost;
  protected exitCode?: number;
  readonly #startedAt = Date.now();
  #endedAt?: number;
  #reason?: EndReason;
  /** Once it has ended. */
  #final?: RunHead;
  #done!: Promise<void>;
  #endRequested!: (reason: EndReason) => void;
  /** Resolves when the run shall end, with why. */
  protected readonly ending = new Promise<EndReason>(resolve => {
    this.#endRequested = resolve;
  });

  constructor(
    readonly input: RunInput,
    protected readonly listener: RunListener,
  ) {
    const { options, diagnostics } = parseOptions(input.cell.language, input.cell.source);
    this.options = options;
    this.diagnostics = diagnostics;
  }

  /** Everything between the first phase and `finish`; it may end early by throwing. Resolves with why it ended. */
  protected abstract live(): Promise<EndReason>;
  /** Frees what a live run holds; called once, whatever happened. */
  protected abstract release(failed: boolean): Promise<void>;
  /** Frees what a finished run still holds. */
  abstract dispose(): Promise<void>;
  abstract panels(look?: Look): Panel[];
  abstract cursor(): RunCursor;
  abstract delta(cursor: RunCursor, look?: Look): PanelDelta[];
  /** Reads what changes without records: live maps. */
  abstract refresh(): Promise<void>;
  /** Shows how it differs from the cell's run before, which has ended. */
  compareWith(_before: Run): void {}

  get totals(): RunTotals {
    return { events: 0, rate: 0, dropped: 0, missed: 0 };
  }

  get losses(): readonly Loss[] {
    return [];
  }

  /** What of it is in Linux; null when nothing ever was. */
  async details(): Promise<RunDetails | null> {
    return null;
  }

  /** All that is in one of its maps; null when it cannot be read. */
  async contents(_symbol: string): Promise<TablePanel | null> {
    return null;
  }

  /** Figures of the head that only some runs have. */
  protected get figures(): Pick<RunSnapshot, 'rates' | 'fills' | 'memory'> {
    return {};
  }

  begin(): void {
    this.#done = this.#run();
  }

  /** Resolves when the run has ended; never rejects. */
  get over(): Promise<void> {
    return this.#done;
  }

  /** The final output, once there is one. Its records stay raw: what nobody holds on to takes no memory. */
  get ended(): Promise<RunSnapshot> {
    return this.#done.then(() => this.snapshot({ text: true }));
  }

  /** Asks the run to end; the first reason counts, but that nothing is left to run says less than exit(). */
  end(reason: EndReason): void {
    if (this.#reason === 'done' && reason === 'exit') this.#reason = reason;
    this.#reason ??= reason;
    this.#endRequested(this.#reason);
  }

  /** Ends the run as failed; what it was doing is lost. */
  fail(error: unknown): void {
    if (this.#final || this.#reason === 'failed') return;
    this.#reason = 'failed';
    this.diagnostics.push(...diagnosticsOf(error, this.phase));
    this.#endRequested('failed');
  }

  get alive(): boolean {
    return this.#final === undefined;
  }

  /** It was asked to end, whether or not it has. */
  protected get endsSoon(): boolean {
    return this.#reason !== undefined;
  }

  get failed(): boolean {
    return this.#reason === 'failed';
  }

  head(): RunHead {
    const { id, phase, totals, losses, cost, probes, attaching, diagnostics, exitCode } = this;
    const view = this.input.view ?? this.options.view;
    const reason = phase === 'ended' ? this.#reason : undefined;
    return {
      run: id,
      cell: this.input.cell.id,
      phase,
      startedAt: this.#startedAt,
      elapsedMs: (this.#endedAt ?? Date.now()) - this.#startedAt,
      ...(reason ? { reason } : {}),
      ...(exitCode === undefined ? {} : { exitCode }),
      totals,
      ...(losses.length > 0 ? { losses: [...losses] } : {}),
      ...(cost ? { cost } : {}),
      ...this.figures,
      ...(view ? { view } : {}),
      probes,
      ...(attaching ? { attaching } : {}),
      diagnostics,
    };
  }

  snapshot(look?: Look): RunSnapshot {
    return { ...(this.#final ?? this.head()), panels: this.panels(look) };
  }

  /** Goes to a phase and does its work, unless the run shall end: then it leaves at once. */
  protected async step<T>(phase: RunPhase, work: () => T | Promise<T>): Promise<T> {
    this.enter(phase);
    const result = await Promise.race([Promise.resolve().then(work), this.ending]);
    if (this.#reason) throw new Ending();
    return result as T;
  }

  protected enter(phase: RunPhase): void {
    if (phase === this.phase) return;
    this.phase = phase;
    this.listener.phase(this);
  }

  async #run(): Promise<void> {
    // Whoever started the run learns its id before anything is told of it.
    await new Promise(setImmediate);
    try {
      this.listener.phase(this);
      this.end(await this.live());
    } catch (error) {
      if (!(error instanceof Ending)) this.fail(error);
    }
    await this.release(this.failed).catch(error => this.fail(error));
    this.#endedAt = Date.now();
    this.phase = 'ended';
    this.#final = this.head();
    this.listener.ended(this, this.snapshot({ text: true }));
  }
}

function diagnosticsOf(error: unknown, phase: RunPhase): Diagnostic[] {
  if (error instanceof CellError) return error.diagnostics;
  const message = error instanceof Error ? error.message : String(error);
  return [problem('internal', { message }, phase === 'ended' ? {} : { phase })];
}
