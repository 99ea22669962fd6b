/** What the checker knows of a program's variables, maps and probes. */
import type { Aggregation, AttachSpec, MapLayout } from '../layout.ts';
import type { BlockNode, Expression, Range } from './nodes.ts';
import type { ProbeRow } from './tables/rows.ts';
import type { ImportedFile } from './target.ts';
import type { ArgsField, Type } from './types.ts';

/** What made a variable, and where that is. */
export interface Origin {
  as: 'declaration' | 'assignment' | 'parameter' | 'loop';
  at: Range;
}

export interface VariableInfo {
  name: string;
  type: Type;
  /** Typed by `let $x: type`: its type stays. */
  typed: boolean;
  /** The name where it first stands. */
  range: Range;
  origin: Origin;
  assigned: boolean;
  /** Where it was read before, which is told once. */
  readEarly?: Range | undefined;
  /** It may hold the address of a variable or a map. */
  ownAddress?: boolean;
}

export interface MapInfo {
  /** As written: `@latency`. */
  name: string;
  /** Undefined until the map is used; `void` for a scalar map. */
  key: Type | undefined;
  value: Type;
  aggregation?: Aggregation;
  /** First assignment, or first use. */
  range: Range;
  written: boolean;
  /** `let @m = lruhash(10);` */
  declared?: { kind: string; entries: number };
  /** Another cell's map, taken as it is: its types are fixed. */
  borrowed?: SharedMap;
}

/** What a program must know of another's map to use it. Plain data. */
export interface SharedMap {
  /** `void` for a scalar map. */
  key: Type;
  value: Type;
  aggregation?: Aggregation;
  declared?: { kind: string; entries: number };
  /** Names of the key's parts. */
  keyNames?: string[];
  maxEntries: number;
  /** A map of BPF C, by its definition there. */
  c?: MapLayout;
  /** Why a bpftrace program cannot use it. */
  unfit?: string;
}

/**
 * How programs are attached to functions of Linux's own: one by one, many at once, at entry and return at once, or by
 * patching their entries.
 */
export type FunctionWay = 'kprobe' | 'kprobe.multi' | 'kprobe.session' | 'fentry';

/** One attach point of one probe, resolved. */
export interface ProbePoint {
  row: ProbeRow;
  /** Full name, what the builtin `probe` gives: `tracepoint:sched:sched_switch`. */
  name: string;
  attach: AttachSpec;
  /** What the program calls it, `called=begin`: the builtin `probe` gives this in place of its name. */
  called?: string;
  /** Arguments by name, for tracepoints. */
  args?: ArgsField[];
  /** For functions of Linux's own: the way that programs reach them. */
  way?: FunctionWay;
  /** For fexit: what the function returns. */
  returns?: Type;
  /** For a user probe: the file of its program or library. */
  binary?: string;
  /** For a user probe at one place: where the linker put it, an address. */
  place?: number;
  /** At the entries or returns of functions that are written in Go. */
  go?: boolean;
  /** For a uretprobe: it is at the return instructions; the cookie is how far one is from its function's start. */
  returnInstructions?: boolean;
  /** For USDT probes: how the arguments lie at the places that share a cookie, by cookie. */
  usdt?: readonly string[];
  range: Range;
}

/** A probe's block, once for each attach point: types may differ between them. */
export interface ProbeInstance {
  point: ProbePoint;
  predicate?: Expression;
  body: BlockNode;
  /** The probe at the return of the same functions that shares its program. */
  exit?: ProbeInstance;
  /** All scratch variables, in order of appearance. */
  variables: VariableInfo[];
}

/** What an expression can call and is no row of a table. */
export interface Callable {
  name: string;
  /** Its name in C. */
  symbol: string;
  /** `c`: the type as the C source writes it, for a function of one. */
  parameters: { name: string; type: Type; c?: string }[];
  /** `void` for one that gives nothing back. */
  returns: Type;
}

/** `fn name($a: type) : type { … }`, a function of the program's own. */
export interface FunctionInstance extends ProbeInstance, Callable {
  parameters: VariableInfo[];
}

/** A program that passed the checker, or as much of it as could be understood. */
export interface CheckedProgram {
  probes: ProbeInstance[];
  functions: FunctionInstance[];
  maps: Map<string, MapInfo>;
  config: Config;
  /** Imported C sources. */
  sources: ImportedFile[];
}

type Gate = 'warn' | 'error' | 'enable';

/** Options, each a row of tables/config.ts. */
export interface Config {
  max_strlen: number;
  max_map_keys: number;
  max_cat_bytes: number;
  on_stack_limit: number;
  max_probes: number;
  max_bpf_progs: number;
  log_size: number;
  perf_rb_pages: number;
  print_maps_on_exit: boolean;
  missing_probes: 'error' | 'warn' | 'ignore';
  license: string;
  str_trunc_trailer: string;
  cache_user_symbols: 'PER_PID' | 'PER_PROGRAM' | 'NONE';
  cpp_demangle: boolean;
  lazy_symbolication: boolean;
  show_debug_info: boolean;
  use_blazesym: boolean;
  stack_mode: 'bpftrace' | 'perf' | 'raw' | 'build_id';
  go_uretprobe: 'instructions' | 'trampoline' | 'error';
  dummy_ts_map: string;
  unstable_tseries: Gate;
  unstable_dw_ustack: Gate;
  unstable_typeinfo: Gate;
  unstable_import_statement: Gate;
}
