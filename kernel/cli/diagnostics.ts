/** Diagnostics for a terminal: place, message, the source line with its part underlined, what to do. Pure. */
import type { Diagnostic, Severity } from '../errors.ts';

const WORDS: Record<Severity, string> = { error: 'ERROR', warning: 'WARNING', hint: 'HINT' };

const RESET = '\x1b[0m';
const COLORS: Partial<Record<Severity, string>> = { error: '\x1b[31m', warning: '\x1b[33m' };

export interface DiagnosticText {
  /** What the source is called. */
  file?: string;
  source?: string;
  /** The whole log behind each message. */
  verbose?: boolean;
  /** Say in which phase of a cell's life it happened; without, it happened in none. */
  phases?: boolean;
  /** For terminals. */
  colors?: boolean;
}

export function diagnosticText(
  diagnostic: Diagnostic,
  { file, source = '', verbose = false, phases = true, colors = false }: DiagnosticText,
): string {
  const { span, severity, message, phase, remedy, log, facts = [], related = [] } = diagnostic;
  const color = colors && COLORS[severity];
  const lines: string[] = [];
  for (const part of [{ message, span }, ...related]) {
    const where = part.span ? `${part.span.file ?? file}:${place(part.span)}: ` : '';
    const first = `${where}${WORDS[severity]}: ${part.message}`;
    lines.push(color ? color + first + RESET : first);
    if (part.span && part.span.file === undefined) lines.push(...underlined(source, part.span));
  }
  lines.push(...facts.map(fact => `  ${fact}`));
  if (remedy) lines.push(`HINT: ${remedy}`);
  if (phases) lines.push(`PHASE: ${phase}`);
  if (log && verbose) lines.push(log.trimEnd());
  else if (log) lines.push(`The whole log has ${log.trimEnd().split('\n').length} lines; -v shows it.`);
  return `${lines.join('\n')}\n`;
}

type Span = NonNullable<Diagnostic['span']>;

function place({ start, end }: Span): string {
  const from = `${start.line + 1}:${start.column + 1}`;
  return end.line === start.line ? `${from}-${end.column + 1}` : `${from}-${end.line + 1}:${end.column + 1}`;
}

/** Tabs stay tabs in the underline's indentation, so that it stands below what it means. */
function underlined(source: string, { start, end }: Span): string[] {
  const line = source.split('\n')[start.line];
  if (line === undefined) return [];
  const stop = end.line === start.line ? Math.min(end.column, line.length) : line.length;
  const indent = line.slice(0, start.column).replace(/[^\t]/g, ' ');
  return [line, indent + '~'.repeat(Math.max(1, stop - start.column))];
}
