/** Types as written: casts, sizeof, declarations. */
import type { TypeNode } from '../nodes.ts';
import { KEYWORDS } from '../tokens.ts';
import { TYPE_NAMES } from '../types.ts';
import type { Cursor } from './cursor.ts';
import { isBuiltin, parseExpression } from './expressions.ts';
import { parseTypeOrExpression } from './keywords.ts';

const TAGS = ['struct', 'union', 'enum'];
/** C spellings made of several words, after which no `struct` name follows. */
const C_WORDS = new Set(['unsigned', 'signed', 'long', 'short', 'int', 'char', 'void', 'const', 'volatile']);

/**
 * Does a type start at this distance, seen from behind `(`? `(name)` is a cast only when an operand follows
 * and the name is no builtin; `(name *)` always is.
 */
export function startsType(cursor: Cursor, distance: number): boolean {
  const token = cursor.peek(distance);
  // A macro may have the name of a type.
  if (token.kind !== 'identifier' || (token.text !== 'typeof' && cursor.is('(', distance + 1))) return false;
  if (TAGS.includes(token.text) || TYPE_NAMES.has(token.text) || C_WORDS.has(token.text)) return true;
  if (token.text === 'typeof') return distance > 0 && closesAsCast(cursor, distance + 1);
  if (KEYWORDS.has(token.text) || isBuiltin(token.text)) return false;
  if (distance === 0) return cursor.is('*', 1) && (cursor.is(')', 2) || cursor.is('*', 2));
  let at = distance + 1;
  while (cursor.is('*', at)) at++;
  return cursor.is(')', at) && (at > distance + 1 || startsOperand(cursor, at + 1));
}

/** `(typeof(x))y` and `(typeof(x)*)y`: only a cast has a type in parentheses of its own. */
function closesAsCast(cursor: Cursor, open: number): boolean {
  let depth = 0;
  let at = open;
  do {
    if (cursor.isKind('end', at)) return false;
    if (cursor.is('(', at)) depth++;
    if (cursor.is(')', at)) depth--;
    at++;
  } while (depth > 0);
  while (cursor.is('*', at)) at++;
  return cursor.is(')', at);
}

function startsOperand(cursor: Cursor, distance: number): boolean {
  const token = cursor.peek(distance);
  if (['identifier', 'integer', 'string', 'variable', 'positional', 'map'].includes(token.kind)) {
    return !(token.kind === 'identifier' && token.text === 'else');
  }
  return cursor.is('(', distance);
}

export function parseType(cursor: Cursor): TypeNode {
  const first = cursor.peek();
  const words: string[] = [];
  let of: TypeNode['typeof'];
  if (cursor.is('typeof')) {
    cursor.take();
    cursor.expect('(');
    of = parseTypeOrExpression(cursor);
    cursor.expect(')');
  } else {
    while (cursor.isKind('identifier')) {
      const word = cursor.take().text;
      if (word !== 'const' && word !== 'volatile') words.push(word);
      if (!TAGS.includes(word) && !C_WORDS.has(word)) break;
      if (
        !TAGS.includes(word) &&
        !(cursor.isKind('identifier') && C_WORDS.has(cursor.peek().text)) &&
        word !== 'const' &&
        word !== 'volatile'
      )
        break;
    }
    if (words.length === 0) cursor.unexpected('a type');
  }
  const suffixes: TypeNode['suffixes'] = [];
  for (;;) {
    if (cursor.accept('*')) suffixes.push({ kind: 'pointer' });
    else if (cursor.is('const') || cursor.is('volatile')) cursor.take();
    else if (cursor.accept('[')) {
      if (cursor.accept(']')) suffixes.push({ kind: 'array' });
      else {
        suffixes.push({ kind: 'array', length: parseExpression(cursor) });
        cursor.expect(']');
      }
    } else break;
  }
  return {
    kind: 'type',
    name: words.join(' '),
    ...(of ? { typeof: of } : {}),
    suffixes,
    start: first.start,
    end: cursor.lastEnd,
  };
}
