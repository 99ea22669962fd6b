/** Mutations of any text. */
import type { Random } from './random.ts';

const WORDS = [
  ...[
    '{',
    '}',
    '(',
    ')',
    '[',
    ']',
    ';',
    ',',
    '/',
    '//',
    '/*',
    '*/',
    '"',
    "'",
    '@',
    '$',
    '->',
    '.',
    '..',
    '?',
  ],
  ...[':', '=', '==', '++', '--', '<<', '>>', '&&', '||', '!', '~', '%', '#', '\\', '\n', '\0', '\u{1f600}'],
  ...['if', 'else', 'while', 'for', 'unroll', 'return', 'break', 'let', 'fn', 'macro', 'import', 'config'],
  ...['begin', 'end', 'sizeof', 'offsetof', 'typeof', 'struct', 'enum', 'hist', 'count', 'print', 'delete'],
];

/** `text` with what is between two places replaced. */
export const put = (text: string, start: number, end: number, by: string) =>
  text.slice(0, start) + by + text.slice(end);

/** What a paste, a slip or malice does to a program, character by character. */
export const CHANGES: ((text: string, random: Random, programs: readonly string[]) => string)[] = [
  (text, random) => {
    const at = random.below(text.length + 1);
    return put(text, at, at + random.below(8), '');
  },
  (text, random) => {
    const at = random.below(text.length + 1);
    return put(text, at, at, random.of(WORDS));
  },
  (text, random) => {
    const at = random.below(text.length + 1);
    return put(text, at, at + 1, String.fromCharCode(random.below(256)));
  },
  (text, random, programs) => {
    const other = random.of(programs);
    return text.slice(0, random.below(text.length + 1)) + other.slice(random.below(other.length + 1));
  },
  text => text.repeat(2),
];
