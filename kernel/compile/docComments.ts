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

/** Lines of comments, and the declaration behind them, of which a body has no body in it. */
const COMMENTED = /((?:^[ \t]*\/\/\/.*\n)+)([^;{}]*(?:\{[^{}]*\}[^;{}]*)?;)/gm;
const TAG = /^@(\w+)\s*(.*)$/;

/** Comments by the names of what they stand in front of. */
export function docComments(source: string): Map<string, DocComment> {
  const found = new Map<string, DocComment>();
  for (const { 1: comments = '', 2: declaration = '', index } of source.matchAll(COMMENTED)) {
    const name = /(\w+)\s*(?:SEC\s*\(.*)?(?:\[.*)?(?:=.*)?;$/s.exec(
      declaration.replace(/\{[^{}]*\}/, match =>
        declaration.trimStart().startsWith('struct') ? ' ' : match,
      ),
    )?.[1];
    if (!name) continue;
    const line = source.slice(0, index + comments.length).split('\n').length - 1;
    found.set(name, { ...read(comments), line });
  }
  return found;
}

function read(comments: string): Omit<DocComment, 'line'> {
  const about: string[] = [];
  const json: { cmdarg?: string; sample?: string } = {};
  for (const line of comments.trim().split('\n')) {
    const text = line.trim().replace(/^\/\/\/\s*/, '');
    const [, tag, rest = ''] = TAG.exec(text) ?? [];
    if (tag === 'cmdarg' || tag === 'sample') json[tag] = rest;
    else if (tag === undefined || tag === 'description') about.push(tag ? rest : text);
  }
  const words = about.join(' ').replace(/^"(.*)"$/, '$1');
  return { ...json, ...(words ? { about: words } : {}) };
}
