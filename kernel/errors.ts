/**
 * Every error a user can see is a row of one table: the phase it belongs to, a stable code, a message
 * and what to do about it. `{name}` in a text is filled from the arguments given to {@link problem}.
 */

/** The phases of a cell's life, in order. The same names stand in code, protocol, errors and on screen. */
export const PHASES = [
  'parse',
  'check',
  'generate',
  'compile',
  'open',
  'load',
  'attach',
  'stream',
  'finish',
] as const;
export type Phase = (typeof PHASES)[number];

/** A place in the cell's source, 0-based line and UTF-16 column, end exclusive. */
export interface Span {
  start: { line: number; column: number };
  end: { line: number; column: number };
}

export type Severity = 'error' | 'warning' | 'hint';

/** One thing to tell the user. Plain data: it crosses process boundaries as JSON. */
export interface Diagnostic {
  phase: Phase;
  /** Row of {@link ERRORS}, e.g. `unknown-probe`. */
  code: ErrorCode;
  severity: Severity;
  /** One sentence: what is wrong. */
  message: string;
  /** One sentence: what to do. */
  remedy?: string;
  span?: Span;
  /** Program, map and errno name where they are known. */
  program?: string;
  map?: string;
  errno?: string;
  /** The whole log behind the one sentence (clang's, the verifier's), shown on request. */
  log?: string;
}

interface ErrorRow {
  phase: Phase;
  severity?: Severity;
  message: string;
  remedy?: string;
}

export const ERRORS = {
  // parse
  'syntax-error': { phase: 'parse', message: '{message}', remedy: '{remedy}' },
  // check
  'unknown-probe': { phase: 'check', message: 'no such probe: {probe}', remedy: '{remedy}' },
  'unknown-field': { phase: 'check', message: '{owner} has no field {field}', remedy: '{remedy}' },
  'unknown-option': { phase: 'parse', severity: 'warning', message: 'unknown cell option: {option}', remedy: 'Known options: {known}.' },
  // compile
  'no-clang': { phase: 'compile', message: 'clang was not found', remedy: 'Install it: {command}' },
  'clang-error': { phase: 'compile', message: '{message}', remedy: '{remedy}' },
  'not-a-program': { phase: 'compile', severity: 'warning', message: 'function {name} has no SEC(), so it is not a program and never runs', remedy: 'Put SEC("tp/…"), SEC("uprobe/…") or another attach point before it, or make it static.' },
  'no-license': { phase: 'compile', severity: 'warning', message: 'the program states no license, so Linux refuses it many helpers', remedy: 'Add: char LICENSE[] SEC("license") = "GPL";' },
  'record-untyped': { phase: 'compile', severity: 'warning', message: 'the type of the records in ring buffer {ring} is not known', remedy: 'Submit or output a pointer of the record\'s struct type instead of void *.' },
  'records-alike': { phase: 'compile', severity: 'warning', message: 'records {first} and {second} of ring buffer {ring} have the same size ({size} bytes) and are both shown as {first}', remedy: 'Give each its own ring buffer, or make their sizes differ.' },
  'unknown-parameter': { phase: 'compile', message: 'there is no parameter {name}', remedy: '{remedy}' },
  'bad-parameter': { phase: 'compile', message: 'parameter {name} cannot be "{value}": {reason}' },
  // open, load, attach
  'not-an-object': { phase: 'open', message: 'this is not a BPF object file: {reason}', remedy: 'Give an ELF object made by clang with -target bpf.' },
  'verifier-refused': { phase: 'load', message: 'the verifier refused program {program}: {reason}', remedy: '{remedy}' },
  'load-failed': { phase: 'load', message: 'program {program} could not be loaded: {reason}', remedy: '{remedy}' },
  'attach-failed': { phase: 'attach', message: '{program} could not be attached to {target}: {reason}', remedy: '{remedy}' },
  'no-privilege': { phase: 'open', message: 'loading BPF programs needs root: {reason}', remedy: '{remedy}' },
  'workload-failed': { phase: 'open', message: 'the workload {program} could not be started: {reason}', remedy: 'Check the command and the folder that it starts in.' },
  'bad-parameter': { phase: 'open', message: '{message}', remedy: '{remedy}' },
  'loader-died': { phase: 'stream', message: 'the loader ended unexpectedly ({reason}); its probes are detached', remedy: 'Run the cell again, or restart the kernel.' },
  'kernel-died': { phase: 'stream', message: 'the notebook kernel ended unexpectedly ({reason}); its probes are detached', remedy: 'Restart the kernel and run the cell again.' },
  internal: { phase: 'stream', message: 'internal error: {message}', remedy: 'Please report this with the notebook that caused it.' },
} as const satisfies Record<string, ErrorRow>;
export type ErrorCode = keyof typeof ERRORS;

/** Where and about what a problem is; `phase` and `severity` override the table's row. */
export interface ProblemDetails {
  span?: Span | undefined;
  phase?: Phase;
  severity?: Severity;
  program?: string;
  map?: string;
  errno?: string;
  log?: string;
}

/** Makes a {@link Diagnostic} from a row of {@link ERRORS}; an empty remedy is left out. */
export function problem(
  code: ErrorCode,
  values: Record<string, string | number> = {},
  details: ProblemDetails = {},
): Diagnostic {
  const row: ErrorRow = ERRORS[code];
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
  const remedy = row.remedy && fill(row.remedy).trim();
  const { span, phase, severity, ...rest } = details;
  return {
    phase: phase ?? row.phase,
    code,
    severity: severity ?? row.severity ?? 'error',
    message: fill(row.message),
    ...(remedy ? { remedy } : {}),
    ...(span ? { span } : {}),
    ...rest,
  };
}

/** Thrown where a function cannot go on; carries the diagnostics, never a bare string. */
export class CellError extends Error {
  constructor(readonly diagnostics: Diagnostic[]) {
    super(diagnostics[0]?.message ?? 'cell failed');
    this.name = 'CellError';
  }
}
