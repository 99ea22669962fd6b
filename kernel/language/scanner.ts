/** Turns source text into tokens, on demand: attach points are not made of the tokens that expressions are. */
import { byteCharacter, joined } from '../utf8.ts';
import type { Reporter } from './diagnostics.ts';
import { insert, replace } from './fixes.ts';
import { CLOSING_QUOTES } from './paste.ts';
import { DURATION_UNITS, PUNCTUATION, type Token, type TokenKind } from './tokens.ts';

const IDENTIFIER = /[A-Za-z_][A-Za-z0-9_]*/y;
const VARIABLE = /\$[A-Za-z_][A-Za-z0-9_]*/y;
const POSITIONAL = /\$(?:[0-9]+|#)/y;
const MAP = /@(?:[A-Za-z_][A-Za-z0-9_]*)?/y;
const BLANK = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y;
const NUMBER = /0[xX][0-9a-fA-F_]+|[0-9][0-9_]*(?:[eE][0-9]+)?/y;
const NUMBER_TAIL = /[A-Za-z_][A-Za-z0-9_]*/y;
const C_SUFFIX = /^(?:[uU](?:ll?|LL?)?|(?:ll?|LL?)[uU]?)$/;
const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  "'": "'",
};
/** Tokens that one expression tells. */
const SIMPLE: readonly [TokenKind, RegExp][] = [
  ['identifier', IDENTIFIER],
  ['positional', POSITIONAL],
  ['variable', VARIABLE],
  ['map', MAP],
];
/** The rest of a path that has blanks in it, and the function behind it. */
const SPACED_PATH = /^(?: [\w.+-]+(?=[ /:])[\w./+-]*)+:[\w.+]+/;
/** Characters that begin no token as they stand. */
const WRONG_CHARACTERS: Readonly<Record<string, { message: string; remedy: string }>> = {
  "'": { message: "invalid character '''", remedy: 'Strings stand in double quotes.' },
  $: {
    message: "expected identifier after '$'",
    remedy: 'The name of a variable stands right behind it: $x.',
  },
};
/** What other keyboards and word processors put in place of ASCII. */
const LOOKALIKES: Readonly<Record<string, string>> = {
  '“': '"',
  '”': '"',
  '‘': '"',
  '’': '"',
  '（': '(',
  '）': ')',
  '；': ';',
  '，': ',',
  '｛': '{',
  '｝': '}',
  '：': ':',
  '＝': '=',
  '／': '/',
  '［': '[',
  '］': ']',
  '＠': '@',
  '＄': '$',
  '–': '-',
  '—': '--',
};

export class Scanner {
  readonly #text: string;

  constructor(readonly reporter: Reporter) {
    this.#text = reporter.source.text;
  }

  #match(pattern: RegExp, at: number): string | undefined {
    pattern.lastIndex = at;
    return pattern.exec(this.#text)?.[0];
  }

  /** The first offset at or behind `at` that is neither blank nor in a comment. */
  skipBlank(at: number): number {
    const end = at + (this.#match(BLANK, at)?.length ?? 0);
    if (this.#text.startsWith('/*', end)) {
      this.reporter.cutOff();
      this.reporter.report(
        'syntax-error',
        { message: 'this comment is not closed', remedy: 'End it with */.' },
        { start: end, end: end + 2 },
      );
      return this.#text.length;
    }
    return end;
  }

  /** The token that starts at or behind `at`. */
  next(at: number): Token {
    const start = this.skipBlank(at);
    const text = this.#text;
    if (start >= text.length) return { kind: 'end', text: '', start: text.length, end: text.length };
    const c = text[start]!;
    if (c === '"') return this.#string(start);
    if (c >= '0' && c <= '9') return this.#number(start);
    for (const [kind, pattern] of SIMPLE) {
      const found = this.#match(pattern, start);
      if (found) return { kind, text: found, start, end: start + found.length };
    }
    const mark = PUNCTUATION.find(p => text.startsWith(p, start));
    if (mark) return { kind: 'punctuation', text: mark, start, end: start + mark.length };
    return this.#bad(start);
  }

  #bad(start: number): Token {
    const c = String.fromCodePoint(this.#text.codePointAt(start)!);
    const end = start + c.length;
    const plain = LOOKALIKES[c];
    if (plain) this.#lookalike(c, start);
    else
      this.reporter.report(
        'syntax-error',
        WRONG_CHARACTERS[c] ?? { message: `invalid character '${c}'`, remedy: '' },
        { start, end },
      );
    // What was meant is plain, so that one wrong character makes one message.
    if (plain === '"') return this.#string(start);
    const mark = PUNCTUATION.find(p => p === plain);
    return mark ? { kind: 'punctuation', text: mark, start, end } : { kind: 'bad', text: c, start, end };
  }

  #lookalike(c: string, start: number): void {
    const plain = LOOKALIKES[c]!;
    const at = { start, end: start + c.length };
    const values = { message: `${c} is not the ASCII character ${plain}`, remedy: `Replace it by ${plain}.` };
    const fix = replace(`Replace ${c} by ${plain}`, at, plain);
    this.reporter.report('syntax-error', values, at, undefined, { fix });
  }

  /**
   * Strings may hold line breaks. Whether one that does not end on its line goes on or was forgotten is told by
   * the number of quotes that follow: in a sound program every string has two.
   */
  #spansLines(start: number): boolean {
    const rest = this.#text.slice(start).replaceAll(/\\./gs, '');
    return (rest.split('"').length - 1) % 2 === 0;
  }

  #string(start: number): Token {
    const text = this.#text;
    const lineEnd = text.indexOf('\n', start);
    const open = text[start]!;
    const pretty = open !== '"';
    const closing = pretty ? CLOSING_QUOTES[open]! : open;
    const ends = (c: string | undefined) => c !== undefined && closing.includes(c);
    const oneLine =
      pretty ||
      /^"(?:[^"\\\n]|\\.)*"/.test(text.slice(start, lineEnd < 0 ? undefined : lineEnd)) ||
      !this.#spansLines(start);
    let value = '';
    let at = start + 1;
    for (; at < text.length && !ends(text[at]) && !(oneLine && text[at] === '\n'); at++) {
      if (text[at] !== '\\') {
        value += text[at];
        continue;
      }
      at++;
      const octal = this.#match(/[0-7]{1,3}/y, at);
      const hex = this.#match(/x[0-9a-fA-F]{1,2}/y, at);
      if (octal && Number.parseInt(octal, 8) > 0xff)
        this.reporter.report(
          'syntax-error',
          { message: `octal escape sequence out of range '\\${octal}'`, remedy: 'A byte is at most \\377.' },
          { start: at - 1, end: at + octal.length },
        );
      if (octal) {
        value += byteCharacter(Number.parseInt(octal, 8) & 0xff);
        at += octal.length - 1;
      } else if (hex) {
        value += byteCharacter(Number.parseInt(hex.slice(1), 16));
        at += hex.length - 1;
      } else if (at < text.length && ESCAPES[text[at]!] !== undefined) value += ESCAPES[text[at]!];
      else if (at < text.length && text[at] !== '\n') {
        this.reporter.report(
          'syntax-error',
          {
            message:
              text[at] === 'x' ? 'invalid hex escape sequence' : `invalid escape character '\\${text[at]}'`,
            remedy: 'Known: \\n \\t \\r \\\\ \\" \\0NN \\xNN.',
          },
          { start: at - 1, end: at + 1 },
        );
      } else at--;
    }
    const closed = ends(text[at]);
    if (closed && LOOKALIKES[text[at]!]) this.#lookalike(text[at]!, at);
    if (!closed) {
      if (at === text.length) this.reporter.cutOff();
      this.reporter.report(
        'syntax-error',
        { message: 'unterminated string', remedy: 'Add the closing ".' },
        { start, end: at },
        undefined,
        { fix: insert('Add "', at, '"') },
      );
    }
    return { kind: 'string', text: joined(value), start, end: closed ? at + 1 : at };
  }

  #number(start: number): Token {
    const digits = this.#match(NUMBER, start)!;
    const tail = this.#match(NUMBER_TAIL, start + digits.length) ?? '';
    const end = start + digits.length + tail.length;
    if (digits.endsWith('_'))
      this.reporter.report(
        'syntax-error',
        { message: 'trailing underscore in integer literal', remedy: 'Leave it out.' },
        { start: start + digits.length - 1, end: start + digits.length },
      );
    const plain = digits.replaceAll('_', '');
    let value = 0n;
    const scientific = /^([0-9]+)[eE]([0-9]+)$/.exec(plain);
    if (scientific && !/^0[xX]/.test(plain)) {
      const exponent = Number(scientific[2]);
      value = exponent > 19 ? 1n << 64n : BigInt(scientific[1]!) * 10n ** BigInt(exponent);
    } else if (/^0[0-7]+$/.test(plain)) value = BigInt(`0o${plain.slice(1)}`);
    else if (/^0[xX]$/.test(plain))
      this.reporter.report(
        'syntax-error',
        { message: `invalid number '${digits}'`, remedy: '' },
        { start, end },
      );
    else value = BigInt(plain.replace(/^0+(?=[0-9])/, ''));
    const unit = DURATION_UNITS[tail];
    if (unit !== undefined) value *= unit;
    else if (tail && !C_SUFFIX.test(tail)) {
      this.reporter.report(
        'syntax-error',
        {
          message: `invalid integer suffix '${tail}'`,
          remedy: `Units are ${Object.keys(DURATION_UNITS).join(', ')}.`,
        },
        { start, end },
      );
    }
    if (value >= 1n << 64n) {
      this.reporter.report(
        'syntax-error',
        { message: `overflow error, maximum value is ${(1n << 64n) - 1n}: ${digits}`, remedy: '' },
        { start, end },
      );
      value = 0n;
    }
    return { kind: 'integer', text: this.#text.slice(start, end), value, start, end };
  }

  /**
   * The text of an attach point: everything up to a blank, a comma or an opening brace outside quotes. Where the
   * provider takes a path, a `/` belongs to it, which starts the predicate elsewhere, and commas do between brackets:
   * they part the type arguments of Go.
   */
  attachPoint(at: number): Token {
    const start = this.skipBlank(at);
    const text = this.#text;
    const takesPath = /^(?:uprobe|uretprobe|usdt|u|ur|U|uprobe_multi|iter|it|\w*\*\w*)\s*:/i.test(
      text.slice(start, start + 16),
    );
    let end = start;
    let quoted = false;
    let brackets = 0;
    for (; end < text.length; end++) {
      const c = text[end]!;
      if (c === '"') quoted = !quoted;
      if (takesPath && !quoted && c === '[') brackets++;
      if (takesPath && !quoted && c === ']') brackets--;
      if (takesPath && !quoted && c === ' ') {
        const rest = SPACED_PATH.exec(text.slice(end));
        if (rest) {
          this.#spacedPath(start, end + rest[0].length);
          end += rest[0].length;
          break;
        }
      }
      const parted = c === ',' && brackets <= 0;
      if (c === '\n' || (!quoted && (parted || /[\s{;}]/.test(c) || (c === '/' && !takesPath)))) break;
    }
    return { kind: 'identifier', text: text.slice(start, end), start, end };
  }

  /** Hyphens become blanks where text is copied from a page. */
  #spacedPath(start: number, end: number): void {
    const path = this.#text.slice(start, end);
    const hyphened = path.replaceAll(' ', '-');
    const remedy = `Did you mean ${hyphened}? A path with blanks stands in quotes; a library may be named alone, as in u:libc:malloc.`;
    const at = { start, end };
    const fix = replace(`Change to ${hyphened}`, at, hyphened);
    this.reporter.report('syntax-error', { message: 'this path has blanks in it', remedy }, at, undefined, {
      fix,
    });
  }
}
