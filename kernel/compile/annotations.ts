/** What the comments of a C source say of the fields and variables that they stand behind. */
import type { Span } from '../errors.ts';

/** `// format: ipv4` */
export interface Annotation {
  /** `format` or `unit`. */
  kind: string;
  /** What was asked for: `ipv4`, `enum color`. */
  value: string;
  /** Where, in the cell's own text. */
  span?: Span;
}

/** Comments, texts in quotes, words, and what separates declarations. */
const TOKEN = /\/\/.*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|[A-Za-z_]\w*|[^\s]/g;
const ASKS = /\b(format|unit):\s*((?:enum|flags)\s+\w+|[\w-]+)/;

/** A struct, a union, an enumeration, a function's body, or the file. */
interface Scope {
  /** The tag of a struct or union; a nameless one may have a name behind it. */
  owner: string;
  /** Tokens since the last declaration ended. */
  pending: string[];
  /** The declaration that ended last: its names, and the line it ended in. */
  last: { names: string[]; line: number };
  found: { name: string; annotation: Annotation }[];
}

const scope = (owner: string): Scope => ({ owner, pending: [], last: { names: [], line: -1 }, found: [] });

/** The annotations of a source, by `owner.name`; `ours`: it is the cell's own text. */
export function annotations(source: string, ours: boolean): Map<string, Annotation> {
  const all = new Map<string, Annotation>();
  if (!ASKS.test(source)) return all;
  const take = ({ found }: Scope, owner: string) => {
    for (const { name, annotation } of found) all.set(`${owner}.${name}`, annotation);
  };
  const open: Scope[] = [scope('')];
  let closed: Scope | undefined;
  let line = 0;
  let seen = 0;
  for (const { 0: token, index } of source.matchAll(TOKEN)) {
    line += newlines(source, seen, index);
    seen = index;
    const inner = open.at(-1)!;
    if (token.startsWith('//') || token.startsWith('/*')) {
      const [text, kind, value] = ASKS.exec(token) ?? [];
      if (!text) continue;
      const column = index - (source.lastIndexOf('\n', index) + 1) + token.indexOf(text);
      const span = { start: { line, column }, end: { line, column: column + text.length } };
      const annotation = { kind: kind!, value: value!, ...(ours ? { span } : {}) };
      const { names, line: at } = inner.last;
      if (at === line) inner.found.push(...names.map(name => ({ name, annotation })));
    } else if (token === '{') {
      const tag = /\b(?:struct|union)\s+(\w+)$/.exec(inner.pending.join(' '))?.[1];
      open.push(scope(tag ?? ''));
    } else if (token === '}') {
      if (open.length === 1) continue;
      closed = open.pop()!;
      if (closed.owner) take(closed, closed.owner);
      const outer = open.at(-1)!;
      // What stands in front of a body says nothing of the names behind it; a function's body ends a declaration.
      outer.pending = outer.pending.includes('(') && !outer.pending.includes('=') ? [] : ['}'];
    } else if (token === ';') {
      const names = declared(inner.pending);
      if (inner.pending[0] === '}' && closed && !closed.owner)
        take(closed, open.length === 1 ? (names[0] ?? '') : '');
      inner.last = { names, line };
      inner.pending = [];
    } else inner.pending.push(token);
  }
  for (const one of open) take(one, one.owner);
  return all;
}

/** The names that a declaration gives: the word that each of its parts ends with, in front of `[`, `:`, `=`. */
function declared(tokens: string[]): string[] {
  const text = tokens.join(' ');
  // libbpf's __type(key, T) and __uint(name, N) declare what stands first.
  const macro = /^__\w+ \( (\w+) ,/.exec(text);
  if (macro) return [macro[1]!];
  return text
    .replace(
      /\b(?:SEC|__attribute__|__ksym|__weak|__hidden)\b\s*(?:\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))?/g,
      ' ',
    )
    .replace(/\{.*\}/g, ' ')
    .split(',')
    .map(part => /(\w+)\s*(?:[[:=].*)?$/.exec(part.trim())?.[1] ?? '')
    .filter(name => /^[A-Za-z_]/.test(name));
}

function newlines(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
