/** What a compilation is told from outside. Everything is synchronous and may be unknown. */
import type {
  DataType,
  FunctionFacts,
  FunctionParameter,
  SourceLineSites,
  UsdtSite,
  UserSymbol,
} from '../layout.ts';
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
  /** Type of a variable of Linux's own. */
  variable?(name: string): DataType | undefined;
  /** Is there a function of Linux's own that programs may call, and from those of this kind? */
  kernelFunction?(name: string, programType?: string): boolean | undefined;
  /** What a function of Linux's own takes and gives; undefined = Linux does not describe it. */
  functionType?(name: string): FunctionType | undefined;
  /** Functions that can be probed, each with the modules that have one of the name (`vmlinux` is Linux itself). */
  functions?(): ReadonlyMap<string, readonly string[]> | undefined;
  /** What Linux says of a function that is not among them. */
  functionFacts?(name: string): FunctionFacts | undefined;
  /** The BPF programs that are loaded, each with its functions. */
  bpfPrograms?(): { id: number; functions: string[] }[] | undefined;
  /** Why programs cannot be attached in a way; undefined = they can. */
  obstacle?(
    way: 'kprobe' | 'kprobe_multi' | 'kprobe_session' | 'uprobe_multi' | 'fentry' | 'tracepoint',
  ): string | undefined;
  /** Id of a cgroup (version 2) by its path. */
  cgroup?(path: string): bigint | undefined;
  /**
   * The programs and libraries that a path or name with wildcards means, `*` being all that run; with `pid`, as that
   * process sees them. Undefined = not known.
   */
  binaries?(name: string, pid?: number): string[] | undefined;
  /**
   * Functions and variables of a program or library, by path or name: the one of this name, else those that a glob
   * matches; with `cpp`, by their demangled names without parameters. `go`: it is written in Go. Undefined = it cannot
   * be read.
   */
  userSymbols?(
    binary: string,
    pattern: string,
    cpp: boolean,
  ): { path: string; symbols: UserSymbol[]; go?: boolean } | undefined;
  /**
   * Where a function of a program returns: distances of its return instructions from its start, by its place in the
   * file; none where its code cannot be read.
   */
  functionReturns?(path: string, offset: number, size: number): number[] | undefined;
  /** Parameters of a function of a program, by where the linker placed it; undefined = its file does not tell. */
  parameters?(path: string, address: number): FunctionParameter[] | undefined;
  /** A type that a program's debug information defines under this name. */
  sourceType?(path: string, name: string): DataType | undefined;
  /** Where a line of a program's source has its code, with `column` 0 in any; undefined = not known. */
  sourceLine?(path: string, file: string, line: number, column: number): SourceLineSites | undefined;
  /** Where a function of a program is defined that was inlined wherever it is called; undefined = not known. */
  inlined?(path: string, name: string): { file: string; line: number } | undefined;
  /** The USDT probes of a program or library by path or name, and its path; undefined = it cannot be read. */
  usdt?(binary: string): { path: string; sites: UsdtSite[] } | undefined;
  /** The enumeration of Linux's own that has a constant of this name. */
  enumeration?(constant: string): DataType | undefined;
  /** BTF type by name, structs, unions, enums and typedefs; pointees are asked for again by name. */
  type(name: string): DataType | undefined;
}

export interface FunctionType {
  params: { name: string; type: DataType }[];
  /** Undefined when it gives nothing. */
  returns?: DataType;
}

/** A pid namespace as /proc/PID/ns/pid names it. */
export interface PidNamespace {
  device: number;
  inode: number;
}

/** One file of an import. */
export interface ImportedFile {
  /** As messages name it. */
  name: string;
  /** The same for the same file however it is written, and what its own imports are seen from. */
  path: string;
  text: string;
}

/**
 * The files that `import "path"` means, seen from a file (from the program itself when missing); or the reason why
 * it means none, and what to do.
 */
export type Importer = (path: string, from?: string) => ImportedFile[] | { reason: string; remedy: string };

/** A definition or a `#define` of the preamble, as C. */
export interface PreambleText {
  text: string;
  /** Its line in the program, from 0; absent for what a header brought. */
  line?: number;
}

export interface CompileOptions {
  /** The preamble as the preprocessor left it; without, what is unknown may be a header's. */
  preamble?: readonly PreambleText[];
  /** Without it nothing is imported, and what an import may bring is taken for sound. */
  importer?: Importer;
  target: LanguageTarget;
  /** Where the user's pids count; undefined = in the initial namespace. */
  pidNamespace?: PidNamespace;
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
  /** Reads of memory that fail are told, besides what always is. */
  warnReads?: boolean;
  /** Tell, too, what is left out on purpose. */
  details?: boolean;
  /**
   * For several machines and several runs: the number of processors and the values of options are asked for as the
   * program is loaded, not compiled into it.
   */
  portable?: boolean;
  /** But the values of options are compiled into it. */
  fixedOptions?: boolean;
  /** Functions that change the traced system and are allowed to: by name, or all of them. */
  unsafe?: 'all' | readonly string[];
}

/** What the command line gave for $1 and the like, or nothing. */
export const parameterText = ({ positional }: CompileOptions, { index }: { index: number }): string =>
  positional?.[index - 1] ?? '';
