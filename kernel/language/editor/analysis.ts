/** A program as an editor needs it: parsed and checked once for each version of its text. */
import type { Diagnostic } from '../../errors.ts';
import { checkProgram } from '../checker/program.ts';
import { ownedMaps } from '../checker/sharedMaps.ts';
import { Reporter, Source } from '../diagnostics.ts';
import type { Expression, ProgramNode, Range } from '../nodes.ts';
import { parseProgram } from '../parser/program.ts';
import type { CheckedProgram, SharedMap } from '../symbols.ts';
import type { CompileOptions, LanguageTarget } from '../target.ts';
import type { Token } from '../tokens.ts';
import type { Question } from './remote.ts';

/** What is known of where programs run. Everything is synchronous and may be unknown. */
export interface Catalogue {
  target: LanguageTarget;
  /** What can stand behind `provider:`, or behind `provider:of:`, where `of` is a program or library. */
  names(provider: string, of?: string): readonly string[];
  /** What only a process can find out: `import`, `preamble` and `maps`; undefined = not known yet, or not at all. */
  ask?(question: Question): unknown;
}

export interface Analysis {
  text: string;
  /** All that the tree was made of, in order; comments are none. */
  tokens: Token[];
  tree: ProgramNode;
  program: CheckedProgram;
  /** Maps that other programs of the notebook may use. */
  maps: Map<string, SharedMap>;
  diagnostics: Diagnostic[];
}

/** Never throws for what a user wrote. */
export function analyse(text: string, options: CompileOptions): Analysis {
  const source = new Source(text);
  const reporter = new Reporter(source);
  const tokens: Token[] = [];
  const tree = parseProgram(reporter, tokens);
  const { program, keyNames } = checkProgram(tree, options, source, reporter);
  const maps = ownedMaps(program, keyNames);
  return { text, tokens, tree, program, maps, diagnostics: reporter.diagnostics };
}

/** Index of the token that an offset is in or beside: of two neighbours, the one that is a word. */
export function tokenAt(tokens: readonly Token[], offset: number): number {
  const touches = (token: Token) => token.kind !== 'end' && within(token, offset);
  const word = tokens.findIndex(token => touches(token) && token.kind !== 'punctuation');
  return word >= 0 ? word : tokens.findIndex(touches);
}

/** Parts of nodes that are no nodes of this tree: they refer to others, in circles. */
const REFERENCES = new Set(['type', 'variable', 'field']);

/**
 * The first node at an offset that `fits`, the outermost first; one that the checker has typed, if there is one. A
 * macro's body is typed where it is expanded, so that its nodes may stand anywhere.
 */
export function findNode<N extends Expression>(
  tree: ProgramNode,
  offset: number,
  fits: (node: Expression) => node is N & Expression,
): N | undefined {
  let untyped: N | undefined;
  const visit = (value: unknown): N | undefined => {
    if (typeof value !== 'object' || value === null) return undefined;
    const node = value as Expression;
    if (typeof node.kind === 'string' && fits(node)) {
      if (node.type) return node;
      untyped ??= node;
    }
    for (const [name, part] of Object.entries(value)) {
      const found = REFERENCES.has(name) ? undefined : visit(part);
      if (found) return found;
    }
    return undefined;
  };
  const probe = tree.probes.find(one => within(one, offset));
  return visit(probe ?? tree) ?? untyped;
}

export const within = ({ start, end }: Range, offset: number) => start <= offset && offset <= end;
