/** Expressions that begin with a keyword. */
import type { BlockNode, Expression, TypeNode } from '../nodes.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression } from './expressions.ts';
import { parseBlock } from './statements.ts';
import { parseType, startsType } from './type.ts';

/** A type or an expression, as the operand of sizeof, offsetof, typeof and typeinfo. */
export function parseTypeOrExpression(cursor: Cursor): TypeNode | Expression {
  return startsType(cursor, 0) ? parseType(cursor) : parseExpression(cursor);
}

/** Forms that begin with a keyword. */
export const KEYWORD_FORMS: Readonly<Record<string, (cursor: Cursor) => Expression>> = {
  true: cursor => ({ kind: 'boolean', value: true, ...range(cursor.take()) }),
  false: cursor => ({ kind: 'boolean', value: false, ...range(cursor.take()) }),
  sizeof: cursor => keywordCall(cursor, of => ({ kind: 'sizeof', of, start: 0, end: 0 })),
  typeof: cursor => keywordCall(cursor, of => ({ kind: 'typeof', of, start: 0, end: 0 })),
  typeinfo: cursor => keywordCall(cursor, of => ({ kind: 'typeinfo', of, start: 0, end: 0 })),
  offsetof: cursor =>
    keywordCall(cursor, of => {
      cursor.expect(',');
      return { kind: 'offsetof', of, path: parsePath(cursor), start: 0, end: 0 };
    }),
  container_of: parseContainer,
  if: cursor => {
    const { start } = cursor.take();
    const condition = parseExpression(cursor);
    const then = parseBlock(cursor);
    cursor.expect('else');
    const otherwise = cursor.is('if') ? wrap(KEYWORD_FORMS['if']!(cursor)) : parseBlock(cursor);
    return { kind: 'if-expression', condition, then, else: otherwise, start, end: cursor.lastEnd };
  },
};

const range = ({ start, end }: { start: number; end: number }) => ({ start, end });
const wrap = (value: Expression): BlockNode => ({
  kind: 'block',
  statements: [],
  value,
  start: value.start,
  end: value.end,
});

function keywordCall(cursor: Cursor, make: (of: TypeNode | Expression) => Expression): Expression {
  const { start } = cursor.take();
  cursor.expect('(');
  const node = make(parseTypeOrExpression(cursor));
  cursor.expect(')');
  return { ...node, start, end: cursor.lastEnd };
}

/** `a.b[2].c`; an index stands as `[2]`. */
function parsePath(cursor: Cursor): string[] {
  const path: string[] = [];
  do {
    if (cursor.isKind('identifier')) path.push(cursor.take().text);
    else cursor.unexpected('a field name');
    while (cursor.accept('[')) {
      if (cursor.isKind('integer')) path.push(`[${cursor.take().value}]`);
      else cursor.unexpected('a number');
      cursor.expect(']');
    }
  } while (cursor.accept('.'));
  return path;
}

/** `container_of(p, T, member)` is `(T *)((uint64)p - offsetof(T, member))`. */
function parseContainer(cursor: Cursor): Expression {
  const { start } = cursor.take();
  cursor.expect('(');
  const member = parseExpression(cursor);
  cursor.expect(',');
  const of = parseType(cursor);
  cursor.expect(',');
  const path = parsePath(cursor);
  cursor.expect(')');
  const at = { start, end: cursor.lastEnd };
  const word: TypeNode = { kind: 'type', name: 'uint64', suffixes: [], ...at };
  return {
    kind: 'cast',
    to: { ...of, suffixes: [...of.suffixes, { kind: 'pointer' }] },
    operand: {
      kind: 'binary',
      operator: '-',
      left: { kind: 'cast', to: word, operand: member, ...at },
      right: { kind: 'offsetof', of, path, ...at },
      ...at,
    },
    ...at,
  };
}
