/** What a compilation is told from outside. Everything is synchronous and may be unknown. */
import type { DataType } from '../layout.ts';
import type { SharedMap } from './symbols.ts';

/** What the checker asks of the target; undefined = not known. */
export interface LanguageTarget {
  arch: 'x64' | 'arm64';
  cpus: number;
  /** tracefs `format` text. */
  tracepointFormat(category: string, event: string): string | undefined;
  /** Tracepoints are not all known, as for a user who may not read tracefs: one that is not may exist. */
  partial?: boolean;
  /** All tracepoints as `category:event`. */
  tracepoints(): string[];
  /** BTF type by name, structs, unions, enums and typedefs; pointees are asked for again by name. */
  type(name: string): DataType | undefined;
}

export interface CompileOptions {
  target: LanguageTarget;
  /** `-p`: trace only this process. */
  pid?: number;
  /** `$1` … */
  positional?: string[];
  /** What stands behind `--` as `--name=value`; a bare `--name` is ''. */
  named?: Record<string, string>;
  /** `-c`: the global `cpid` is set before load. */
  hasChild?: boolean;
  /** Options that win over the program's own config block, by name. */
  config?: Readonly<Record<string, string>>;
  /**
   * Maps of the notebook's other cells, by name: one that this program gives no value is used as it is there.
   * Undefined for a program by itself.
   */
  maps?: ReadonlyMap<string, SharedMap>;
  /** Functions that change the traced system and are allowed to: by name, or all of them. */
  unsafe?: 'all' | readonly string[];
}
