/** Expressions: precedence climbing over one table, then unary, postfix and primary forms. */
import { replace } from '../fixes.ts';
import type { BinaryOperator, Expression, UnaryOperator } from '../nodes.ts';
import { BUILTIN_NAMES } from '../tables/names.ts';
import type { Cursor } from './cursor.ts';
import { KEYWORD_FORMS } from './keywords.ts';
import { parseBlock } from './statements.ts';
import { parseType, startsType } from './type.ts';

/** Binding power of binary operators; all are left-associative. `?:` binds weaker than any. */
const PRECEDENCE: Readonly<Record<BinaryOperator, number>> = {
  '||': 1,
  '&&': 2,
  '|': 3,
  '^': 4,
  '&': 5,
  '==': 6,
  '!=': 6,
  '<': 7,
  '>': 7,
  '<=': 7,
  '>=': 7,
  '<<': 8,
  '>>': 8,
  '+': 9,
  '-': 9,
  '*': 10,
  '/': 10,
  '%': 10,
};
const UNARY: readonly string[] = ['++', '--', '&', '*', '-', '!', '~', '+'] satisfies UnaryOperator[];

export function parseExpression(cursor: Cursor): Expression {
  const condition = parseBinary(cursor, 1);
  const { start } = condition;
  if (cursor.accept('?:')) {
    const otherwise = parseExpression(cursor);
    return { kind: 'ternary', condition, else: otherwise, start, end: cursor.lastEnd };
  }
  if (!cursor.accept('?')) return condition;
  if (cursor.accept(':')) {
    const otherwise = parseExpression(cursor);
    return { kind: 'ternary', condition, else: otherwise, start, end: cursor.lastEnd };
  }
  const then = parseExpression(cursor);
  cursor.expect(':');
  const otherwise = parseExpression(cursor);
  return { kind: 'ternary', condition, then, else: otherwise, start, end: cursor.lastEnd };
}

/** `/` before `{` ends a predicate: no operand begins with a brace there. */
const endsPredicate = (cursor: Cursor) => cursor.is('/') && (cursor.is('{', 1) || cursor.isKind('end', 1));

function parseBinary(cursor: Cursor, weakest: number): Expression {
  let left = parseUnary(cursor);
  for (;;) {
    const token = cursor.peek();
    const power = token.kind === 'punctuation' ? PRECEDENCE[token.text as BinaryOperator] : undefined;
    if (power === undefined || power < weakest || endsPredicate(cursor)) return left;
    cursor.take();
    const right = parseBinary(cursor, power + 1);
    left = {
      kind: 'binary',
      operator: token.text as BinaryOperator,
      left,
      right,
      start: left.start,
      end: right.end,
    };
  }
}

function parseUnary(cursor: Cursor): Expression {
  const token = cursor.peek();
  if (token.kind === 'punctuation' && UNARY.includes(token.text)) {
    cursor.take();
    const operand = parseUnary(cursor);
    return {
      kind: 'unary',
      operator: token.text as UnaryOperator,
      postfix: false,
      operand,
      start: token.start,
      end: operand.end,
    };
  }
  if (cursor.is('(') && startsType(cursor, 1)) return parseCast(cursor);
  if (token.kind === 'identifier' && token.text === 'comptime') {
    cursor.take();
    const operand = parseUnary(cursor);
    return { kind: 'comptime', operand, start: token.start, end: operand.end };
  }
  return parsePostfix(cursor, parsePrimary(cursor));
}

function parseCast(cursor: Cursor): Expression {
  const { start } = cursor.take();
  const to = parseType(cursor);
  cursor.expect(')');
  const operand = parseUnary(cursor);
  return { kind: 'cast', to, operand, start, end: operand.end };
}

function parsePostfix(cursor: Cursor, first: Expression): Expression {
  let object = first;
  const { start } = first;
  for (;;) {
    const token = cursor.peek();
    const torn = cursor.is('--') && cursor.source[token.end] === '>';
    if (torn) {
      const at = { start: token.start, end: token.end + 1 };
      const fix = replace('Change to ->', at, '->');
      cursor.error("'-->' is not an operator", at, 'Did you mean ->?', fix);
      cursor.moveTo(at.end);
    }
    if (torn || cursor.is('.') || cursor.is('->')) {
      if (!torn) cursor.take();
      const name = cursor.peek();
      if (name.kind !== 'identifier' && name.kind !== 'integer') {
        cursor.unexpected('a field name');
        return object;
      }
      cursor.take();
      object = {
        kind: 'field',
        object,
        name: name.text,
        arrow: torn || token.text === '->',
        nameRange: { start: name.start, end: name.end },
        start,
        end: name.end,
      };
    } else if (cursor.is('[')) {
      cursor.take();
      const index = parseExpression(cursor);
      cursor.expect(']');
      object = { kind: 'index', object, index, start, end: cursor.lastEnd };
    } else if (
      (cursor.is('++') || cursor.is('--')) &&
      // Behind other operands it is the start of the next: `1 --$x`.
      (object.kind === 'variable' || object.kind === 'map' || object.kind === 'unary' || endsThere(cursor))
    ) {
      cursor.take();
      object = {
        kind: 'unary',
        operator: token.text as UnaryOperator,
        postfix: true,
        operand: object,
        start,
        end: token.end,
      };
    } else return object;
  }
}

/** Does the expression end behind this token? */
const endsThere = (cursor: Cursor) => [';', '}', ')', ']', ','].some(text => cursor.is(text, 1));

/** Comma-separated expressions up to a closing mark, which is taken. */
export function parseList(cursor: Cursor, close: string): Expression[] {
  const list: Expression[] = [];
  if (cursor.accept(close)) return list;
  do {
    if (cursor.is(close)) break;
    list.push(parseExpression(cursor));
  } while (cursor.accept(','));
  cursor.expect(close);
  return list;
}

function parsePrimary(cursor: Cursor): Expression {
  const token = cursor.peek();
  const { start, end } = token;
  switch (token.kind) {
    case 'integer':
      cursor.take();
      return { kind: 'integer', value: token.value!, start, end };
    case 'string':
      return parseString(cursor);
    case 'variable':
      cursor.take();
      return { kind: 'variable', name: token.text, start, end };
    case 'positional':
      cursor.take();
      if (/^\$0+$/.test(token.text) || BigInt(token.text.replace(/\D/g, '') || 1) >= 1n << 63n)
        cursor.error(
          `param ${token.text} is out of integer range [1, 9223372036854775807]`,
          token,
          'The first parameter is $1, their number $#.',
        );
      return { kind: 'positional', index: token.text === '$#' ? 0 : Number(token.text.slice(1)), start, end };
    case 'map':
      return parseMap(cursor);
    case 'identifier':
      return parseIdentifier(cursor);
    case 'punctuation':
      if (cursor.is('(')) return parseParenthesis(cursor);
      if (cursor.is('{')) return parseBlock(cursor);
      break;
    default:
  }
  cursor.unexpected('expression');
  return { kind: 'missing', start, end: start };
}

/** Neighbouring string literals are one, as in C. */
function parseString(cursor: Cursor): Expression {
  const first = cursor.take();
  let value = first.text;
  while (cursor.isKind('string')) value += cursor.take().text;
  return { kind: 'string', value, start: first.start, end: cursor.lastEnd };
}

export function parseMap(cursor: Cursor): Expression & { kind: 'map' } {
  const token = cursor.take();
  if (!cursor.is('[')) return { kind: 'map', name: token.text, start: token.start, end: token.end };
  const open = cursor.take();
  const parts = parseList(cursor, ']');
  const range = { start: open.end, end: cursor.lastEnd - 1 };
  const key: Expression = parts.length === 1 ? parts[0]! : { kind: 'tuple', elements: parts, ...range };
  return { kind: 'map', name: token.text, key, start: token.start, end: cursor.lastEnd };
}

function parseParenthesis(cursor: Cursor): Expression {
  const { start } = cursor.take();
  if (cursor.isKind('identifier') && cursor.is('=', 1)) return parseRecord(cursor, start);
  if (cursor.accept(')')) return { kind: 'tuple', elements: [], start, end: cursor.lastEnd };
  const first = parseExpression(cursor);
  if (!cursor.is(',')) {
    cursor.expect(')');
    // Parentheses are no node of their own, but spans in messages include them.
    return { ...first, start: first.start, end: first.end };
  }
  cursor.take();
  return { kind: 'tuple', elements: [first, ...parseList(cursor, ')')], start, end: cursor.lastEnd };
}

function parseRecord(cursor: Cursor, start: number): Expression {
  const fields: { name: string; value: Expression }[] = [];
  do {
    if (!cursor.isKind('identifier')) break;
    const token = cursor.take();
    const name = token.text;
    if (fields.some(field => field.name === name))
      cursor.error(`Named argument list already contains name: ${name}`, token);
    if (!cursor.expect('=')) break;
    fields.push({ name, value: parseExpression(cursor) });
  } while (cursor.accept(','));
  cursor.expect(')');
  return { kind: 'record', fields, start, end: cursor.lastEnd };
}

function parseIdentifier(cursor: Cursor): Expression {
  const token = cursor.peek();
  const special = KEYWORD_FORMS[token.text];
  if (special) return special(cursor);
  cursor.take();
  const nameRange = { start: token.start, end: token.end };
  // Macros may be called as in Rust: greet!().
  if (cursor.is('!') && cursor.is('(', 1)) cursor.take();
  if (!cursor.is('(')) return { kind: 'identifier', name: token.text, ...nameRange };
  cursor.take();
  return {
    kind: 'call',
    name: token.text,
    nameRange,
    arguments: parseList(cursor, ')'),
    start: token.start,
    end: cursor.lastEnd,
  };
}

/** Is this identifier a builtin, so that `(name)` is no cast? */
export const isBuiltin = (name: string) => BUILTIN_NAMES.has(name) || /^arg[0-9]+$/.test(name);
