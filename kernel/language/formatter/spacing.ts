/** What stands between two neighbours on one line, and how gladly a line is broken there. */
import { PUNCTUATION } from '../tokens.ts';
import { isComment, type Piece } from './pieces.ts';
import type { Roles } from './roles.ts';

const TIGHT_BEFORE = new Set([')', ']', '[', ',', ';', '.', '->', '..']);
const TIGHT_AFTER = new Set(['(', '[', '.', '->', '..']);
/** Words that a parenthesis behind does not stick to. */
const SPACED_WORDS = new Set(['if', 'else', 'while', 'for', 'unroll', 'return', 'let', 'import', 'comptime']);

/** `inside`: the innermost open bracket. */
export function glue(a: Piece, b: Piece, inside: string | undefined, roles: Roles): '' | ' ' {
  if (isComment(a) || isComment(b)) return ' ';
  return sticks(a, b, inside, roles) && !merge(a, b) ? '' : ' ';
}

function sticks(a: Piece, b: Piece, inside: string | undefined, roles: Roles): boolean {
  if (roles.tightAfter.has(a.start) || roles.tightBefore.has(b.start)) return true;
  if (a.kind === 'punctuation' && (TIGHT_AFTER.has(a.text) || (a.text === '{' && b.text === '}')))
    return true;
  if (b.kind !== 'punctuation') return a.text === '=' && inside === '(';
  // Fields of records are written as arguments by name are in other languages.
  if (b.text === '=') return inside === '(';
  if (b.text === '(') return a.kind === 'identifier' && !SPACED_WORDS.has(a.text);
  return TIGHT_BEFORE.has(b.text);
}

/** Would the two be read as something else if nothing stood between them? */
function merge(a: Piece, b: Piece): boolean {
  const joined = a.text + b.text[0];
  if (a.kind !== 'punctuation') return b.kind !== 'punctuation';
  return joined === '//' || joined === '/*' || PUNCTUATION.some(mark => mark === joined);
}

const RANKS: Readonly<Record<string, number>> = { ',': 0, '?': 1, ':': 1, '||': 2, '&&': 3, '=': 15 };
const OPERATOR_RANK = 4;
const OPERATORS = new Set([
  '|',
  '^',
  '&',
  '==',
  '!=',
  '<',
  '>',
  '<=',
  '>=',
  '<<',
  '>>',
  '+',
  '-',
  '*',
  '/',
  '%',
]);

/** Undefined where a line may not be broken. */
export function rank(a: Piece, b: Piece, roles: Roles): number | undefined {
  if (a.kind === 'string' && b.kind === 'string') return RANKS[','];
  if (b.kind === 'punctuation' && (b.text === '?' || b.text === ':')) return RANKS[b.text];
  if (a.kind !== 'punctuation' || a.text === '?' || a.text === ':') return undefined;
  if (RANKS[a.text] !== undefined) return RANKS[a.text];
  return OPERATORS.has(a.text) && !roles.tightAfter.has(a.start) ? OPERATOR_RANK : undefined;
}

/** What a line is aligned with: parentheses, brackets, and the slashes of a predicate. */
export function bracketOf({ kind, text, start }: Piece, roles: Roles): 'open' | 'close' | undefined {
  if (kind !== 'punctuation') return undefined;
  if (text === '(' || text === '[' || (text === '/' && roles.tightAfter.has(start))) return 'open';
  return text === ')' || text === ']' || (text === '/' && roles.tightBefore.has(start)) ? 'close' : undefined;
}
