/** Names that a program expects of headers which vmlinux.h stands for: BTF has no macros, bpf/ebpfnb/constants.h has. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Diagnostic, type Fix, problem, type Span } from '../errors.ts';
import { bpfHeaders } from '../paths.ts';
import { afterIncludes } from './includes.ts';

const DEFINITION = /^#define (\w+)\b(?:.*\\\n)*.*$/gm;

const UNDECLARED =
  /error: (?:use of undeclared identifier|unknown type name|call to undeclared (?:library )?function) '(\w+)'/g;

let known: ReadonlyMap<string, string> | undefined;

/** Each name with its definition. */
function definitions(): ReadonlyMap<string, string> {
  known ??= new Map(
    [...readFileSync(join(bpfHeaders(), 'ebpfnb', 'constants.h'), 'utf8').matchAll(DEFINITION)].map(
      ([text, name]) => [name!, text],
    ),
  );
  return known;
}

/** What clang missed of a program. */
export const undeclared = (stderr: string): Set<string> =>
  new Set([...stderr.matchAll(UNDECLARED)].map(([, name]) => name!));

/** The definitions that one program lacks. They are found by what clang misses, so they never stand in anybody's way. */
export class Constants {
  readonly #taken = new Map<string, string>();
  /** Those that the program itself names. */
  readonly #missed = new Set<string>();

  /** Takes what clang's messages say is missing. Answers whether there was something to take. */
  take(stderr: string): boolean {
    const missed = [...undeclared(stderr)].filter(name => definitions().has(name) && !this.#taken.has(name));
    for (const name of missed) {
      this.#missed.add(name);
      this.#add(name);
    }
    return missed.length > 0;
  }

  /** With what its definition names. */
  #add(name: string): void {
    const text = definitions().get(name);
    if (!text || this.#taken.has(name)) return;
    this.#taken.set(name, text);
    for (const [word] of text.matchAll(/\b[A-Za-z_]\w*\b/g)) this.#add(word);
  }

  /** As a header. */
  get text(): string {
    return [...this.#taken.values(), ''].join('\n');
  }

  /** What was supplied, and the change that makes the program whole by itself. */
  notes(source: string): Diagnostic[] {
    if (this.#missed.size === 0) return [];
    const names = [...this.#missed];
    const at = { line: afterIncludes(source), column: 0 };
    const fix: Fix = {
      title: `Define ${names.join(', ')} in the cell`,
      edits: [{ span: { start: at, end: at }, text: `\n${this.text}` }],
    };
    const [is, it] =
      names.length === 1 ? ['is a macro', 'its definition'] : ['are macros', 'their definitions'];
    const span = firstOf(names, source);
    return [{ ...problem('constants-supplied', { names: names.join(', '), is, it }, { span }), fix }];
  }
}

/** Where the first of some names stands; undefined where a header uses them. */
function firstOf(names: readonly string[], source: string): Span | undefined {
  const pattern = new RegExp(`(?<!\\w)(?:${names.join('|')})(?!\\w)`);
  for (const [line, text] of source.split('\n').entries()) {
    const match = pattern.exec(text.replace(/\/\/.*$/, ''));
    if (!match) continue;
    const column = match.index;
    return { start: { line, column }, end: { line, column: column + match[0].length } };
  }
  return undefined;
}
