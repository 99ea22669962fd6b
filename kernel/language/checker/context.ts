/** What table rows may ask of the checker. */
import type { ErrorCode, Severity } from '../../errors.ts';
import type { Expression, Range } from '../nodes.ts';
import type { Config, ProbePoint } from '../symbols.ts';
import type { CompileOptions } from '../target.ts';
import type { StructType, Type } from '../types.ts';

export interface CheckContext {
  readonly probe: ProbePoint;
  readonly options: CompileOptions;
  readonly config: Config;
  report(code: ErrorCode, values: Record<string, string | number>, at: Range, severity?: Severity): void;
  /** The constant an expression stands for, if it is one. */
  integer(expression: Expression): bigint | undefined;
  /** A constant condition leaves out what is being checked. */
  readonly dead: boolean;
  text(expression: Expression): string | undefined;
  /** A struct by its name (`struct task_struct`), own or from BTF. */
  struct(name: string, space: StructType['space']): StructType | undefined;
  /** The type of a variable of Linux's own. */
  linuxVariable(name: string): Type | undefined;
  typeOf(expression: Expression): Type;
  /** Finds the type of an expression that took the place of another. */
  check(expression: Expression): Type;
}
