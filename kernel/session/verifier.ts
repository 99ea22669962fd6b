/** What the verifier refused, as a diagnostic at the cell's line. Pure. */
import { Elf } from '../btf/elf.ts';
import { programLines } from '../btf/lines.ts';
import { type Diagnostic, type ProblemDetails, problem, type Span } from '../errors.ts';
import type { CellLanguage } from '../protocol.ts';
import { diagnoseVerifier, parseVerifierLog, type Source } from '../verifier/index.ts';

interface Cell {
  /** What the log calls the cell's own text. */
  file: string;
  source: string;
  language: CellLanguage;
  /** What it became. */
  elf?: Uint8Array | undefined;
}

/** `details` has the log, and where the program begins, for verdicts that are about all of it. */
export function explainRefusal(
  program: string,
  { file, source, language, elf }: Cell,
  details: ProblemDetails,
): Diagnostic {
  const placeOf = elf && details.program ? placesIn(elf, details.program) : undefined;
  const translated = language === 'bpftrace';
  const about = { file, text: source, translated, ...(placeOf ? { placeOf } : {}) };
  const found = diagnoseVerifier(parseVerifierLog(details.log ?? ''), about);
  const { sentence, verdict, remedy, place, origin, state } = found;
  const reason = sentence === verdict ? verdict : `${sentence} (${verdict})`;
  const lines = source.split('\n');
  const spanOf = (line: number | undefined) => (line === undefined ? undefined : lineSpan(lines, line));
  const from = spanOf(origin?.place.file === file ? origin.place.line : undefined);
  return {
    ...problem(
      'verifier-refused',
      { program, reason, remedy },
      { ...details, span: spanOf(place?.line) ?? details.span },
    ),
    ...(state.length > 0 ? { facts: state.map(({ name, words }) => `${name}: ${words}`) } : {}),
    ...(origin && from ? { related: [{ message: origin.message, span: from }] } : {}),
    // A change of generated C would be none of the cell's text.
    ...(found.fix && !translated ? { fix: found.fix } : {}),
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
