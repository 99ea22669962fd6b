/**
 * The formatter: puts white space where it should be and changes nothing else, so that no program can mean
 * something else afterwards. The style is that of bpftrace's own formatter.
 */
import type { Diagnostic } from '../errors.ts';
import { layOut, type Word } from './formatter/lines.ts';
import { isComment, type Piece, takeApart } from './formatter/pieces.ts';
import { type Roles, readRoles } from './formatter/roles.ts';
import { bracketOf, glue, rank } from './formatter/spacing.ts';

const INDENT = 2;
/** The values of a printf stay together, if they can. */
const BEHIND_FORMAT = -1;

/** The formatted text, ending in a line break; or why the program cannot be formatted, which leaves it as it is. */
export function format(source: string): { text: string } | { diagnostics: Diagnostic[] } {
  const taken = takeApart(source.replaceAll('\r\n', '\n'));
  if (!('pieces' in taken)) return taken;
  const writer = new Writer(taken.pieces, readRoles(taken.tree, taken.pieces));
  return { text: writer.write() };
}

/** How two neighbouring tokens are parted: by a line break, and by a blank line, kept where there is one or put there. */
type Gap = { breaks: boolean; blank: 'keep' | 'never' | 'always' };

const SAME_LINE: Gap = { breaks: false, blank: 'never' };
const NEXT_LINE: Gap = { breaks: true, blank: 'never' };
const NEXT_STATEMENT: Gap = { breaks: true, blank: 'keep' };
const NEXT_BLOCK: Gap = { breaks: true, blank: 'always' };

const isMark = ({ kind, text }: Piece, mark: string) => kind === 'punctuation' && text === mark;

class Writer {
  readonly #lines: string[] = [];
  readonly #open: Piece[] = [];
  #words: Word[] = [];
  #indent = 0;

  constructor(
    readonly pieces: readonly Piece[],
    readonly roles: Roles,
  ) {}

  write(): string {
    let token: Piece | undefined;
    for (let i = 0; i < this.pieces.length; ) {
      let next = i;
      while (next < this.pieces.length && isComment(this.pieces[next]!)) next++;
      this.#chain(token, this.pieces.slice(i, next), this.pieces[next]);
      token = this.pieces[next];
      i = next + 1;
    }
    this.#flush();
    const text = this.#lines.join('\n').trim();
    return text ? `${text}\n` : '';
  }

  /** Two neighbouring tokens with the comments between them; the second one is written, too. */
  #chain(from: Piece | undefined, comments: readonly Piece[], to: Piece | undefined): void {
    let gap = this.#gap(from, to);
    if (gap === SAME_LINE && from?.text === '{' && !this.roles.inline.has(from.start) && comments.length > 0)
      gap = NEXT_STATEMENT;
    let before = from;
    let broken = false;
    for (const piece of to ? [...comments, to] : comments) {
      const starts = piece.newlines > 0 || before?.kind === 'line-comment' || (piece === to && !broken);
      if (gap.breaks && starts) {
        this.#flush();
        const inner = before?.text === '{' && before === from;
        const last = piece === to && piece.text === '}';
        const blank = gap.blank === 'always' ? !broken || piece.newlines > 1 : piece.newlines > 1;
        if (blank && gap.blank !== 'never' && !inner && !last && this.#lines.length > 0) this.#lines.push('');
        broken = true;
      }
      this.#word(before, piece);
      before = piece;
    }
  }

  /** How two neighbouring tokens are parted, whatever comments stand between them. */
  #gap(a: Piece | undefined, b: Piece | undefined): Gap {
    const { roles } = this;
    if (!a || !b) return NEXT_STATEMENT;
    if (isMark(b, ';')) return SAME_LINE;
    if (roles.lines.has(b.start)) return NEXT_LINE;
    const closes = isMark(a, '}');
    if (this.#open.length === 0) {
      if (a.kind === 'verbatim' && a.text.startsWith('#!')) return NEXT_STATEMENT;
      const block = roles.blocks.has(b.start) || this.#isConfig(a, b);
      if (closes || block) return NEXT_BLOCK;
      const item = roles.items.has(b.start) || a.kind === 'verbatim' || b.kind === 'verbatim';
      return item ? NEXT_STATEMENT : SAME_LINE;
    }
    if (this.#open.at(-1)!.text !== '{') return SAME_LINE;
    if (this.#isBrace(a, '{')) return this.#isBrace(b, '}') ? SAME_LINE : NEXT_STATEMENT;
    if (this.#isBrace(b, '}')) return NEXT_STATEMENT;
    return isMark(a, ';') || (closes && roles.ends.has(a.start)) ? NEXT_STATEMENT : SAME_LINE;
  }

  /** `config` is no item of the tree: only what is in its block is. */
  #isConfig(a: Piece, b: Piece): boolean {
    return b.text === 'config' && (a.kind !== 'punctuation' || isMark(a, ';'));
  }

  /** A brace whose block has lines of its own. */
  #isBrace(piece: Piece, brace: string): boolean {
    return isMark(piece, brace) && !this.roles.inline.has(piece.start);
  }

  #word(before: Piece | undefined, piece: Piece): void {
    const { roles } = this;
    const bracket = bracketOf(piece, roles);
    const closing = bracket === 'close' || isMark(piece, '}');
    if (closing) this.#open.pop();
    if (this.#words.length === 0)
      this.#indent = this.#open.filter(open => this.#isBrace(open, '{')).length * INDENT;
    const ownLine = before?.kind === 'line-comment' || (piece.kind === 'line-comment' && piece.newlines > 0);
    const price = before && this.#price(before, piece);
    this.#words.push({
      text: this.#text(piece),
      glue: ownLine ? '\n' : before ? glue(before, piece, this.#open.at(-1)?.text, roles) : '',
      depth: this.#open.length,
      ...(price === undefined ? {} : { rank: price }),
      ...(bracket ? { bracket } : {}),
    });
    if (bracket === 'open' || isMark(piece, '{')) this.#open.push(piece);
  }

  #price(before: Piece, piece: Piece): number | undefined {
    if (isComment(before) || isComment(piece)) return undefined;
    const [open, format, comma] = this.#words.slice(-3);
    const behindFormat = open?.bracket === 'open' && format?.text.startsWith('"') && comma?.text === ',';
    return behindFormat ? BEHIND_FORMAT : rank(before, piece, this.roles);
  }

  /** The stars of a comment that begins a line stand in a column. */
  #text({ kind, text }: Piece): string {
    if (kind !== 'block-comment' || this.#words.length > 0) return text;
    const [first, ...rest] = text.split('\n').map(line => line.trim());
    if (!rest.every(line => line.startsWith('*'))) return text;
    return [first, ...rest.map(line => ' '.repeat(this.#indent + 1) + line)].join('\n');
  }

  #flush(): void {
    if (this.#words.length > 0) this.#lines.push(...layOut(this.#words, this.#indent));
    this.#words = [];
  }
}
