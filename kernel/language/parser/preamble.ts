/** C in front of a program, kept as it stands: preprocessor lines and definitions. */
import { insert } from '../fixes.ts';
import type { ProgramNode } from '../nodes.ts';
import type { Cursor } from './cursor.ts';

/** A preprocessor line, with its continuation lines. */
export function parseDirective(cursor: Cursor, program: ProgramNode): void {
  const { start } = cursor.peek();
  const text = /^(?:\\\r?\n|[^\n])*/.exec(cursor.source.slice(start))![0].trimEnd();
  const kind = /^#\s*include\b/.test(text) ? 'include' : /^#\s*define\b/.test(text) ? 'define' : 'directive';
  cursor.moveTo(start + text.length);
  if (kind === 'include') {
    const glued = /^(#\s*include\s*(?:<[^>]*>|"[^"]*"))\s*(?!\/[/*])\S/.exec(text);
    if (glued) {
      const end = start + glued[1]!.length;
      cursor.error(
        'text after #include',
        { start: end, end: start + text.length },
        'Start a new line behind the file name.',
        insert('Start a new line', end, '\n'),
      );
      cursor.moveTo(end);
      program.preamble.push({ kind, text: glued[1]!, start, end });
      return;
    }
  }
  program.preamble.push({ kind, text, start, end: start + text.length });
}

/** `struct x { … } __attribute__((…));` as it stands; its meaning is found by the C reader. */
export function parseDefinition(cursor: Cursor, program: ProgramNode): void {
  const { start } = cursor.peek();
  const { source } = cursor;
  let at = start;
  let depth = 0;
  let closed = false;
  for (; at < source.length; at++) {
    if (source.startsWith('//', at)) at = endOf(source, '\n', at);
    else if (source.startsWith('/*', at)) at = endOf(source, '*/', at) + 1;
    if (source[at] === '{') depth++;
    else if (source[at] === '}' && --depth === 0) {
      closed = true;
      at++;
      break;
    } else if (source[at] === ';' && depth === 0) break;
  }
  if (!closed && source[at] !== ';') {
    const end = start + cursor.peek().text.length;
    cursor.moveTo(source.length);
    cursor.error('this definition is not closed', { start, end }, 'Add the missing }.');
  }
  const tail =
    /^(?:(?:\s|\/\*[\s\S]*?\*\/)*__attribute__(?:\s|\/\*[\s\S]*?\*\/)*\(\((?:[^();{}]|\([^();{}]*\))*\)\))*(?:\s*[A-Za-z_]\w*\s*(?=;))?(?:\s*;)?/.exec(
      source.slice(at),
    )![0];
  const end = Math.min(at + tail.length, source.length);
  const wrong = closed && /^\s*__attribute__\s*(?:\((?!\()[^;{}]*)?;?/.exec(source.slice(end))?.[0];
  if (wrong) {
    const message = "__attribute__ syntax error, expected '(('";
    cursor.error(message, { start: end, end: end + wrong.length }, 'Write __attribute__((packed)).');
    cursor.moveTo(end + wrong.length);
    return;
  }
  program.preamble.push({ kind: 'definition', text: source.slice(start, end), start, end });
  cursor.moveTo(end);
}

const endOf = (text: string, what: string, from: number) => {
  const found = text.indexOf(what, from);
  return found < 0 ? text.length : found;
};
