/** A program as its tokens and comments: what a formatter may move but never change. */
import type { Diagnostic } from '../../errors.ts';
import { Reporter, Source } from '../diagnostics.ts';
import type { ProgramNode } from '../nodes.ts';
import { parseProgram } from '../parser/program.ts';
import type { Token, TokenKind } from '../tokens.ts';

export interface Piece {
  /** `verbatim`: the first line of a script, and the C of the preamble. */
  kind: TokenKind | 'verbatim' | 'line-comment' | 'block-comment';
  /** As written. */
  text: string;
  start: number;
  end: number;
  /** Line breaks between this and the piece before it. */
  newlines: number;
}

export interface Pieces {
  tree: ProgramNode;
  pieces: Piece[];
}

const COMMENT = /\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
const SHEBANG = /^\s*#![^\n]*/;

export const isComment = ({ kind }: Piece) => kind === 'line-comment' || kind === 'block-comment';

/** Takes a program apart, or says what keeps it from being one. */
export function takeApart(source: string): Pieces | { diagnostics: Diagnostic[] } {
  const reporter = new Reporter(new Source(source));
  const tokens: Token[] = [];
  const tree = parseProgram(reporter, tokens);
  if (reporter.failed) return { diagnostics: reporter.diagnostics };
  const shebang = SHEBANG.exec(source)?.[0].length ?? 0;
  const parts = [
    ...(shebang ? [{ kind: 'verbatim' as const, start: source.indexOf('#!'), end: shebang }] : []),
    ...tree.preamble.map(({ start, end }) => ({ kind: 'verbatim' as const, start, end })),
    ...tokens.filter(token => token.kind !== 'end'),
  ].sort((a, b) => a.start - b.start);
  const pieces: Piece[] = [];
  const add = (kind: Piece['kind'], start: number, end: number) => {
    const gap = source.slice(pieces.at(-1)?.end ?? 0, start);
    const text = source.slice(start, end).trimEnd();
    pieces.push({ kind, text, start, end, newlines: gap.split('\n').length - 1 });
  };
  const comments = (from: number, to: number) => {
    for (const { 0: text, index } of source.slice(from, to).matchAll(COMMENT))
      add(text.startsWith('//') ? 'line-comment' : 'block-comment', from + index, from + index + text.length);
  };
  let end = 0;
  for (const part of parts) {
    comments(end, part.start);
    add(part.kind, part.start, part.end);
    end = part.end;
  }
  comments(end, source.length);
  return { tree, pieces };
}
