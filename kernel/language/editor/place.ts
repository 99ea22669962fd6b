/** Where in a program an offset is: what can be written there. */
import { KEYWORDS, type Token } from '../tokens.ts';

/** Text, told from code without a parser: what is being typed is not a program yet. */
export type Medium = 'code' | 'comment' | 'string';

/** What an offset is in. Strings end with their line: one that goes on is rarer than one not closed yet. */
export function mediumAt(text: string, offset: number): Medium {
  const pieces = /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|"(?:[^"\\\n]|\\.)*"?/g;
  for (const { 0: piece, index } of text.matchAll(pieces)) {
    const end = index + piece.length;
    if (index >= offset) break;
    if (piece.startsWith('//') && offset <= end) return 'comment';
    if (offset < end || (offset === end && !/(?:\*\/|.")$/s.test(piece)))
      return piece.startsWith('"') ? 'string' : 'comment';
  }
  return 'code';
}

const TAGS = ['struct', 'union', 'enum'] as const;
export type Tag = (typeof TAGS)[number];
const isTag = (word: string): word is Tag => TAGS.some(tag => tag === word);

export type Place =
  /** Where a probe may begin; `start` is where its text does. */
  | { kind: 'attach-point'; start: number }
  | { kind: 'field'; nameStart: number }
  | { kind: 'variable' | 'map'; start: number }
  | { kind: 'config-name'; start: number }
  | { kind: 'config-value'; start: number; name: string }
  | { kind: 'map-kind'; start: number }
  /** Behind `struct`, `union` or `enum`, where a type is used. */
  | { kind: 'type-name'; start: number; tag: Tag }
  /** A statement or an expression; `call` is the function whose arguments it is among. */
  | { kind: 'expression'; start: number; statement: boolean; call: string | undefined }
  | { kind: 'nothing' };

/** What the token at `index` is, from those before it. */
export function placeOf(tokens: readonly Token[], index: number): Place {
  const token = tokens[index]!;
  const before = tokens[index - 1];
  const { start } = token;
  if (is(before, '.') || is(before, '->')) return { kind: 'field', nameStart: start };
  if (token.kind === 'variable' || token.kind === 'map') return { kind: token.kind, start };
  if (token.kind !== 'identifier') return { kind: 'nothing' };
  const open = openAt(tokens, index);
  if (before && isTag(before.text) && open.length > 0) return { kind: 'type-name', start, tag: before.text };
  if (open.length === 0) return topLevel(tokens, index);
  const outer = open[0]!;
  if (is(tokens[outer - 1], '=') && tokens[outer - 2]?.text === 'config') return inConfig(tokens, index);
  const inner = open.at(-1)!;
  const callee = tokens[inner - 1];
  const call =
    is(tokens[inner], '(') && callee?.kind === 'identifier' && !KEYWORDS.has(callee.text)
      ? callee.text
      : undefined;
  const statement = is(before, '{') || is(before, ';') || is(before, '}');
  return { kind: 'expression', start, statement, call };
}

const is = (token: Token | undefined, mark: string) => token?.kind === 'punctuation' && token.text === mark;

/** Tokens that open the brackets around a token, the outermost first. */
export function openAt(tokens: readonly Token[], index: number): number[] {
  const open: number[] = [];
  for (let i = 0; i < index; i++) {
    if (is(tokens[i], '{') || is(tokens[i], '(') || is(tokens[i], '[')) open.push(i);
    else if (is(tokens[i], '}')) open.splice(open.findLastIndex(at => is(tokens[at], '{')));
    else if ((is(tokens[i], ')') || is(tokens[i], ']')) && !is(tokens[open.at(-1)!], '{')) open.pop();
  }
  return open;
}

function topLevel(tokens: readonly Token[], index: number): Place {
  const { start } = tokens[index]!;
  if (is(tokens[index - 1], '=') && tokens[index - 2]?.kind === 'map') return { kind: 'map-kind', start };
  if (['macro', 'fn', 'let', 'import'].includes(tokens[index - 1]?.text ?? '')) return { kind: 'nothing' };
  for (let i = index - 1; i >= 0 && !is(tokens[i], '}') && !is(tokens[i], ';'); i--)
    if (is(tokens[i], '/')) return { kind: 'expression', start, statement: false, call: undefined };
  return { kind: 'attach-point', start };
}

function inConfig(tokens: readonly Token[], index: number): Place {
  const { start } = tokens[index]!;
  const before = tokens[index - 1];
  if (is(before, '=')) return { kind: 'config-value', start, name: tokens[index - 2]?.text ?? '' };
  return is(before, '{') || is(before, ';') ? { kind: 'config-name', start } : { kind: 'nothing' };
}
