/**
 * The Node-API addon over libbpf. Functions throw an Error with `code` (errno name, e.g. `EPERM`) and, where
 * libbpf or the verifier wrote one, `log`. Nothing here looks at JavaScript objects per event.
 */

/** What a program may do besides watching, when its run was allowed to. */
export type UnsafeAction = 'signal' | 'signal_thread' | 'override' | 'write_user' | 'write_tracepoint';

export interface NativeProgram {
  name: string;
  section: string;
  type: string;
  /** One link reaches all places that it is attached to; all others are attached to one at a time. Known once loaded. */
  takesAllAtOnce: boolean;
}

export interface NativeMap {
  name: string;
  type: string;
  keySize: number;
  valueSize: number;
  maxEntries: number;
  flags: number;
  shared: boolean;
}

export interface ProgramCounts {
  program: string;
  /** Runs, and the time that they took; only while Linux keeps statistics. */
  hits: number;
  ns: number;
  /** Hits that found the program, or another one where Linux runs one at a time, running on the same CPU. */
  recursion: number;
  /** Hits of kprobes that Linux skipped before it came to the program. */
  missed: number;
}

/** What Linux says of a loaded object; of one that is retired, of the maps that it keeps. */
export interface ObjectDetails {
  programs: {
    program: string;
    /** Linux's number of it. */
    id: number;
    /** As the verifier left them. */
    instructions: number;
    /** Runs, and the time that they took; only while Linux keeps statistics. */
    hits: number;
    ns: number;
  }[];
  /** `bytes`: as Linux counts them, 0 = it does not say. */
  maps: { map: string; id: number; maxEntries: number; bytes: number }[];
  /** `kind`: `perf_event`, `raw_tracepoint`, …; `target`: in Linux's words, '' where it has none. */
  links: { program: string; kind: string; target: string }[];
}

/** One object file: open → set up → load → attach → close. Closing twice is allowed. */
export declare class BpfObject {
  /** Opens ELF bytes. Throws EINVAL for anything that is not a BPF object. */
  constructor(elf: Uint8Array, options: { name: string; btf?: string; logged?: boolean });
  readonly programs: NativeProgram[];
  readonly maps: NativeMap[];
  /** All that libbpf and the verifier said so far, when it was `logged`. */
  readonly log: string;
  /**
   * Throws when an instruction or program type is not on the allow-list. Call before load. `actions` are the ways
   * in which the programs may change what they trace; none unless given.
   */
  scan(actions?: readonly UnsafeAction[]): void;
  /** Before load: the function of a loaded program that a program of SEC("fentry.bpf") or SEC("fexit.bpf") is for. */
  setTarget(program: string, target: { id: number; function: string }): void;
  /** Initial value of a global section, before load. */
  setGlobal(section: string, offset: number, bytes: Uint8Array): void;
  setMaxEntries(map: string, entries: number): void;
  setValueSize(map: string, bytes: number): void;
  /** After load: puts a program into an array of programs. */
  setTailCall(map: string, index: number, program: string): void;
  /** Compares type, sizes and flags; throws EINVAL naming the difference. */
  reuseMap(map: string, other: BpfObject, otherMap: string): void;
  /** On a worker thread. On failure the error carries `program` and the verifier's `log`. */
  load(): Promise<void>;
  /** Attach one program; on a worker thread. Answers what an iterator wrote: it has run to its end then. */
  attach(program: string, spec: NativeAttach): Promise<Buffer>;
  /** BPF_PROG_RUN once; its return value. */
  run(program: string): number;
  /** BPF_PROG_RUN of a socket filter so many times: its last return value, and how long one run took on average. */
  attempt(program: string, times: number): { result: number; durationNs: number };
  /** Writes into a mapped section of globals after load; an aligned word of 1, 2, 4 or 8 bytes at once. */
  poke(section: string, offset: number, bytes: Uint8Array): void;
  /** The payload of a snapshot entry (kernel/loader/protocol.ts BATCH_ENTRY). */
  snapshot(map: string): Buffer;
  details(): ObjectDetails;
  /** What Linux counts of each program, since load. */
  counts(): ProgramCounts[];
  /** Sum over CPUs of a per-CPU u64 array. */
  counters(map: string): number[];
  /** Closes all links, or a program's, on a background thread; resolves when they are gone. The maps stay. */
  detach(program?: string): Promise<void>;
  /**
   * Frees programs, rings and all maps but these, which can still be read and shared. For an object that is loaded,
   * not attached, and has no reader.
   */
  retire(keep: string[]): void;
  close(): void;
}

export type NativeAttach =
  | { kind: 'auto' }
  | { kind: 'tracepoint'; category: string; event: string }
  | { kind: 'raw_tracepoint'; event: string }
  /**
   * `functions`: `name` or `module:name`; none = `address` (hexadecimal). Several for a program of
   * SEC("kprobe.multi") or SEC("kprobe.session").
   */
  | { kind: 'kprobe'; functions: string[]; offset?: number; address?: string; ret: boolean }
  | {
      kind: 'uprobe';
      binary: string;
      symbol?: string;
      /** From the symbol, or in the file. */
      offset?: number;
      /** Several places instead: offsets in the file; `cookie` is what bpf_get_attach_cookie() gives there. */
      sites?: { offset: number; semaphore: number; cookie: number }[];
      ret: boolean;
      pid?: number;
    }
  /** The program's target, which it was given before it was loaded. */
  | { kind: 'bpf_program'; id: number; function: string }
  /** A program that takes its arguments by libbpf's usdt.bpf.h. */
  | { kind: 'usdt'; binary: string; provider: string; name: string; pid?: number }
  | { kind: 'clock'; period: number; everyCpu: boolean }
  /** `config`: PERF_COUNT_SW_* or PERF_COUNT_HW_*; `frequency`: times a second, instead. On every CPU, or in one process. */
  | {
      kind: 'perf_event';
      type: 'software' | 'hardware';
      config: number;
      period?: number;
      frequency?: number;
      pid?: number;
    }
  /** Runs for all objects, or those of a process, before the call returns; `cgroups`: all of them, parents first. */
  | { kind: 'iter'; pid?: number; cgroups?: true }
  /** `address`: hexadecimal; `length`: 1, 2, 4, 8; `mode`: letters of r, w, x. */
  | { kind: 'watchpoint'; address: string; length: number; mode: string; pid?: number };

export interface RingOptions {
  /** `pages`, a power of two: of a perf buffer, for each CPU. */
  rings: { map: string; tagged: boolean; pages?: number }[];
  controls: { id: number; do: 'print-map' | 'clear' | 'zero' | 'exit'; map?: string }[];
  /**
   * Batches of kernel/loader/protocol.ts BATCH_ENTRY; at most 8 are in flight, then the reader waits (and the
   * ring fills and counts drops). A batch is in flight until the promise that onBatch answered is settled.
   */
  onBatch: (batch: Buffer) => void | Promise<void>;
}

/** Reads an object's rings and perf buffers on a thread of its own; the records of a perf buffer come in order of time. */
export declare class RingReader {
  constructor(object: BpfObject, options: RingOptions);
  /** CPUs that have one, and the memory of all. */
  readonly perfBuffers: { cpus: number; bytes: number };
  /** Reads until every ring is empty and all batches were handed over. */
  drain(): Promise<void>;
  /** Puts a snapshot into the stream, behind all that was read so far. */
  snapshot(map: string): Promise<void>;
  /** Ends the thread; nothing is delivered afterwards. */
  close(): void;
}

/** A BTF blob: raw (/sys/kernel/btf/vmlinux) or the .BTF section of an ELF object. Needs no privilege. */
export declare class Btf {
  static fromRaw(bytes: Uint8Array, base?: Btf): Btf;
  static fromElf(bytes: Uint8Array): Btf;
  /** The raw bytes. */
  readonly raw: Buffer;
  /** Highest type id. */
  readonly count: number;
  /** Ids of all types of this name, any kind. */
  find(name: string): number[];
  /** C definitions of these ids and of what they need, in order (libbpf's btf_dump). */
  dump(ids: number[]): string;
}

/** Treats a way of attaching as missing, whatever Linux can do. To be called first. */
export declare function disableFeature(feature: keyof ReturnType<typeof missingFeatures>): void;
/** Kinds of attaching that this Linux lacks or refuses, each with its reason; tried out once. */
export declare function missingFeatures(): Partial<
  Record<'kprobe' | 'kprobe_multi' | 'kprobe_session' | 'uprobe_multi' | 'fentry', string>
>;

/** A place where a USDT probe fires; offsets count in the file. */
export interface UsdtSite {
  provider: string;
  name: string;
  /** Where each argument is, in the assembler's words: `-4@%edi 8@-8(%rbp)`. */
  arguments: string;
  offset: number;
  /** As the linker placed it. */
  address: number;
  /** 0 = the probe has none. */
  semaphore: number;
}

/** The USDT probes of a program or library, by path or name. Throws ENOENT, or EINVAL when it is no ELF file. */
export declare function usdtSites(binary: string): { path: string; sites: UsdtSite[] };

/** What became of a process: new code mapped, another program, a copy of its parent. */
export type NativeProcessEvent =
  | { kind: 'exec'; pid: number }
  | { kind: 'fork'; pid: number; parent: number }
  | { kind: 'mapping'; pid: number; start: number; end: number; offset: number; inode: number; path: string };

/** Follows all processes of the machine until it is closed. Throws EACCES, EPERM or ENOENT where that cannot be. */
export declare class ProcessWatcher {
  constructor();
  /** What happened since the last call, in order. */
  read(): NativeProcessEvent[];
  close(): void;
}

/** A C++ name as it was written; undefined for what is none. */
export declare function demangle(name: string): string | undefined;

/** A function or variable of a program or library. */
export interface UserSymbol {
  name: string;
  /** In the file. */
  offset: number;
  /** As the linker placed it. */
  address: number;
  /** Bytes; 0 = not known. */
  size: number;
  kind: 'function' | 'object';
}

/**
 * The symbol of this name, else those that a glob (`*`, `[…]`) matches, each place once for a name; with `cpp`, by
 * their demangled names without parameters. Throws ENOENT, or EINVAL when it is no ELF file.
 */
export declare function userSymbols(
  binary: string,
  pattern: string,
  options?: { cpp?: boolean },
): { path: string; symbols: UserSymbol[] };

/** What `xz` packed. Throws EINVAL for anything else, and for more than `most` bytes. */
export declare function unpackXz(bytes: Uint8Array, most: number): Buffer;

/** Where tracefs is; a mount that only this process sees when the system has none, null when that fails too. */
export declare function prepareFilesystems(): { tracefs: string | null };
/** Keeps only the capabilities the loader needs, on every thread; with `writes`, what write_user() needs too. */
export declare function dropCapabilities(options?: { writes?: boolean }): void;
/** Whether programs of an ELF section's kind may call a function of Linux's own. */
export declare function mayCall(name: string, section: string): boolean;
/**
 * Starts the process that asks Linux for what CAP_SYS_ADMIN only may have: statistics of programs, and programs by
 * their ids. To be called before capabilities are dropped. It can do nothing else, and ends with the caller.
 */
export declare function prepareDescriptors(): void;
/** The BPF programs of this machine whose types are known, with their functions. Throws EPERM where that cannot be. */
export declare function loadedPrograms(): { id: number; functions: string[] }[];
/** While they are kept, each program's hits and time are counted. Throws EPERM where that cannot be. */
export declare function keepStatistics(on: boolean): void;
/** The caller is killed when its parent ends. */
export declare function dieWithParent(): void;
export declare const libbpfVersion: string;
