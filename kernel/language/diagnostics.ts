/** Collects diagnostics while a program is compiled; turns offsets into lines and columns. */
import { type Diagnostic, type ErrorCode, problem, type Severity, type Span } from '../errors.ts';
import { type Change, fixOf } from './fixes.ts';
import type { Range } from './nodes.ts';

/** A stretch of a source: the program itself, or a file that it imports. */
interface Part {
  /** Offset and line where it starts. */
  start: number;
  line: number;
  file?: string;
}

/** A program's text, with that of its imports behind it: one row of offsets for all. */
export class Source {
  readonly #lines: number[] = [0];
  readonly #parts: Part[];
  #text: string;

  constructor(text: string, file?: string) {
    this.#text = text;
    this.#parts = [{ start: 0, line: 0, ...(file === undefined ? {} : { file }) }];
    this.#countLines(0);
  }

  get text(): string {
    return this.#text;
  }

  /** Adds a file's text; answers the offset where it starts. */
  add(text: string, file: string): number {
    const start = this.#text.length + 1;
    this.#text += `\n${text}`;
    this.#countLines(start - 1);
    this.#parts.push({ start, line: this.#lines.findLastIndex(at => at <= start), file });
    return start;
  }

  #countLines(from: number): void {
    const { text } = this;
    for (let at = text.indexOf('\n', from); at >= 0; at = text.indexOf('\n', at + 1))
      this.#lines.push(at + 1);
  }

  #part(offset: number): Part {
    return this.#parts.findLast(({ start }) => start <= offset)!;
  }

  /** The imported file that an offset is in. */
  file(offset: number): string | undefined {
    return this.#part(offset).file;
  }

  /** 0-based line and UTF-16 column of an offset, in its file. */
  position(offset: number): { line: number; column: number } {
    const at = this.#lineAt(offset);
    return { line: at - this.#part(offset).line, column: offset - this.#lines[at]! };
  }

  /** The text of the line that an offset is in. */
  line(offset: number): string {
    const start = this.#lines[this.#lineAt(offset)]!;
    const end = this.text.indexOf('\n', start);
    return this.text.slice(start, end < 0 ? undefined : end);
  }

  #lineAt(offset: number): number {
    let low = 0;
    let high = this.#lines.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#lines[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  span(range: Range): Span {
    const { file } = this.#part(range.start);
    return {
      start: this.position(range.start),
      end: this.position(range.end),
      ...(file === undefined ? {} : { file }),
    };
  }

  slice(range: Range): string {
    return this.text.slice(range.start, range.end);
  }
}

export interface Related {
  message: string;
  at: Range;
}

/** What a diagnostic may say beyond its message. */
export interface More {
  fix?: Change;
  /** Other places that have to do with it. */
  related?: readonly Related[];
  /** Calls of the macros that it is in, outermost first. */
  expansions?: readonly Range[];
}

/** The calls that a place was expanded from, the nearest first: those that it does not itself stand in. */
export const expandedFrom = (at: Range, calls: readonly Range[]): Range[] =>
  calls.filter(({ start, end }) => at.start < start || at.end > end).reverse();

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
    { fix: change, related = [], expansions = [] }: More = {},
  ): void {
    const { source } = this;
    const made = problem(code, values, { span: source.span(at), ...(severity ? { severity } : {}) });
    // Only the program itself can be changed from where its diagnostics are read.
    const own = source.file(at.start) === undefined;
    const fix = change ?? fixOf(code, made.remedy ?? '', source.text, at);
    if (fix && own)
      made.fix = {
        ...fix,
        edits: fix.edits.map(({ text, ...range }) => ({ span: source.span(range), text })),
      };
    const others = [
      ...related,
      ...expandedFrom(at, expansions).map(call => ({ message: 'expanded from', at: call })),
    ];
    if (others.length > 0)
      made.related = others.map(({ message, at }) => ({ message, span: source.span(at) }));
    const key = `${at.start}:${at.end}:${made.message}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.diagnostics.push(made);
  }

  get failed(): boolean {
    return this.diagnostics.some(d => d.severity === 'error');
  }
}
