/** Statements and blocks. */
import { insert, sigil } from '../fixes.ts';
import type {
  AssignOperator,
  BlockNode,
  Expression,
  ForStatement,
  IfStatement,
  Statement,
  VariableNode,
} from '../nodes.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression, parseMap } from './expressions.ts';
import { parseType } from './type.ts';

const ASSIGNMENTS: readonly string[] = [
  '=',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '&=',
  '|=',
  '^=',
  '<<=',
  '>>=',
] satisfies AssignOperator[];

/** `{ … }`; the last expression without `;` is the block's value. */
export function parseBlock(cursor: Cursor): BlockNode {
  const open = cursor.peek();
  if (!cursor.expect('{')) return { kind: 'block', statements: [], start: open.start, end: open.start };
  const statements: Statement[] = [];
  let value: Expression | undefined;
  while (!cursor.is('}')) {
    if (cursor.isKind('end')) {
      const fix = insert('Add }', cursor.source.trimEnd().length, '\n}');
      cursor.error('the block opened here is not closed', open, 'Add the missing }.', fix);
      break;
    }
    if (cursor.accept(';')) continue;
    const before = cursor.lastEnd;
    const statement = parseStatement(cursor);
    if (statement) {
      if (needsSemicolon(statement) && !cursor.accept(';') && !cursor.is('}')) {
        if (statement.kind === 'expression' && statement.expression.kind === 'block') {
          statements.push(statement);
          continue;
        }
        cursor.unexpected("';' or '}'");
        cursor.skipStatement();
      } else if (
        statement.kind === 'expression' &&
        cursor.is('}') &&
        cursor.source[cursor.lastEnd - 1] !== ';'
      ) {
        value = statement.expression;
        break;
      }
      statements.push(statement);
    }
    if (cursor.lastEnd === before && !cursor.is('}')) cursor.take();
  }
  cursor.accept('}');
  return { kind: 'block', statements, ...(value ? { value } : {}), start: open.start, end: cursor.lastEnd };
}

const needsSemicolon = (statement: Statement) =>
  !['if', 'while', 'for', 'unroll', 'block-statement'].includes(statement.kind);

function parseStatement(cursor: Cursor): Statement | undefined {
  const token = cursor.peek();
  const keyword = token.kind === 'identifier' ? STATEMENTS[token.text] : undefined;
  if (keyword) return keyword(cursor);
  const { start } = token;
  if (token.kind === 'identifier' && token.text === '_' && cursor.is('=', 1)) {
    cursor.take();
    cursor.take();
    const value = parseExpression(cursor);
    return { kind: 'discard', value, start, end: cursor.lastEnd };
  }
  if (token.kind === 'identifier' && cursor.is('=', 1)) {
    cursor.error(
      `syntax error, '${token.text}' cannot be assigned to`,
      token,
      `Scratch variables start with $: $${token.text}, maps with @: @${token.text}.`,
      sigil(cursor.source, token.text, '$'),
    );
    cursor.skipStatement();
    return undefined;
  }
  const expression = parseExpression(cursor);
  if (expression.kind === 'missing') {
    cursor.skipStatement();
    return undefined;
  }
  const operator = cursor.peek();
  if (operator.kind === 'punctuation' && ASSIGNMENTS.includes(operator.text)) {
    cursor.take();
    const value = parseExpression(cursor);
    return {
      kind: 'assign',
      target: expression,
      operator: operator.text as AssignOperator,
      value,
      start,
      end: cursor.lastEnd,
    };
  }
  return { kind: 'expression', expression, start, end: cursor.lastEnd };
}

const STATEMENTS: Readonly<Record<string, (cursor: Cursor) => Statement>> = {
  if: parseIf,
  while: cursor => {
    const { start } = cursor.take();
    const condition = parseExpression(cursor);
    const body = parseBlock(cursor);
    return { kind: 'while', condition, body, start, end: cursor.lastEnd };
  },
  unroll: cursor => {
    const { start } = cursor.take();
    const count = parseExpression(cursor);
    const body = parseBlock(cursor);
    return { kind: 'unroll', count, body, start, end: cursor.lastEnd };
  },
  for: parseFor,
  let: cursor => {
    const { start } = cursor.take();
    const variable = parseVariable(cursor, "after 'let'");
    const declared = cursor.accept(':') ? parseType(cursor) : undefined;
    const value = cursor.accept('=') ? parseExpression(cursor) : undefined;
    return {
      kind: 'let',
      variable,
      ...(declared ? { declared } : {}),
      ...(value ? { value } : {}),
      start,
      end: cursor.lastEnd,
    };
  },
  break: cursor => jump(cursor, 'break'),
  continue: cursor => jump(cursor, 'continue'),
  return: cursor => {
    const { start } = cursor.take();
    const value = cursor.is(';') || cursor.is('}') ? undefined : parseExpression(cursor);
    return { kind: 'return', ...(value ? { value } : {}), start, end: cursor.lastEnd };
  },
  import: cursor => {
    const { start } = cursor.take();
    const path = cursor.isKind('string') ? cursor.take().text : '';
    if (!path) cursor.unexpected("string after 'import'");
    return { kind: 'import', path, start, end: cursor.lastEnd };
  },
};

function jump(cursor: Cursor, kind: 'break' | 'continue'): Statement {
  const { start, end } = cursor.take();
  return { kind, start, end };
}

function parseVariable(cursor: Cursor, where: string): VariableNode {
  const token = cursor.peek();
  if (token.kind === 'variable') cursor.take();
  else cursor.unexpected(`variable ${where}`, 'Scratch variables start with $.');
  return { kind: 'variable', name: token.text, start: token.start, end: token.end };
}

function parseIf(cursor: Cursor): IfStatement {
  const { start } = cursor.take();
  const condition = parseExpression(cursor);
  const then = parseBlock(cursor);
  const more = cursor.accept('else');
  if (more && !cursor.is('{') && !cursor.is('if')) cursor.unexpected("'{' or 'if' after 'else'");
  const otherwise = more ? (cursor.is('if') ? parseIf(cursor) : parseBlock(cursor)) : undefined;
  return {
    kind: 'if',
    condition,
    then,
    ...(otherwise ? { else: otherwise } : {}),
    start,
    end: cursor.lastEnd,
  };
}

function parseFor(cursor: Cursor): ForStatement {
  const { start } = cursor.take();
  const bracketed = cursor.accept('(');
  const variable = parseVariable(cursor, 'in for loop');
  cursor.expect(':');
  let over: ForStatement['over'] = { kind: 'missing' };
  if (cursor.isKind('map') && cursor.is(bracketed ? ')' : '{', 1))
    over = { kind: 'map', map: parseMap(cursor) };
  else {
    const from = parseExpression(cursor);
    if (!cursor.is('..')) cursor.unexpected('map or range in for loop', 'A range is written 0..10.');
    if (cursor.accept('..')) over = { kind: 'range', from, to: parseExpression(cursor) };
  }
  if (bracketed) cursor.expect(')');
  const body = parseBlock(cursor);
  return { kind: 'for', variable, over, body, start, end: cursor.lastEnd };
}
