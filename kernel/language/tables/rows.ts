/**
 * What a row of the language's tables says. Completion, hover, the checker, the generator, docs/language.md
 * and the tests all read the same rows.
 */
import type { CheckContext } from '../checker/context.ts';
import type { Generator } from '../generator/api.ts';
import type { CallNode, Expression, Range } from '../nodes.ts';
import type { Config, MapInfo, ProbePoint } from '../symbols.ts';
import type { AddressSpace, AggregationName, Type } from '../types.ts';

export interface Documented {
  name: string;
  /** How it is written: `str(pointer[, length])`. */
  signature: string;
  /** One or two sentences. */
  docs: string;
  /** First version of bpftrace that has it; `17` stands for 0.17 and older. */
  since: string;
  /** A whole program that shows it and ends by itself. */
  example: string;
}

export type ProbeName =
  | 'begin'
  | 'end'
  | 'tracepoint'
  | 'rawtracepoint'
  | 'kprobe'
  | 'kretprobe'
  | 'fentry'
  | 'fexit'
  | 'uprobe'
  | 'uretprobe'
  | 'interval'
  | 'profile'
  | 'usdt'
  | 'software'
  | 'hardware'
  | 'watchpoint'
  | 'iter'
  | 'self'
  | 'test'
  | 'bench';

export interface ProbeRow extends Documented {
  name: ProbeName;
  short?: string;
  /** What it was called before. */
  older?: string;
  /** Number of `:`-separated parts behind the provider. */
  parts: [least: number, most: number];
  /** ELF section of its programs. */
  section(point: ProbePoint): string;
  /** C type of the context. */
  context(point: ProbePoint): string;
  /** Where a bare integer points when it is used as an address. */
  space: AddressSpace;
  /** The program can be preempted by itself on the same CPU. */
  preemptible?: boolean;
}

export interface BuiltinRow extends Documented {
  /** Says what is odd about this use. */
  check?(context: CheckContext, at: Range): void;
  /** Tells of the probe, which functions of the program's own do not know. */
  ofProbe?: boolean;
  /** What stands for it, a constant of the program. */
  expand?(context: CheckContext, at: Range): Expression;
  type(context: CheckContext): Type;
  /** Probes it is limited to. */
  probes?: ProbeName[];
  /** How it is refused elsewhere, where scripts look for certain words; `{here}` is the probe, `{name}` the builtin. */
  refused?: string | ((here: ProbeName) => string);
  /** What to use instead, by probe. */
  instead?: Partial<Record<ProbeName, string>>;
  /** A 64-bit C expression. */
  lower?(g: Generator): string;
  /** For strings: stores and gives the length, NUL included. */
  into?(g: Generator, destination: string, size: number): string;
}

export interface FunctionRow extends Documented {
  /** Least and most arguments. */
  arguments: [least: number, most: number];
  probes?: ProbeName[];
  /** As a builtin's. */
  refused?: BuiltinRow['refused'];
  instead?: Partial<Record<ProbeName, string>>;
  /** Called with all arguments checked; answers the type of the result. */
  type(call: CallNode, context: CheckContext): Type;
  lower?(call: CallNode, g: Generator): string;
  into?(call: CallNode, g: Generator, destination: string, size: number): string;
  /** As `lower`, where nobody looks at the result. */
  statement?(call: CallNode, g: Generator): void;
  /** For other values in memory: copies them to a pointer. */
  store?(call: CallNode, g: Generator, destination: string): void;
  /** Bare words that an argument may be. */
  words?: readonly string[];
  /** Any bare word is taken as one: `type` says which are wrong. */
  freeWords?: boolean;
  /** Looks at what the probe interrupted, which functions of the program's own do not know. */
  ofProbe?: boolean;
  /** Arguments that are a map by itself, not its value. */
  mapArgument?: boolean;
  /** The answer, where it is known while compiling. */
  constant?(call: CallNode): bigint | boolean | string | undefined;
  /** Stands alone as a statement: the result may be dropped. */
  effect?: boolean;
  /** Must be allowed, because it starts a command or because it changes what it traces. */
  unsafe?: 'command' | 'action';
}

/** `@m = f(…)` */
export interface MapFunctionRow extends Documented {
  name: AggregationName;
  arguments: [least: number, most: number];
  /** Called with all arguments checked. Answers the parameters that the map's layout keeps. */
  aggregation(call: CallNode, context: CheckContext): MapInfo['aggregation'] | undefined;
  /** Updates the value at a pointer (never NULL); `value` is the first argument. */
  update?(g: Generator, pointer: string, value: string, signed: boolean): void;
}

export interface ConfigRow extends Documented {
  /** What it is unless given. */
  value: string | number | boolean;
  /** Sets the option; answers what is wrong with the value. */
  set(config: Config, value: string): string | undefined;
}
