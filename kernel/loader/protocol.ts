/**
 * Frames between the notebook kernel and the loader, over the loader's stdin and stdout.
 *
 *   u32 length of all that follows · u8 kind · u8[3] zero · u32 id · u32 length of json · json · binary
 *
 * All numbers little-endian. `id` pairs a response with its request; in events and batches it is the session.
 */
import type {
  AttachSpec,
  DataType,
  FunctionFacts,
  FunctionParameter,
  SourceLineSites,
  UsdtSite,
  UserSymbol,
} from '../layout.ts';

/** The loader's flag that keeps what write_user() needs. */
export const WRITES = '--writes';
/** `--without=FEATURE`: ways of attaching that Linux may have, but that shall not be used. */
export const WITHOUT = '--without=';
/** `--debug-folder=PATH`: where debug files are looked for, besides the usual places. */
export const DEBUG_FOLDER = '--debug-folder=';
export const OPTIONAL_FEATURES = [
  'kprobe_multi',
  'kprobe_session',
  'uprobe_multi',
  'kprobe',
  'fentry',
] as const;
export type OptionalFeature = (typeof OPTIONAL_FEATURES)[number];

export const LOADER_PROTOCOL_VERSION = 1;

export const FRAME = { request: 0, response: 1, error: 2, event: 3, batch: 4 } as const;
export type FrameKind = (typeof FRAME)[keyof typeof FRAME];

/** Bytes a frame may have after its length field; larger ones end the connection. */
export const MAX_FRAME = 256 * 1024 * 1024;

/** What programs can do to what they trace, each only when a run is allowed to. */
export const UNSAFE_ACTIONS = [
  'signal',
  'signal_thread',
  'override',
  'write_user',
  'write_tracepoint',
] as const;
export type UnsafeAction = (typeof UNSAFE_ACTIONS)[number];

export type AttachFeature = OptionalFeature | 'kprobe' | 'fentry' | 'tracepoint';

export interface ProgramInfo {
  name: string;
  section: string;
  type: string;
}

export interface MapInfo {
  name: string;
  type: string;
  keySize: number;
  valueSize: number;
  maxEntries: number;
  flags: number;
  /** LIBBPF_PIN_BY_NAME was asked for. */
  shared: boolean;
}

/** A record the reader thread acts upon, in stream order. */
export interface ControlRecord {
  id: number;
  do: 'print-map' | 'clear' | 'zero' | 'exit';
  map?: string;
}

/** What code is at an address. */
export interface CodeSymbol {
  /** Absent where only the file is known, or nothing. */
  name?: string;
  /** Bytes from where the symbol begins; without a name, from where the file does. */
  offset: number;
  /** The file that was mapped there, `[module]` of Linux; absent for Linux itself. */
  module?: string;
  /** Where its source has what is at the address. */
  source?: SourceLine;
  /** Functions that the compiler put there instead of calls, innermost first. */
  inlined?: { name: string; source?: SourceLine }[];
  /** Why there is no name. */
  unnamed?: Unnamed;
}

export interface SourceLine {
  /** As the compiler was told. */
  file: string;
  line: number;
}

/** Why code has no name, one word a reason. */
export const UNNAMED = ['ended', 'unmapped', 'compiled', 'removed', 'unreadable', 'stripped'] as const;
export type Unnamed = (typeof UNNAMED)[number];

/** Addresses in one request for symbols. */
export const MOST_ADDRESSES = 16_384;

/** What Linux counts of a program, since it was loaded. */
export interface ProgramCounts {
  program: string;
  /** Runs, and how long they took; only while statistics are kept. */
  hits: number;
  ns: number;
  /** Hits that found it, or another one where Linux runs one at a time, running on the same CPU. */
  recursion: number;
  /** Hits of kprobes that Linux skipped before it came to the program. */
  missed: number;
}

/** What of a session is in Linux; of one that was stopped, the maps that are left. */
export interface LoadedDetails {
  /** `id`: Linux's number; `instructions`: as the verifier left them; hits and ns as {@link ProgramCounts} has them. */
  programs: { program: string; id: number; instructions: number; hits: number; ns: number }[];
  /** `bytes`: memory, as Linux counts it; 0 = it does not say. */
  maps: { map: string; id: number; maxEntries: number; bytes: number }[];
  /** `kind`: `perf_event`, `raw_tracepoint`, …; `target`: in Linux's words, '' where it has none. */
  links: { program: string; kind: string; target: string }[];
}

/** What was lost in one way. */
export interface Lost {
  count: number;
  /** The last errno, 0 = none; an exit code may be negative. */
  error: number;
  /** How many on each CPU. */
  cpus: number[];
}

export interface Counters {
  /** When: ns on a clock of the loader's own. */
  at: number;
  /** What the programs lost, an element of the array a row. `error`: the last errno, 0 = none. */
  lost: Lost[];
  programs: ProgramCounts[];
}

/** Requests: method → params (json), binary in, result (json), binary out. */
export interface LoaderRequests {
  hello: {
    params: { version: number };
    result: {
      version: number;
      linux: string;
      arch: string;
      /** Possible CPUs: the number of values an entry of a per-CPU map has. */
      cpus: number;
      pid: number;
      libbpf: string;
      /** Where tracefs is mounted for the loader; null = it could not be. */
      tracefs: string | null;
    };
  };
  /** Answers the target's BTF (/sys/kernel/btf/NAME, default vmlinux) as binary. */
  btf: { params: { module?: string }; result: Record<string, never> };
  /** The tracefs `format` text of an event; null when there is no such event. */
  tracepoint: { params: { category: string; event: string }; result: { format: string | null } };
  /**
   * Names of code: Linux's own, or with `pid` that of a process, which may have ended since. `lines`: where its
   * source has it, too. `returns`: the addresses are where calls return to, and the calls themselves are meant.
   * Binary in: addresses (u64), at most MOST_ADDRESSES; the result has one entry for each, null = nobody knows.
   */
  symbols: {
    params: { pid?: number; demangle: boolean; lines?: boolean; returns?: boolean };
    result: { symbols: (CodeSymbol | null)[] };
  };
  /** Names of all probes this target offers, one kind: `sched:sched_switch`, … */
  probes: { params: { kind: 'tracepoint' | 'raw_tracepoint' }; result: { names: string[] } };
  /** Binary out: the text of tracefs' available_filter_functions; empty when Linux has none. */
  functions: { params: Record<string, never>; result: Record<string, never> };
  /** What there is to say of a function that is not among them. */
  functionFacts: { params: { name: string }; result: FunctionFacts };
  /** Kinds of attaching that this Linux lacks or refuses, each with its reason; tried out once. */
  missing: {
    params: Record<string, never>;
    result: { missing: Partial<Record<AttachFeature, string>> };
  };
  /**
   * The programs and libraries that a path or name with wildcards means, `*` being all that run; with `pid`, as that
   * process sees them.
   */
  binaries: { params: { name: string; pid?: number }; result: { paths: string[] } };
  /**
   * The symbol of a program or library by its name, else those that a glob matches; with `cpp`, by demangled names
   * without parameters.
   */
  userSymbols: {
    params: { binary: string; pattern: string; cpp: boolean };
    result: {
      path: string;
      symbols: UserSymbol[];
      /** It is written in Go. */
      go?: boolean;
    };
  };
  /** Binary out: the instructions of functions of a program, by their places in the file, one behind the other. */
  userCode: {
    params: { path: string; functions: { offset: number; size: number }[] };
    result: Record<string, never>;
  };
  /** Parameters of functions by their debug information, by the addresses that the linker gave them; null = not known. */
  parameters: {
    params: { path: string; addresses: number[] };
    result: { functions: (FunctionParameter[] | null)[] };
  };
  /** A type that a program's debug information defines under this name; null = none. */
  sourceType: { params: { path: string; name: string }; result: { type: DataType | null } };
  /** Where the code of a line begins; `column`: only statements there, 0 = all. */
  sourceLine: {
    params: { path: string; file: string; line: number; column: number };
    result: SourceLineSites;
  };
  /** Where a function of a program is defined that was inlined wherever it is called; null = there is none. */
  inlined: {
    params: { path: string; name: string };
    result: { place: { file: string; line: number } | null };
  };
  /** The USDT probes of a program or library, by path or name. */
  usdt: {
    params: { binary: string };
    result: {
      path: string;
      sites: UsdtSite[];
    };
  };
  /** The BPF programs of this machine whose types are known, with their functions. */
  bpfPrograms: {
    params: Record<string, never>;
    result: { programs: { id: number; functions: string[] }[] };
  };
  /** Whether programs of an ELF section's kind may call a function of Linux's own. */
  function: { params: { name: string; section: string }; result: { allowed: boolean } };
  /**
   * Binary in: the ELF object. The scan against the allow-list happens here; `allow` names what the programs may
   * do besides watching, because whoever started the run said so. `logged`: load answers with all that libbpf and
   * the verifier say.
   */
  open: {
    params: { session: number; name: string; allow?: UnsafeAction[]; logged?: boolean };
    result: { programs: ProgramInfo[]; maps: MapInfo[] };
  };
  load: {
    params: {
      session: number;
      /** Initial bytes of global sections: `.rodata`, `.data`; base64 at an offset. */
      globals: { section: string; offset: number; base64: string }[];
      mapSizes: { map: string; maxEntries?: number; valueSize?: number }[];
      /** The functions of loaded programs that programs are for. */
      targets: { program: string; id: number; function: string }[];
      /** Programs to put into arrays of programs; those that the object itself puts there are not among them. */
      tailCalls: { map: string; index: number; program: string }[];
      /** Use the map of another session, live or over, by its descriptor; type, sizes and flags are compared. */
      reuse: { map: string; session: number; from: string }[];
    };
    result: { log?: string };
  };
  /**
   * Starts the reader, runs `begin` programs, attaches the rest. Answers when all are attached. Binary out: the text of
   * iterators, which have run to their end then, one behind the other.
   */
  attach: {
    params: {
      session: number;
      /** `optional`: the others are attached without it when it cannot be. */
      programs: { program: string; attach: AttachSpec; optional?: boolean }[];
      /** `pages`, a power of two: of a perf buffer, for each CPU. */
      rings: { map: string; tagged: boolean; pages?: number }[];
      controls: ControlRecord[];
      /** Its records hold addresses of programs, which shall have names even when the process has ended. */
      followProcesses?: { pid?: number };
    };
    result: {
      /** The optional programs that could not be attached, and why. */
      skipped: LoaderFailure[];
      /** Places of the others that Linux refused. */
      refused: number;
      /** It was ended before all was attached. */
      interrupted: boolean;
      /** CPUs that have perf buffers, and the memory of all. */
      perfBuffers: { cpus: number; bytes: number };
      /** What `begin` programs returned. */
      returned: { program: string; result: number }[];
      /** Iterators that wrote text, and how many bytes. */
      written: { program: string; bytes: number }[];
    };
  };
  /** Ends an attach under way after the place it is at; it then answers. Does not wait for its turn. */
  interrupt: { params: { session: number }; result: Record<string, never> };
  /**
   * Whether the batches of a session are to wait, because those before them are not taken in yet: a few more come, then
   * the rings fill and count what they drop. `run` and `stop`, which answer behind the last batch, wait, too. So whoever
   * is held must not need their answers to go on. Does not wait for its turn.
   */
  hold: { params: { session: number; on: boolean }; result: Record<string, never> };
  /**
   * Runs a program that is attached to nothing, and answers when the stream holds all that it wrote: `times` times
   * for a trial, once for a signal. `onFlag` is set again first, because a run before may have called exit().
   */
  run: {
    params: {
      session: number;
      program: string;
      onFlag?: { section: string; offset: number };
      times?: number;
    };
    result: { result: number; durationNs: number };
  };
  /**
   * on = 0 → drain → END → drain → snapshots of `maps` into the stream → answer. The links then close on a
   * background thread, and what is not kept is freed: programs, rings, all maps but `maps` and those that ask to be
   * shared. The event `detached` follows. Without onFlag the stream is cut first. `lost`: as for counters, whose
   * last answer this is.
   */
  stop: {
    params: {
      session: number;
      onFlag?: { section: string; offset: number };
      end: string[];
      maps: string[];
      lost?: string;
    };
    result: Counters;
  };
  /** Detaches some programs, for good and in the background; the others go on. */
  detach: { params: { session: number; programs: string[] }; result: Record<string, never> };
  /** Frees everything of a session, its maps too. */
  close: { params: { session: number }; result: Record<string, never> };
  /** Writes into a section of globals (`.data`, `.bss`) while the programs run. */
  setGlobal: {
    params: { session: number; section: string; offset: number; base64: string };
    result: Record<string, never>;
  };
  /**
   * Binary out: a map snapshot as in {@link BATCH_ENTRY}; of a section of globals, one entry that is all of it. Does not
   * wait for its turn: batches can be taken in only when the maps that they name are known.
   */
  readMap: { params: { session: number; map: string }; result: Record<string, never> };
  /** Of a session that is loaded or was stopped. */
  details: { params: { session: number }; result: LoadedDetails };
  /** `lost`: the array in which the programs count what they lose (`LostLayout`). */
  counters: { params: { session: number; lost?: string }; result: Counters };
  /**
   * Whether Linux keeps statistics of programs, all of this machine: each of their runs takes longer then. Fails with
   * EPERM where the loader may not ask for it.
   */
  statistics: { params: { on: boolean }; result: Record<string, never> };
}

export interface LoaderEvents {
  detached: { session: number };
  /** How many places are attached to, ten times a second while it takes long. */
  attaching: { session: number; done: number; of: number };
}

/**
 * A batch (binary, no json): entries, each
 *
 *   u32 bytes of payload · u8 kind · u8 zero · u16 index of ring or map · payload · zero to 8 bytes
 *
 * record: payload is the record; of a perf buffer, u64 ns since boot, when it was written, and then the record, filled
 * up so that both and a u32 make a multiple of 8. snapshot: payload is u32 keySize · u32 valueSize (one CPU's) ·
 * u32 number of values an entry (CPUs for per-CPU maps, else 1) · u32 entries · then per entry the key, zero
 * to 8 bytes, and the values, each zero to 8 bytes. `index` counts `attach.rings`, and the maps of `open`.
 */
export const BATCH_ENTRY = { record: 0, snapshot: 1 } as const;

/** An error answer: what failed, in one table row's terms. */
export interface LoaderFailure {
  /** A code of kernel/errors.ts. */
  code: string;
  message: string;
  program?: string;
  map?: string;
  errno?: string;
  /** The verifier's or libbpf's log. */
  log?: string;
}
