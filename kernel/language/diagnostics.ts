/** Collects diagnostics while a program is compiled; turns offsets into lines and columns. */
import { type Diagnostic, type ErrorCode, problem, type Severity, type Span } from '../errors.ts';
import { type Change, fixOf } from './fixes.ts';
import type { Range } from './nodes.ts';

export class Source {
  readonly #lines: number[] = [0];

  constructor(readonly text: string) {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#lines.push(at + 1);
  }

  /** 0-based line and UTF-16 column of an offset. */
  position(offset: number): { line: number; column: number } {
    let low = 0;
    let high = this.#lines.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#lines[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low, column: offset - this.#lines[low]! };
  }

  span(range: Range): Span {
    return { start: this.position(range.start), end: this.position(range.end) };
  }

  slice(range: Range): string {
    return this.text.slice(range.start, range.end);
  }
}

export class Reporter {
  readonly diagnostics: Diagnostic[] = [];
  readonly #seen = new Set<string>();
  /** The first thing wrong is that the text ends too early: more of it may mend that. */
  unfinished = false;

  constructor(readonly source: Source) {}

  /** The end of the text cut off what is reported next. */
  cutOff(): void {
    if (!this.failed) this.unfinished = true;
  }

  /** A probe with several attach points is checked once for each, so equal diagnostics are told once. */
  report(
    code: ErrorCode,
    values: Record<string, string | number>,
    at: Range,
    severity?: Severity,
    change?: Change,
  ): void {
    const { source } = this;
    const made = problem(code, values, { span: source.span(at), ...(severity ? { severity } : {}) });
    const fix = change ?? fixOf(code, made.remedy ?? '', source.text, at);
    if (fix)
      made.fix = {
        ...fix,
        edits: fix.edits.map(({ text, ...range }) => ({ span: source.span(range), text })),
      };
    const key = `${at.start}:${at.end}:${made.message}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.diagnostics.push(made);
  }

  get failed(): boolean {
    return this.diagnostics.some(d => d.severity === 'error');
  }
}
