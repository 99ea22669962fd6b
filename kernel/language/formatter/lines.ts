/** Puts one logical line on paper: breaks it where it gets longer than a line should be. */

export interface Word {
  text: string;
  /** What stands before it, unless it starts a line. */
  glue: '' | ' ' | '\n';
  /** Open brackets around it within the line. */
  depth: number;
  /** How gladly a line is broken before it: the lower the better; undefined = never. */
  rank?: number;
  /** Opens or closes a bracket. */
  bracket?: 'open' | 'close';
}

const WIDTH = 90;
const CONTINUATION = 4;
/** Text that would stand further right than this is not aligned with its bracket. */
const FURTHEST = 50;

/** The lines of the text, indented by so many blanks. */
export function layOut(words: readonly Word[], indent: number): string[] {
  const lines: string[] = [];
  /** Columns behind the brackets that are open. */
  const open: number[] = [];
  let from = 0;
  while (from < words.length) {
    const column = from === 0 ? indent : (open.at(-1) ?? indent + CONTINUATION);
    const to = endOfLine(words, from, column);
    let text = ' '.repeat(column);
    for (let i = from; i < to; i++) {
      const word = words[i]!;
      text += (i === from ? '' : word.glue) + word.text;
      if (word.bracket === 'close') open.pop();
      if (word.bracket === 'open') {
        const width = text.length - (text.lastIndexOf('\n') + 1);
        open.push(width > FURTHEST ? indent + CONTINUATION * (open.length + 1) : width);
      }
    }
    lines.push(text);
    from = to;
  }
  return lines;
}

/** Index behind the last word that goes on the line. */
function endOfLine(words: readonly Word[], from: number, indent: number): number {
  let column = indent;
  let best: number | undefined;
  /** A place between brackets that are closed again: what is closed stays whole, if it can. */
  let spare: number | undefined;
  /** The best places outside of the brackets that were opened on this line. */
  const outside: (number | undefined)[] = [];
  const price = (i: number) => words[i]!.rank! + words[i]!.depth * 10;
  for (let i = from; i < words.length; i++) {
    const { text, glue, rank, bracket } = words[i]!;
    if (i > from && glue === '\n') return i;
    if (bracket === 'open') outside.push(best);
    if (bracket === 'close' && outside.length > 0) {
      spare ??= best;
      best = outside.pop();
    }
    if (i > from && rank !== undefined && (best === undefined || price(i) <= price(best))) best = i;
    column += (i > from ? glue.length : 0) + text.length;
    const broken = text.lastIndexOf('\n');
    if (broken >= 0) column = text.length - broken - 1;
    // A comment may stick out, and a line that cannot be broken in time is broken as soon as it can be.
    if (column > WIDTH && !text.startsWith('//') && (best ?? spare) !== undefined) return best ?? spare!;
  }
  return words.length;
}
