/** What table rows may ask of the generator, in terms of the program that is being written. */
import type { DataType, RecordAction } from '../../layout.ts';
import type { Expression, MapNode, Range, VariableNode } from '../nodes.ts';
import type { Config, ProbePoint } from '../symbols.ts';
import type { CompileOptions } from '../target.ts';
import type { AddressSpace, Type } from '../types.ts';

/** One field of a record: where its value comes from. */
export type RecordValue =
  | { name: string; expression: Expression }
  | { name: string; c: string; type: DataType }
  /** A string, or bytes, at most `size` of them, written by `into` as {@link Generator.into} does. */
  | { name: string; size: number; binary?: boolean; into(destination: string, size: number): string };

/** What is known of a run only when it starts: the workload's pid, when it began, who runs it, how many processors there are. */
export type RunFact = 'cpid' | 'started_at' | 'self_pid' | 'cpus';

export interface Generator {
  readonly probe: ProbePoint;
  readonly options: CompileOptions;
  readonly config: Config;
  /** One C statement. */
  emit(line: string): void;
  /** `head { … }` */
  block(head: string, body: () => void): void;
  /** A local name that is not used yet. */
  fresh(hint: string): string;
  /** Declares a local with a value and gives its name. */
  local(type: string, hint: string, value: string): string;
  /** A 64-bit C expression; for values in memory (strings, tuples …) a pointer to them. */
  value(expression: Expression): string;
  /** Copies a string to `destination`; gives its length, NUL included, at most `size`. */
  into(expression: Expression, destination: string, size: number): string;
  /** Copies bytes: those behind a pointer, or those of a value in memory. */
  copy(destination: string, size: number | string, expression: Expression): void;
  /** Reads a string from an address; gives its length, NUL included, at most `size`. */
  readString(
    space: AddressSpace,
    destination: string,
    size: number | string,
    address: string,
    at: Range,
  ): string;
  /** Says so when a helper failed: `code` is what it gave, negative then. */
  reportHelper(helper: string, code: string, at: Range): void;
  /** Text that is known while compiling. */
  text(expression: Expression): string | undefined;
  /** Defines a table of strings in read-only memory, `NAME_texts`, once. */
  constants(name: string, texts: readonly string[], width: number): void;
  /** Address of a symbol of Linux's own; loading fails when there is none. */
  address(symbol: string, at: Range): string;
  /** Declares a function of Linux's own. */
  linuxFunction(name: string, declaration: string, at: Range): void;
  /** A per-CPU variable of Linux's own, as what its helpers take. */
  perCpu(symbol: string, type: Type, at: Range): string;
  /** Bytes of scratch memory, good until the end of the statement; a pointer. */
  temporary(size: number): string;
  /** Sends a record of its own kind. */
  send(name: string, values: RecordValue[], action: RecordAction, at: Range): void;
  /** Symbol of a map, and what is needed to find a value in it. */
  mapSymbol(name: string): string;
  /** Looks an element up; a C condition that tells whether it was there, its value in the variable. */
  find(map: MapNode, key: Expression, out: VariableNode): string;
  /** Pointer to a map's key in memory. */
  key(map: MapNode, key?: Expression): string;
  /** Names a BTF type that the C needs. */
  needs(...types: string[]): void;
  /** Includes a header of ours that few programs need. */
  include(header: string): void;
  /** Leaves the program. */
  leave(): void;
  /** How a type looks in a layout. */
  dataType(type: Type): DataType;
  /** The program returns at once when the pointer at this offset of its context is null. */
  needObject(offset: number): void;
  /** C expressions of what stats() has in an element of a map. */
  stats(map: MapNode): { count: string; average: string; total: string };
  /** The probe's own frames are looked at, so it must be attached as it was asked for. */
  needOwnFrames(): void;
  /** A global that is set before load, and its name in C. */
  fact(name: RunFact): string;
}
