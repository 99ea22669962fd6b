/**
 * What the bytes of a cell's records and maps mean. Made by the compiler (from BTF or from the bpftrace
 * checker), used by views. Plain data: it crosses process boundaries as JSON.
 */
import type { Span } from './errors.ts';

/** The type of a value in a record, key or map value. All sizes and offsets are bytes. */
export type DataType =
  | { kind: 'int'; size: number; signed: boolean; display?: Display }
  | { kind: 'bool'; size: number }
  | { kind: 'float'; size: number }
  | {
      kind: 'enum';
      name?: string;
      size: number;
      signed: boolean;
      values: [name: string, value: number | string][];
      /** Its values are bits: a number without a name is shown as the names of those that are set. */
      flags?: true;
    }
  /** NUL-terminated characters in a fixed array. */
  | { kind: 'string'; size: number; cut?: Cut; words?: Words }
  /**
   * Characters stored behind the record's fixed part, in field order and without gaps. At the field's own
   * offset stands their length as u32 (terminating NUL included, 0 = empty string).
   */
  | { kind: 'packed-string'; size: 4; cut?: Cut }
  | { kind: 'bytes'; size: number }
  /** A u32 that counts the bytes, and they behind it; what is left is zero. */
  | { kind: 'sized-bytes'; size: number }
  /** Bytes stored as a packed string's characters are. */
  | { kind: 'packed-bytes'; size: 4 }
  | { kind: 'pointer'; size: 8; to?: string }
  /** Nanoseconds since boot (u64), shown as wall time in strftime's words. */
  | { kind: 'timestamp'; size: 8; format: string; clock?: 'tai' }
  /** A user id (unsigned), shown as the user's name. */
  | { kind: 'username'; size: number }
  /** A kernel address (u64), shown as its symbol. */
  | { kind: 'ksym'; size: 8 }
  /** A user address: u64 address, u32 pid, u32 zero; shown as that process's symbol. */
  | { kind: 'usym'; size: 16 }
  /**
   * Frames, innermost first: their number (u64), in a user stack behind u32 pid and u32 zero; then `limit` addresses
   * (u64), or for build_id as many structs bpf_stack_build_id: s32 status (1 = known), 20 bytes of build id, u64
   * offset in the file (an address where the build id is not known). `either`, in maps of stacks: the frames alone, up
   * to one that is zero.
   */
  | { kind: 'stack'; size: number; space: 'kernel' | 'user' | 'either'; mode: StackMode; limit: number }
  /**
   * The number of a stack in a map of stacks, negative where there is none. `stack` is how that map's values are shown;
   * `pid` says whose stack of a program it is.
   */
  | {
      kind: 'stack-id';
      size: 4 | 8;
      map: string;
      stack: Extract<DataType, { kind: 'stack' }>;
      pid?: Neighbour;
    }
  /**
   * An internet address in network order: 4 or 16 bytes, of which `family` says how many count, or a u32 family (2 or
   * 10) and behind it either of them.
   */
  | { kind: 'inet'; size: 4 | 16 | 20; family?: Neighbour }
  /** An Ethernet address: 6 bytes in transmission order. */
  | { kind: 'mac'; size: 6 }
  /** A cgroup v2 id (u64), shown as its path. */
  | { kind: 'cgroup-path'; size: 8 }
  | { kind: 'array'; size: number; element: DataType; length: number }
  | { kind: 'struct' | 'union' | 'tuple'; name?: string; size: number; fields: Field[] };

/** Several texts one behind the other, each with its NUL, shown with blanks; `length` says how many bytes of them count. */
export interface Words {
  length?: Neighbour;
}

/** An integer in the same record, key or value, by its distance from where this field begins. */
export interface Neighbour {
  distance: number;
  size: number;
}

/** A text of this many bytes had more, which was cut: it is shown with the trailer behind it. */
export interface Cut {
  bytes: number;
  trailer: string;
}

/** How frames are written: `name+offset`, perf's way, as addresses, as places in files. */
export type StackMode = 'bpftrace' | 'perf' | 'raw' | 'build_id';

/** How an integer wants to be shown; raw values are always kept. */
export type Display =
  | 'decimal'
  | 'hex'
  | 'octal'
  | 'nanoseconds'
  | 'microseconds'
  | 'milliseconds'
  | 'seconds'
  | 'bytes'
  | 'kibibytes'
  | 'address'
  | 'char'
  /** An address of Linux's own code: its symbol. */
  | 'ksym'
  /** An internet address in network order. */
  | 'ipv4'
  /** A port in network order. */
  | 'port'
  /** Linux's number of a device: `8:1`. */
  | 'device'
  | 'user'
  | 'cgroup'
  /** Nanoseconds since boot, as the time of day. */
  | 'time'
  /** What bpf_get_current_pid_tgid() and bpf_get_current_uid_gid() return: two numbers. */
  | 'pid-tgid'
  | 'uid-gid';

export interface Field {
  name: string;
  offset: number;
  type: DataType;
  /** For a bitfield: first bit counted from `offset`, and width. */
  bits?: { offset: number; size: number };
}

/** What a record asks user space to do, once its fields are decoded. */
export type RecordAction =
  /** A record of the user's own (BPF C): one table row. */
  | { do: 'row' }
  | { do: 'printf'; format: string }
  /** A line that Linux would have put into trace_pipe. Fields: text; or format, arguments, and the text each points to. */
  | { do: 'trace-line' }
  /** bpftrace `print(value)`. */
  | { do: 'print' }
  /** bpftrace `print(@m)`; the loader puts the map's snapshot right behind this record. Fields: top, div. `map` is a symbol. */
  | { do: 'print-map'; map: string }
  | { do: 'clear'; map: string }
  | { do: 'zero'; map: string }
  /** Fields: code (int). */
  | { do: 'exit' }
  | { do: 'time'; format: string }
  /** Prints the first `limit` bytes of a file; the format makes its path of the fields. */
  | { do: 'cat'; format: string; limit: number }
  /** Runs a command as the user, in an unsafe run only, and prints what it writes. */
  | { do: 'system'; format: string }
  /** Appends a packet to a file of pcap's form. Fields: nsecs since boot, length on the wire, packet. */
  | { do: 'skboutput'; file: string }
  /** The fields are strings; those that are empty are left out. */
  | { do: 'join'; separator: string }
  /** A helper of Linux that failed: printed with the record's place in front. Fields: retcode (negative errno, or 0). */
  | { do: 'helper-error'; helper: string }
  /** errorf, warnf, and what went wrong at run time: printed with the record's place (`span`) in front. */
  | { do: 'message'; level: 'error' | 'warning'; format: string; by?: 'runtime' };

/**
 * The bytes that fresh memory of a record is filled with, over and over, where some field of it may stay unwritten
 * (bpf/shadow/bpf/bpf_helpers.h does so). Nothing that means something looks like them.
 */
export const UNSET = [0xb1, 0x6c, 0x8f, 0xd3, 0xa7, 0x4b, 0xe5, 0x9d] as const;

/** One kind of record in a ring buffer. */
export interface RecordLayout {
  /** Value of the u32 at offset 0 when the ring is tagged; for an untagged ring, any unique number. */
  id: number;
  /** Symbol of the ring buffer map. */
  ring: string;
  /** `printf`, or the struct's name. */
  name: string;
  /** Bytes of the fixed part. */
  size: number;
  /** A record may end early, within its last field; it has so many bytes at least, and what is missing is zero. */
  least?: number;
  fields: Field[];
  action: RecordAction;
  /** Bytes behind it, by which records of one size in one ring are told apart. */
  extra?: number;
  /** Fields that the program does not always write: unset while they hold {@link UNSET}. */
  unset?: string[];
  span?: Span;
  /** Calls of the macros that it is in, the innermost first. */
  expandedFrom?: Span[];
}

export type Aggregation =
  | { fn: 'count' | 'sum' | 'min' | 'max' | 'avg' | 'stats' }
  /** 2^k sub-buckets per power of two. Index rule: bpftrace's (0 = negatives; 1..2N single values 0..2N-1; …). */
  | { fn: 'hist'; k: number }
  | { fn: 'lhist'; min: number; max: number; step: number }
  /**
   * The newest `count` intervals of `interval` ns. The last key field, `bucket`, is interval number mod count; the
   * value is a struct {epoch: interval number, total, count}; without `keep`, total is the last value, and stamp
   * when it came.
   */
  | { fn: 'tseries'; interval: number; count: number; keep?: 'avg' | 'max' | 'min' | 'sum' };

/** One map of a cell. */
export interface MapLayout {
  /** As the user wrote it: `@latency`, `exec_start`. */
  name: string;
  /** Symbol in the object file. */
  symbol: string;
  /** BPF_MAP_TYPE_*, lower case without the prefix: `hash`, `percpu_array`, `ringbuf` … */
  type: string;
  perCpu: boolean;
  /** Undefined for a scalar map (an array of one). One Field per key part. */
  key?: Field[];
  keySize: number;
  value: DataType;
  valueSize: number;
  maxEntries: number;
  /** BPF_F_*; absent = none. */
  flags?: number;
  /**
   * For hist and lhist, `value` is: unkeyed, an array of u64 slots; keyed, a u64 count whose bucket index is
   * the last key field, named `bucket`. For min, max, avg, stats it is a struct: min/max {value, set};
   * avg/stats {total, count}.
   *
   * A bpftrace map without keys and without aggregation is an array of one, which always exists: its `value`
   * is a struct {value, set}, and `set` is 0 while nothing was assigned.
   */
  aggregation?: Aggregation;
  /** A BPF C map that holds a histogram: slot array in the value, or bucket index in the key. */
  histogram?: ({ slots: string } | { bucket: string }) & { linear?: true };
  /** Sizes that the program leaves to user space, which sets these before it is loaded. */
  given?: { maxEntries?: number; valueSize?: number };
  /** What it is shown as, where that is not its name. */
  title?: string;
  /** Hidden from the user (scratch, rings, flags). */
  internal?: boolean;
  /** What it holds is shown where other values tell of it, and nowhere else. */
  inPlace?: true;
  /** Another cell's map, used through its descriptor: shown only where it is printed. */
  borrowed?: boolean;
  /** Print when the cell ends. */
  printAtEnd: boolean;
}

/** Where a program attaches. `auto` leaves it to libbpf and the SEC() name. */
export type AttachSpec =
  | { kind: 'auto' }
  | { kind: 'tracepoint'; category: string; event: string }
  | { kind: 'raw_tracepoint'; event: string }
  /** Functions of Linux's own, `name` or `module:name`; without any, the hexadecimal `address`. `ret`: their return. */
  | { kind: 'kprobe'; functions: string[]; offset?: number; address?: string; ret: boolean }
  | {
      kind: 'uprobe';
      binary: string;
      symbol?: string;
      offset?: number;
      /** Several places instead: offsets in the file; `cookie` is what the program gets there. `semaphore`: 0 = none. */
      sites?: { offset: number; semaphore: number; cookie: number }[];
      ret: boolean;
      pid?: number;
    }
  /** A function of a BPF program that is loaded, by the id of the program. */
  | { kind: 'bpf_program'; id: number; function: string }
  /** Places that a program's developers made; libbpf finds them, and what the arguments are. */
  | { kind: 'usdt'; binary: string; provider: string; name: string; pid?: number }
  /** A clock: one CPU for interval, each CPU for profile. `period` in ns. */
  | { kind: 'clock'; period: number; everyCpu: boolean }
  /**
   * An event that is counted, on every CPU or in one process; `config`: PERF_COUNT_*. At every `period`-th, or
   * as often as makes `frequency` times a second.
   */
  | {
      kind: 'perf_event';
      type: 'software' | 'hardware';
      config: number;
      period?: number;
      frequency?: number;
      pid?: number;
    }
  /**
   * Each object of a kind, or of one process; the program has run for all once it is attached. `cgroups`: the kind is
   * cgroups, which need to know from where and in which order: all, parents first.
   */
  | { kind: 'iter'; pid?: number; cgroups?: true }
  /** Nowhere: other programs call it by bpf_tail_call(). `index`: where in their array, in the order of the source unless given. */
  | { kind: 'tail_call'; index?: number }
  /** Accesses to memory. `address`: hexadecimal; `mode`: letters of r, w, x. */
  | { kind: 'watchpoint'; address: string; length: number; mode: string; pid?: number }
  /** Run once by BPF_PROG_RUN, before everything attaches or after everything stops. */
  | { kind: 'begin' }
  | { kind: 'end' }
  /** Run by BPF_PROG_RUN when asked to, as often as asked to: a socket filter. */
  | { kind: 'trial'; of: TrialKind }
  /** Run once by BPF_PROG_RUN whenever this process gets a signal. */
  | { kind: 'signal'; signal: 'SIGUSR1' };

/** A test passes or fails, a bench takes its time. */
export type TrialKind = 'test' | 'bench';

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

/** What Linux says of a function of its own that cannot be traced. */
export interface FunctionFacts {
  /** Its symbols: the name itself, and copies and parts that the compiler made (`name.constprop.0`, `name.cold`). */
  symbols: string[];
  /** Linux forbids kprobes there. */
  blacklisted: boolean;
  /** Modules that are not loaded and whose names the function's begins with. */
  modules: string[];
}

/** A parameter of a function of a program, by its debug information. */
export interface FunctionParameter {
  name: string;
  /** As its source declares it: `const char*`. */
  declaration: string;
  /** Undefined where there is no such type here. */
  type?: DataType;
}

/**
 * Where the code of a source line is: offsets in the file, and addresses as the linker gave them. More than one where it
 * was inlined; or why there is none.
 */
export type SourceLineSites =
  | { sites: { offset: number; address: number }[] }
  | { wrong: 'no debug information' | 'no file' | 'no code' }
  | { wrong: 'several files'; files: string[] };

/** A place where a USDT probe fires; offsets count in the file. */
export interface UsdtSite {
  provider: string;
  name: string;
  /** Where each argument is, in the assembler's words. */
  arguments: string;
  offset: number;
  /** As the linker placed it. */
  address: number;
  /** 0 = it has none. */
  semaphore: number;
}

/**
 * Functions that a probe of several stands for. A USDT probe is one, however many places it has in the code; so is a
 * function, however many places it returns from.
 */
export function placesOf(probe: string, attach: AttachSpec): number {
  if (attach.kind === 'kprobe') return Math.max(attach.functions.length, 1);
  if (attach.kind === 'tail_call') return 0;
  // At return instructions the cookie is the distance from the function's start.
  if (attach.kind === 'uprobe' && attach.sites && !probe.startsWith('usdt:'))
    return new Set(attach.sites.map(({ offset, cookie }) => offset - cookie)).size;
  return 1;
}

export interface ProgramLayout {
  /** C function name. */
  symbol: string;
  /** What the user knows it by: `tracepoint:sched:sched_switch`, or the SEC() text. */
  probe: string;
  /** The probe at the return of the same functions, where the program is for both. */
  exit?: string;
  attach: AttachSpec;
  /** The run goes on without it when it cannot be attached, and says so or not. */
  optional?: 'warn' | 'ignore';
  span?: Span;
  /** Arguments of the probed function that a BPF C program reads. */
  takes?: TakenArgument[];
  /** A tracepoint's struct that the program defines itself, rather than taking Linux's. */
  context?: { name: string; fields: Field[] };
}

/** An argument as the program takes it; `index` counts from 0, `type` is C without qualifiers. */
export interface TakenArgument {
  index: number;
  type?: string;
  span: Span;
}

/** A program in an array of programs, by symbols. */
export interface TailCall {
  map: string;
  index: number;
  program: string;
  /** The object itself says so: libbpf puts it there. */
  declared?: true;
}

/** A variable of .rodata, .data or .bss. */
export interface GlobalLayout {
  name: string;
  section: string;
  offset: number;
  type: DataType;
  /** `const volatile` in .rodata: settable as a parameter before load. Others can be set while the program runs. */
  parameter: boolean;
  /** Its type as C writes it: `unsigned int`, `char[16]`. Absent where no user wrote it. */
  c?: string;
  /** Of a parameter: what it is for, other names for it, and the text of its value where it is not given. */
  about?: string;
  aliases?: string[];
  preset?: string;
  /** It holds a histogram as a map's value does; or it is an array of such values, each of them one. */
  histogram?: { slots: string; each?: true };
}

/**
 * What a program can lose: records that found a full ring, or no room in a perf buffer, hits that found their scratch memory in use, stacks of
 * Linux's and of the program, updates that a map did not take; and requests to end that found a full ring, which are
 * met all the same: their exit code stands for the errno.
 */
export type LostKind = 'record' | 'perf-record' | 'scratch' | 'kstack' | 'ustack' | 'update' | 'exit';

/** A per-CPU array whose elements are u64 count and u64 errno (the last one; 0 = none), each counting one thing. */
export interface LostLayout {
  /** Symbol of the array. */
  array: string;
  /** What its elements count; `map`: the user's name of the map. */
  counts: { kind: LostKind; map?: string }[];
}

/** Everything views and the loader need to know of a compiled cell. */
export interface CellLayout {
  programs: ProgramLayout[];
  maps: MapLayout[];
  records: RecordLayout[];
  globals: GlobalLayout[];
  /** Rings whose records start with a u32 id. */
  taggedRings: string[];
  /** The flag every program but END tests first: 1 = run. In a mapped .data section of its own. */
  onFlag?: { section: string; offset: number };
  /** C++ and Rust names are shown as the linker knows them. */
  mangled?: boolean;
  /** Stacks are shown without files and lines, and without what was inlined. */
  withoutLines?: boolean;
  /** Where the program names symbols of Linux's own, which are resolved as it is loaded. */
  symbols?: Record<string, Span>;
  /** Programs that others call; absent where none is. */
  tailCalls?: TailCall[];
  /** What the programs count of what they lose; absent where they lose nothing. */
  lost?: LostLayout;
}
