/** `import`: puts what a program's imports bring into its tree. Files are read by who calls the compiler. */
import { Reporter, Source } from './diagnostics.ts';
import type { ImportStatement, ProgramNode } from './nodes.ts';
import { parseProgram } from './parser/program.ts';
import type { ImportedFile, Importer } from './target.ts';

/** What imports bring besides parts of the tree. */
export interface Imported {
  /** C sources whose functions can be called. */
  sources: ImportedFile[];
}

/** Everything that stands at the top of a program but what steers it. */
const LISTS = ['preamble', 'maps', 'macros', 'functions', 'probes'] as const;

export function resolveImports(
  tree: ProgramNode,
  reporter: Reporter,
  importer: Importer | undefined,
  nested: readonly ImportStatement[],
): Imported {
  const loader = new Loader(reporter, importer);
  loader.merge(tree, [...tree.imports, ...nested]);
  return { sources: loader.sources };
}

class Loader implements Imported {
  readonly sources: ImportedFile[] = [];
  readonly #seen = new Set<string>();

  constructor(
    readonly reporter: Reporter,
    readonly importer: Importer | undefined,
  ) {}

  get #source(): Source {
    return this.reporter.source;
  }

  /** What is imported comes first: others may need it, and its `begin` runs before theirs. */
  merge(tree: ProgramNode, imports: readonly ImportStatement[], from?: string): void {
    const own = LISTS.map(name => tree[name].splice(0) as unknown[]);
    for (const statement of imports) this.#import(tree, statement, from);
    for (const [i, name] of LISTS.entries()) (tree[name] as unknown[]).push(...own[i]!);
  }

  #import(into: ProgramNode, statement: ImportStatement, from: string | undefined): void {
    const { path } = statement;
    // What bpftrace's own library holds is built in.
    if (path === '' || path === 'stdlib' || path.startsWith('stdlib/')) return;
    const files = this.importer?.(path, from) ?? [];
    if (!Array.isArray(files)) {
      this.reporter.report('import-refused', { path, ...files }, statement);
      return;
    }
    for (const file of files) {
      if (this.#seen.has(file.path)) continue;
      this.#seen.add(file.path);
      if (file.name.endsWith('.bpf.c')) this.sources.push(file);
      else this.#merge(into, file);
    }
  }

  #merge(into: ProgramNode, file: ImportedFile): void {
    const base = this.#source.add(file.text, file.name);
    const own = new Reporter(new Source(file.text, file.name));
    const tree = parseProgram(own);
    shift(tree, base);
    if (file.name.endsWith('.h')) {
      // A header may hold much that is no type; what cannot be read is left out.
      into.preamble.push(...tree.preamble.filter(({ kind }) => kind === 'define' || kind === 'definition'));
      return;
    }
    this.reporter.diagnostics.push(...own.diagnostics);
    const [entry] = tree.config;
    if (entry) this.reporter.report('import-config', {}, entry);
    this.merge(tree, tree.imports, file.path);
    for (const name of LISTS) (into[name] as unknown[]).push(...tree[name]);
  }
}

/** Moves a tree to where its text stands; its nodes may share parts. */
function shift(part: unknown, by: number, seen = new Set<unknown>()): void {
  if (typeof part !== 'object' || part === null || seen.has(part)) return;
  seen.add(part);
  const range = part as { start?: unknown; end?: unknown };
  if (typeof range.start === 'number' && typeof range.end === 'number') {
    range.start += by;
    range.end += by;
  }
  for (const value of Object.values(part)) shift(value, by, seen);
}

/** Imports that stand in blocks. */
export function nestedImports(part: unknown, found: ImportStatement[] = []): ImportStatement[] {
  if (typeof part !== 'object' || part === null) return found;
  const { kind } = part as { kind?: string };
  if (kind === 'import') found.push(part as ImportStatement);
  for (const value of Object.values(part)) nestedImports(value, found);
  return found;
}
