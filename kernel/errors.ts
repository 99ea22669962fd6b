/**
 * Every error a user can see is a row of one table, which lies in files by subject: the phase it belongs to, a
 * stable code, a message and what to do about it. `{name}` in a text is filled from the arguments given to {@link problem}.
 */
import { CALL_ERRORS } from './errors/calls.ts';
import { COMMAND_LINE_ERRORS } from './errors/commandLine.ts';
import { CONFIG_ERRORS } from './errors/config.ts';
import { DEFINITION_ERRORS } from './errors/definitions.ts';
import { LOSS_ERRORS } from './errors/losses.ts';
import { MAP_ERRORS } from './errors/maps.ts';
import { PROBE_ERRORS } from './errors/probes.ts';
import type { ErrorRow, Phase, Severity } from './errors/row.ts';
import { RUN_ERRORS } from './errors/run.ts';
import { SOURCE_ERRORS } from './errors/source.ts';
import { VALUE_ERRORS } from './errors/values.ts';

export { PHASES, type Phase, type Severity } from './errors/row.ts';

/** A place in the cell's source, 0-based line and UTF-16 column, end exclusive. */
export interface Span {
  start: { line: number; column: number };
  end: { line: number; column: number };
  /** The imported file that it is in; missing for the cell itself. */
  file?: string;
}

/** A change of the cell's text that mends what a diagnostic tells of. */
export interface Fix {
  /** What it does, as a button says it. */
  title: string;
  edits: { span: Span; text: string }[];
  /** What does as well in a notebook: a header cell of this name. */
  header?: { name: string; text: string };
}

/** One thing to tell the user. Plain data: it crosses process boundaries as JSON. */
export interface Diagnostic {
  phase: Phase;
  /** Row of {@link ERRORS}, e.g. `no-matches`. */
  code: ErrorCode;
  severity: Severity;
  /** One sentence: what is wrong. */
  message: string;
  /** One sentence: what to do. */
  remedy?: string;
  span?: Span;
  /** Where it is in the header that `span` includes. */
  inHeader?: Span & { file: string };
  fix?: Fix;
  /** Other places that have to do with it. */
  related?: { message: string; span: Span }[];
  /** What was known there, a sentence each: the verifier's registers. */
  facts?: string[];
  /** Program, map and errno name where they are known. */
  program?: string;
  map?: string;
  errno?: string;
  /** The whole log behind the one sentence (clang's, the verifier's), shown on request. */
  log?: string;
}

export const ERRORS = {
  ...COMMAND_LINE_ERRORS,
  ...SOURCE_ERRORS,
  ...CONFIG_ERRORS,
  ...PROBE_ERRORS,
  ...VALUE_ERRORS,
  ...CALL_ERRORS,
  ...MAP_ERRORS,
  ...DEFINITION_ERRORS,
  ...RUN_ERRORS,
  ...LOSS_ERRORS,
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
