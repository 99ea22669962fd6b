/** What the checker knows of a program's variables, maps and probes. */
import type { Aggregation, AttachSpec } from '../layout.ts';
import type { BlockNode, Expression, Range } from './nodes.ts';
import type { ProbeRow } from './tables/rows.ts';
import type { ArgsField, Type } from './types.ts';

export interface VariableInfo {
  name: string;
  type: Type;
  /** Typed by `let $x: type`: its type stays. */
  typed: boolean;
  /** First assignment or declaration. */
  range: Range;
  assigned: boolean;
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
}

/** One attach point of one probe, resolved. */
export interface ProbePoint {
  row: ProbeRow;
  /** Full name, what the builtin `probe` gives: `tracepoint:sched:sched_switch`. */
  name: string;
  attach: AttachSpec;
  /** Arguments by name, for tracepoints. */
  args?: ArgsField[];
  /** For USDT probes: how the arguments lie at the places that share a cookie, by cookie. */
  usdt?: readonly string[];
  range: Range;
}

/** A probe's block, once for each attach point: types may differ between them. */
export interface ProbeInstance {
  point: ProbePoint;
  predicate?: Expression;
  body: BlockNode;
  /** All scratch variables, in order of appearance. */
  variables: VariableInfo[];
}

/** `fn name($a: type) : type { … }`, a function of the program's own. */
export interface FunctionInstance extends ProbeInstance {
  name: string;
  parameters: VariableInfo[];
  /** `void` for one that gives nothing back. */
  returns: Type;
}

/** A program that passed the checker, or as much of it as could be understood. */
export interface CheckedProgram {
  probes: ProbeInstance[];
  functions: FunctionInstance[];
  maps: Map<string, MapInfo>;
  config: Config;
  /** C definitions of the preamble, as written. */
  definitions: string[];
}

export interface Config {
  max_strlen: number;
  max_map_keys: number;
  max_cat_bytes: number;
  on_stack_limit: number;
  print_maps_on_exit: boolean;
  missing_probes: 'error' | 'warn' | 'ignore';
  license: string;
  /** Options that change how results are shown, as written. */
  others: Record<string, string>;
}
