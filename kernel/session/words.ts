/** Splits a command line into words, as sh does for plain text and quotes. Pure. */

/** Something only a shell can do: pipes, lists, redirections, expansions. */
const SHELL = /[|&;<>()$`*?[\]~#\n]/;

/** The words of `text`; undefined when it uses what only a shell understands. */
export function splitWords(text: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (char === "'" || char === '"') {
      const end = closing(text, at);
      if (end < 0) return undefined;
      const inside = text.slice(at + 1, end);
      if (char === '"' && /[$`]/.test(inside)) return undefined;
      word = (word ?? '') + (char === '"' ? inside.replace(/\\(["\\])/g, '$1') : inside);
      at = end;
    } else if (char === '\\') {
      word = (word ?? '') + (text[++at] ?? '');
    } else if (/\s/.test(char) && char !== '\n') {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (SHELL.test(char)) {
      return undefined;
    } else {
      word = (word ?? '') + char;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

/** The command that `text` means: its words, or a shell that runs it. */
export function commandWords(text: string): string[] {
  const words = splitWords(text);
  return words?.length ? words : ['/bin/sh', '-c', text];
}

function closing(text: string, open: number): number {
  const quote = text[open];
  for (let at = open + 1; at < text.length; at++) {
    if (text[at] === '\\' && quote === '"') at++;
    else if (text[at] === quote) return at;
  }
  return -1;
}
