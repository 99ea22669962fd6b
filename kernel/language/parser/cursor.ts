/** The parser's place in the token stream, and the ways it reports and recovers. */
import type { Reporter } from '../diagnostics.ts';
import type { Change } from '../fixes.ts';
import type { Range } from '../nodes.ts';
import { Scanner } from '../scanner.ts';
import type { Token, TokenKind } from '../tokens.ts';

const NAMES: Readonly<Record<TokenKind, string>> = {
  identifier: 'identifier',
  integer: 'integer',
  string: 'string',
  variable: 'variable',
  positional: 'positional parameter',
  map: 'map',
  punctuation: '',
  bad: 'character',
  end: 'end of file',
};

/** How a token reads in a message. */
export function tokenName(token: Token): string {
  if (token.kind === 'end') return NAMES.end;
  if (token.kind === 'string') return 'string';
  return NAMES[token.kind] ? `${NAMES[token.kind]} '${token.text}'` : `'${token.text}'`;
}

export class Cursor {
  readonly #scanner: Scanner;
  readonly #ahead: Token[] = [];
  /** End of the last token taken. */
  lastEnd = 0;
  /** Offset of the last syntax error: one error a place. */
  #failedAt = -1;

  /** `taken`: gets every token that becomes part of the tree, in order. */
  constructor(
    readonly reporter: Reporter,
    readonly taken?: Token[],
  ) {
    this.#scanner = new Scanner(reporter);
  }

  get source(): string {
    return this.reporter.source.text;
  }

  peek(distance = 0): Token {
    while (this.#ahead.length <= distance) {
      this.#ahead.push(this.#scanner.next(this.#ahead.at(-1)?.end ?? this.lastEnd));
    }
    return this.#ahead[distance]!;
  }

  take(): Token {
    const token = this.peek();
    this.#ahead.shift();
    this.lastEnd = token.end;
    this.taken?.push(token);
    return token;
  }

  /** Goes on at an offset, forgetting what was read ahead. */
  moveTo(offset: number): void {
    this.#ahead.length = 0;
    this.lastEnd = offset;
  }

  /** Reads an attach point where the next token would start. */
  takeAttachPoint(): Token {
    const token = this.#scanner.attachPoint(this.lastEnd);
    this.moveTo(token.end);
    this.taken?.push(token);
    return token;
  }

  is(text: string, distance = 0): boolean {
    const token = this.peek(distance);
    return token.text === text && (token.kind === 'punctuation' || token.kind === 'identifier');
  }

  isKind(kind: TokenKind, distance = 0): boolean {
    return this.peek(distance).kind === kind;
  }

  /** Takes the token if it is this one. */
  accept(text: string): boolean {
    if (!this.is(text)) return false;
    this.take();
    return true;
  }

  /** Takes the token or reports that it is missing. */
  expect(text: string, remedy = ''): boolean {
    if (this.accept(text)) return true;
    this.unexpected(`'${text}'`, remedy);
    return false;
  }

  unexpected(expected: string, remedy = ''): void {
    const token = this.peek();
    // Where the text ends too early, what it left open has been told.
    if (token.kind === 'end' && this.reporter.failed) return;
    this.error(`syntax error, unexpected ${tokenName(token)}, expected ${expected}`, token, remedy);
  }

  error(message: string, at: Range, remedy = '', fix?: Change): void {
    if (at.start <= this.#failedAt && this.peek().kind !== 'end') return;
    if (at.start === this.#failedAt) return;
    this.#failedAt = at.start;
    if (this.peek().kind === 'bad' && at.start === this.peek().start) return;
    if (this.peek().kind === 'end') this.reporter.cutOff();
    this.reporter.report('syntax-error', { message, remedy }, at, undefined, fix ? { fix } : {});
  }

  /** Skips to the end of a statement: past a `;`, or to a `}` that closes the block we are in. */
  skipStatement(): void {
    let depth = 0;
    for (; !this.isKind('end'); this.take()) {
      if (this.is('{')) depth++;
      else if (this.is('}') && depth-- === 0) return;
      else if (depth === 0 && this.is(';')) {
        this.take();
        return;
      }
    }
  }
}
