/**
 * JSON-RPC 2.0 between a client (VS Code, the CLI, any other) and the notebook kernel, over stdio with
 * vscode-jsonrpc framing. Every message is typed here and described in docs/protocol.md.
 */
import type { Diagnostic, Phase } from './errors.ts';
import type { Panel, TablePanel, Value, ViewName } from './panels.ts';

export type * from './panels.ts';

export const PROTOCOL_VERSION = 1;

export type CellLanguage = 'bpftrace' | 'bpf-c' | 'shellscript';

/** A header cell (`//| file: name.h`) of the same notebook. */
export interface HeaderFile {
  name: string;
  source: string;
}

export interface CellSource {
  /** Stable cell id of the notebook file. */
  id: string;
  language: CellLanguage;
  source: string;
}

export interface RunRequest {
  /**
   * Any string that names the notebook. Maps are shared between runs of one notebook: a bpftrace cell that gives a
   * map no value uses the newest one of that name that another cell owns, live or over.
   */
  notebook: string;
  /** Folder that relative paths (headers, uprobe binaries, workloads) start from. */
  directory: string;
  cell: CellSource;
  headers: HeaderFile[];
  /** Parameters given from outside; they win over the cell's `params` option. */
  params?: Record<string, string>;
  /** Run ends after this many ms; wins over the cell's `duration` option. */
  durationMs?: number;
  /** The form that the user chose for its output; wins over the cell's `view` option. */
  view?: ViewName;
}

export type EndReason = 'exit' | 'duration' | 'workload' | 'stopped' | 'failed' | 'unwatched' | 'done';

export type RunPhase = Phase | 'ended';

/** Exact since the start of the run. */
export interface RunTotals {
  events: number;
  /** Events per second over the last second. */
  rate: number;
  /** Records lost because a ring was full: the sum of such losses. */
  dropped: number;
  /** Probe hits that were not run: the sum of such losses. */
  missed: number;
}

/** Something that happened and was not seen. */
export interface Loss {
  /** Exact since the start of the run. */
  count: number;
  /** In words, with what to do; its `code` is the kind of loss, `map` or `program` what it happened to. */
  problem: Diagnostic;
}

/** What a probe, as it was written, takes of the machine. */
export interface ProbeCost {
  probe: string;
  /** A second. */
  hits: number;
  /** Since the start, by the samples: an estimate. */
  total: number;
  /** Of one hit, on average. */
  ns: number;
  /** Of one CPU: 0.25 = a quarter of it. */
  cpu: number;
}

/** What programs cost, by Linux's own statistics of a sample of 100 ms. */
export interface RunCost {
  /** Of one CPU, all programs together. */
  cpu: number;
  /** The costliest first, at most ten. */
  probes: ProbeCost[];
}

/** How full a map is. */
export interface MapFill {
  name: string;
  /** At the last look. */
  entries: number;
  capacity: number;
}

/** Memory that a run holds, bytes. */
export interface RunMemory {
  /** In Linux: its maps, rings among them. */
  maps: number;
  /** In the kernel process: the records kept. */
  records: number;
}

/** All that a cell's output shows; also what is saved. */
export interface RunSnapshot {
  /** UUID of the run: the stream id. */
  run: string;
  cell: string;
  phase: RunPhase;
  /** ms since the epoch. */
  startedAt: number;
  elapsedMs: number;
  reason?: EndReason;
  exitCode?: number;
  totals: RunTotals;
  /** What was not seen; absent while nothing is known to be lost. */
  losses?: Loss[];
  /** As measured last; absent where it is not. */
  cost?: RunCost;
  /** Events of each of the last 60 seconds, oldest first. */
  rates?: number[];
  /** Of the maps that have a limit; the fullest first, at most ten. */
  fills?: MapFill[];
  memory?: RunMemory;
  /** The form that was chosen to show it in; absent = each panel's own. */
  view?: ViewName;
  /** Attach points by the names the user knows. */
  probes: string[];
  /** How many places of how many it is attached to, while that takes long. */
  attaching?: { done: number; of: number };
  diagnostics: Diagnostic[];
  panels: Panel[];
}

export type PanelDelta =
  | { id: string; change: 'replace'; panel: Panel }
  /** Append to a table; `first` is the index of rows[0], a gap means rows were skipped. */
  | { id: string; change: 'rows'; rows: Value[][]; first: number; total: number }
  | { id: string; change: 'lines'; lines: string[]; first: number; total: number };

export interface RunDelta {
  run: string;
  subscriber: string;
  /** Acknowledge this number to get the next delta. */
  sequence: number;
  head: Omit<RunSnapshot, 'panels'>;
  panels: PanelDelta[];
}

/** A global variable of a BPF C program. */
export interface Variable {
  name: string;
  /** As C writes it: `unsigned int`, `char[16]`. */
  type: string;
  /** As it is shown; of a parameter, the text that would set it. */
  value: Value;
  /** Of a parameter, in its author's words: what it is for, and other names for it. */
  about?: string;
  aliases?: string[];
}

/** What of a run is in Linux. */
export interface RunDetails {
  programs: {
    symbol: string;
    /** Linux's number of it; absent once it is gone. */
    id?: number;
    /** As Linux calls it: `tracepoint`, `kprobe`, … */
    type: string;
    /** As the user wrote it. */
    probe: string;
    /** Instructions, as the verifier left them. */
    instructions?: number;
    /** Of all its runs so far, where statistics were on. */
    hits?: number;
    ns?: number;
  }[];
  maps: {
    symbol: string;
    /** As the user knows it. */
    name: string;
    id?: number;
    type: string;
    keySize: number;
    valueSize: number;
    entries?: number;
    capacity: number;
    /** Memory, as Linux counts it. */
    bytes?: number;
    /** `run/contents` can show what is in it. */
    readable: boolean;
  }[];
  links: { program: string; kind: string; target: string }[];
}

export interface TargetInfo {
  linux: string;
  arch: string;
  cpus: number;
  /** Why the loader cannot run here; undefined = it can. */
  problem?: Diagnostic;
}

export interface ProbeInfo {
  /** `tracepoint:sched:sched_switch` */
  name: string;
  args?: { name: string; type: string }[];
}

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** What is known of the target without asking anybody for root. */
export interface TargetOutline {
  /** Changes when Linux was booted again, or when more may be known than before. */
  id: string;
  arch: 'x64' | 'arm64';
  cpus: number;
  /** False while only BTF can be read: the names of tracepoints are some, their formats unknown. */
  complete: boolean;
}

/** What a notebook can be made into, for others to read. */
export type ExportFormat = 'html' | 'ipynb' | 'md';

/** Requests from the client. Each row: method → params and result. */
export interface Requests {
  initialize: {
    params: { version: number; client: string };
    result: { version: number; linux: string };
  };
  /** Starts the loader if it is not running; may ask for consent and a password. */
  'target/info': { params: Record<string, never>; result: TargetInfo };
  /** Answers as soon as the run is registered; compile errors arrive as a run that ends as `failed`. */
  'run/start': { params: RunRequest; result: { run: string } };
  /** Answers when the final output is ready (programs may still be closing in the background). */
  'run/stop': { params: { run: string }; result: Record<string, never> };
  'run/snapshot': { params: { run: string }; result: RunSnapshot | null };
  /** One panel with all rows that are kept, as of now; null when there is none. */
  'run/panel': { params: { run: string; panel: string }; result: Panel | null };
  /** What of a run is in Linux, or was; null when it was never loaded. */
  'run/details': { params: { run: string }; result: RunDetails | null };
  /**
   * The entries of a map of a live run, or of one that is over and still has it, by its symbol: decoded by their types,
   * at most 10,000; null when it cannot be read.
   */
  'run/contents': { params: { run: string; symbol: string }; result: TablePanel | null };
  'run/subscribe': { params: { run: string; subscriber: string }; result: RunSnapshot | null };
  'run/unsubscribe': { params: { run: string; subscriber: string }; result: Record<string, never> };
  /** The variables of a live or ended run that are not const, with their values now. */
  'run/variables': { params: { run: string }; result: { variables: Variable[] } };
  /**
   * Sets a variable of a live run, or a part of one: `limit`, `config.enabled`, `thresholds[2]`. Fails with diagnostics
   * as data for one that is const, that there is not, or whose type has no such value.
   */
  'run/set': { params: { run: string; name: string; value: string }; result: Record<string, never> };
  /** The parameters (`const volatile` globals) of a cell, with the values that they would have now. */
  'cell/parameters': {
    params: RunRequest;
    result: { parameters: Variable[]; diagnostics: Diagnostic[] };
  };
  /** A cell was removed: stop its run, forget its maps. */
  'cell/close': { params: { notebook: string; cell: string }; result: Record<string, never> };
  /** Forget the maps and runs of a notebook that was closed; stops what is live. */
  'notebook/close': { params: { notebook: string }; result: Record<string, never> };
  /**
   * A notebook (the text of its file) in a form for others to read. `name` is its title, `directory` where pictures
   * beside it are. Fails for a text that is no notebook.
   */
  'notebook/export': {
    params: { text: string; name: string; directory?: string; format: ExportFormat };
    result: { text: string };
  };
  'probes/list': { params: { pattern: string; verbose: boolean }; result: ProbeInfo[] };
  /** What of a listing cannot be attached here, why, and what can instead; of names that there are not, what was meant. */
  'probes/notes': { params: { pattern: string }; result: { notes: Diagnostic[] } };
  /** For editors, as one types: never starts a loader that somebody would have to allow. */
  'target/outline': { params: Record<string, never>; result: TargetOutline };
  /** Names behind `provider:`, as far as they are known; `of` is the program or library of a user probe. */
  'target/names': { params: { provider: string; of?: string }; result: { names: string[] } };
  /** What the language asks of a target, each a method of LanguageTarget and what it is given. */
  'target/ask': {
    params: { questions: [method: string, ...given: (string | number | boolean)[]][] };
    /** In the order of the questions; null = unknown, integers beyond doubles are `{ bigint: "…" }`, maps `{ map: [[key, value], …] }`. */
    result: { answers: Json[] };
  };
  /** The C that a cell becomes. */
  'emit/c': { params: RunRequest; result: { c?: string; diagnostics: Diagnostic[] } };
}

/** Notifications from the client. */
export interface ClientNotifications {
  'run/ack': { run: string; subscriber: string; sequence: number };
  /** Whether the subscriber wants panels with their `text`, and lines that repeat tables. */
  'run/look': { run: string; subscriber: string; text: boolean };
}

/** Notifications from the kernel. */
export interface KernelNotifications {
  'run/phase': { run: string; phase: RunPhase; head: Omit<RunSnapshot, 'panels'> };
  'run/delta': RunDelta;
  /** The final output. */
  'run/ended': RunSnapshot;
  /** The loader went away; live runs have ended as failed. */
  'loader/ended': { problem: Diagnostic };
}

/** Requests from the kernel to the client. */
export interface KernelRequests {
  /** May these words be run as root? */
  'loader/consent': { params: { command: string[] }; result: { allow: boolean } };
  /** sudo asks for a password. Undefined = the user gave up. */
  'loader/password': { params: { prompt: string }; result: { password?: string } };
}
