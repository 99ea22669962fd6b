/** Tokens of the bpftrace language. */
import type { Range } from './nodes.ts';

export type TokenKind =
  | 'identifier'
  | 'integer'
  | 'string'
  /** `$name` */
  | 'variable'
  /** `$1`, `$#` */
  | 'positional'
  /** `@name`, `@` */
  | 'map'
  | 'punctuation'
  /** A character that starts no token; a diagnostic has been made. */
  | 'bad'
  | 'end';

export interface Token extends Range {
  kind: TokenKind;
  /** As written; for strings the value with escapes resolved. */
  text: string;
  /** Only for integers. */
  value?: bigint;
}

/** Longest first, so that the first match is the right one. */
export const PUNCTUATION = [
  '<<=',
  '>>=',
  '->',
  '++',
  '--',
  '<<',
  '>>',
  '<=',
  '>=',
  '==',
  '!=',
  '&&',
  '||',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '&=',
  '|=',
  '^=',
  '..',
  '?:',
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  ';',
  ',',
  ':',
  '.',
  '=',
  '<',
  '>',
  '+',
  '-',
  '*',
  '/',
  '%',
  '&',
  '|',
  '^',
  '!',
  '~',
  '?',
  '#',
] as const;

export const KEYWORDS = new Set([
  'break',
  'config',
  'continue',
  'else',
  'for',
  'if',
  'import',
  'let',
  'macro',
  'offsetof',
  'return',
  'sizeof',
  'unroll',
  'while',
  'fn',
  'comptime',
  'typeof',
  'typeinfo',
  'true',
  'false',
  'struct',
  'union',
  'enum',
]);

/** Nanoseconds in one unit of a duration literal. */
export const DURATION_UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
};
