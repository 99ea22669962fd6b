/** Changes of a program's text that mend what a diagnostic tells of. */
import type { ErrorCode } from '../errors.ts';
import type { Range } from './nodes.ts';
import { commentedAssignment } from './paste.ts';

export interface Change {
  /** What it does, as a button says it. */
  title: string;
  edits: (Range & { text: string })[];
}

export const replace = (title: string, { start, end }: Range, text: string): Change => ({
  title,
  edits: [{ start, end, text }],
});

export const insert = (title: string, at: number, text: string): Change =>
  replace(title, { start: at, end: at }, text);

/** Puts a `$` or `@` before each use of a bare name; names in strings and behind a dot are others. */
export function sigil(source: string, name: string, mark: '$' | '@'): Change {
  const uses = source.matchAll(
    new RegExp(`"(?:[^"\\\\\\n]|\\\\.)*"|//[^\\n]*|(?<![\\w$@.:>])${name}\\b`, 'g'),
  );
  const edits = [...uses]
    .filter(({ 0: text }) => text === name)
    .map(({ index }) => ({ start: index, end: index, text: mark }));
  return { title: `Write ${mark}${name}`, edits };
}

/** Adds a function to those that a cell allows. */
function allow(source: string, { start }: Range): Change {
  const name = /^\w*/.exec(source.slice(start))![0];
  const line = /^\/\/\|\s*unsafe:.*$/m.exec(source);
  const title = `Allow ${name}() in this cell`;
  return line
    ? insert(title, line.index + line[0].trimEnd().length, `, ${name}`)
    : insert(title, 0, `//| unsafe: ${name}\n`);
}

/** Changes that follow from what is wrong and where, by error. */
const BY_CODE: Partial<Record<ErrorCode, (source: string, at: Range) => Change | undefined>> = {
  'lost-backslash': (_, { end }) => replace('Write \\n', { start: end - 3, end: end - 1 }, '\\n'),
  'unsafe-action': (source, at) => allow(source, at),
  'unsafe-function': (source, at) => allow(source, at),
  'undefined-variable': (source, { start, end }) => {
    const name = source.slice(start, end);
    const line = commentedAssignment(source, name);
    if (line === undefined) return undefined;
    const from = source.split('\n', line - 1).reduce((sum, text) => sum + text.length + 1, 0);
    const at = source.indexOf(name, source.indexOf('//', from));
    return insert(`Break the line before ${name}`, at, '\n');
  },
};

/** What a diagnostic's remedy offers in place of the text it underlines; `a:b` mends the end of `t:a:c`. */
function suggested(remedy: string, text: string, at: Range): Change | undefined {
  const found = /^Did you mean ([\w.:$@-]*\w)\?$/.exec(remedy)?.[1];
  if (found === undefined || !/^[\w.:$@-]+$/.test(text)) return undefined;
  const kept = text.split(':').slice(0, -found.split(':').length);
  return replace(`Change to ${found}`, at, [...kept, found].join(':'));
}

/** The change that mends a problem, where it is known. */
export function fixOf(code: ErrorCode, remedy: string, source: string, at: Range): Change | undefined {
  return BY_CODE[code]?.(source, at) ?? suggested(remedy, source.slice(at.start, at.end), at);
}
