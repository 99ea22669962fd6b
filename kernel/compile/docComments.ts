/** What the `///` comments in front of a C source's variables and maps say, in the words that eunomia's compiler knows. */

export interface DocComment {
  /** What the variable is for. */
  about?: string;
  /** JSON behind `@cmdarg` and `@sample`, as it was written. */
  cmdarg?: string;
  sample?: string;
  /** Line of the declaration, counted from 0. */
  line: number;
}

const COMMENT = /^[ \t]*\/\/\/(.*)$/;
/** Up to its end, with at most one body that has no body in it. */
const DECLARATION = /^[^;{}]*(?:\{[^{}]*\}[^;{}]*)?;/;
/** Characters that a declaration may have. */
const LONGEST = 4096;
const TAG = /^@(\w+)\s*(.*)$/;

/** Comments by the names of what they stand in front of. */
export function docComments(source: string): Map<string, DocComment> {
  const found = new Map<string, DocComment>();
  let comments: string[] = [];
  let at = 0;
  for (const [line, text] of source.split('\n').entries()) {
    const comment = COMMENT.exec(text)?.[1];
    if (comment !== undefined) comments.push(comment.trim());
    else if (comments.length > 0) {
      const name = nameOf(DECLARATION.exec(source.slice(at, at + LONGEST))?.[0] ?? '');
      if (name) found.set(name, { ...read(comments), line });
      comments = [];
    }
    at += text.length + 1;
  }
  return found;
}

/** The last word in front of SEC(), an array's length or a value; a struct's body says nothing of its variable. */
function nameOf(declaration: string): string | undefined {
  const plain = declaration
    .replace(/=.*/s, '')
    .replace(/\{[^{}]*\}/, ' ')
    .replace(/\bSEC\s*\(.*/s, '')
    .replace(/\[.*/s, '');
  return /(\w+)\s*;?\s*$/.exec(plain)?.[1];
}

function read(comments: string[]): Omit<DocComment, 'line'> {
  const about: string[] = [];
  const json: { cmdarg?: string; sample?: string } = {};
  for (const text of comments) {
    const [, tag, rest = ''] = TAG.exec(text) ?? [];
    if (tag === 'cmdarg' || tag === 'sample') json[tag] = rest;
    else if (tag === undefined || tag === 'description') about.push(tag ? rest : text);
  }
  const words = about.join(' ').replace(/^"(.*)"$/, '$1');
  return { ...json, ...(words ? { about: words } : {}) };
}
