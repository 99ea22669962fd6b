/** What the verifier refused, as a diagnostic at the cell's line. Pure. */
import { Elf } from '../btf/elf.ts';
import { programLines } from '../btf/lines.ts';
import { type Diagnostic, type ProblemDetails, problem, type Span } from '../errors.ts';
import type { CellLanguage } from '../protocol.ts';
import { type Diagnosis, diagnoseVerifier, parseVerifierLog, type Source } from '../verifier/index.ts';

interface Cell {
  /** What the log calls the cell's own text; missing for an object without one. */
  file?: string;
  source: string;
  language: CellLanguage;
  /** What it became. */
  elf?: Uint8Array | undefined;
}

/** Why a program was refused, from its log, with the places in its source. */
export function diagnosisOf(
  { program, log = '' }: Pick<ProblemDetails, 'program' | 'log'>,
  { file, source, language, elf }: Cell,
): Diagnosis {
  const placeOf = elf && program ? placesIn(elf, program) : undefined;
  // An object's own file is the one that its program begins in.
  const own = file ?? placeOf?.(0)?.file;
  return diagnoseVerifier(parseVerifierLog(log), {
    translated: language === 'bpftrace',
    ...(own ? { file: own } : {}),
    ...(source ? { text: source } : {}),
    ...(placeOf ? { placeOf } : {}),
  });
}

/** `details` has the log, and where the program begins, for verdicts that are about all of it. */
export function explainRefusal(program: string, cell: Cell, details: ProblemDetails): Diagnostic {
  const { file, source, language } = cell;
  const found = diagnosisOf(details, cell);
  const { sentence, verdict, remedy, place, origin, state } = found;
  const reason = sentence === verdict ? verdict : `${sentence} (${verdict})`;
  const lines = source.split('\n');
  const spanOf = (line: number | undefined) => (line === undefined ? undefined : lineSpan(lines, line));
  const from = origin?.place.file === file ? spanOf(origin?.place.line) : undefined;
  return {
    ...problem(
      'verifier-refused',
      { program, reason, remedy },
      { ...details, span: spanOf(place?.line) ?? details.span },
    ),
    ...(state.length > 0 ? { facts: state.map(({ name, words }) => `${name}: ${words}`) } : {}),
    ...(origin && from ? { related: [{ message: origin.message, span: from }] } : {}),
    // A change of generated C would be none of the cell's text.
    ...(found.fix && language === 'bpf-c' ? { fix: found.fix } : {}),
  };
}

/** Damaged debug information tells no lines; what was refused is told all the same. */
function placesIn(elf: Uint8Array, program: string): Source['placeOf'] {
  try {
    return programLines(new Elf(elf), program);
  } catch {
    return undefined;
  }
}

/** The line without its indentation and what is said of it in a comment. */
function lineSpan(lines: string[], line: number): Span {
  const text = lines[line] ?? '';
  const code = text.replace(/\s*\/\/.*$/, '').trimEnd() || text;
  const column = code.length - code.trimStart().length;
  return { start: { line, column }, end: { line, column: Math.max(column, code.length) } };
}
