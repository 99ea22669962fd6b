/**
 * Macros are expanded where they are called, into a block of its own: arguments take the place of parameters,
 * and the macro's own variables get names that no caller can write.
 */
import type { BlockNode, Expression, MacroNode, MacroParameter } from '../nodes.ts';

/** Expansions within expansions that are taken for endless. */
const MOST_DEPTH = 64;

type Node = { kind: string } & Record<string, unknown>;

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).kind === 'string';

/** A copy of a tree in which `visit` may replace nodes; what it replaces is not looked into again. */
function rewrite<T>(value: T, visit: (node: Node) => unknown): T {
  if (Array.isArray(value)) return value.map(item => rewrite(item, visit)) as T;
  if (typeof value !== 'object' || value === null) return value;
  if (isNode(value)) {
    const replaced = visit(value);
    if (replaced !== undefined) return replaced as T;
  }
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, rewrite(part, visit)])) as T;
}

/** Does an argument fit a parameter? */
function fits(parameter: MacroParameter, argument: Expression): boolean {
  if (parameter.kind === 'variable') return argument.kind === 'variable';
  if (parameter.kind === 'map') return argument.kind === 'map' && !argument.key;
  if (parameter.kind === 'type') return argument.kind === 'typeof';
  return true;
}

export class Macros {
  readonly #macros: readonly MacroNode[];
  #expansions = 0;

  constructor(macros: readonly MacroNode[]) {
    this.#macros = macros;
  }

  has(name: string): boolean {
    return this.#macros.some(macro => macro.name === name);
  }

  get names(): string[] {
    return this.#macros.map(macro => macro.name);
  }

  /** The block a call becomes; undefined when no macro of this name takes these arguments. */
  expand(name: string, given: Expression[], at: Expression): BlockNode | 'endless' | undefined {
    const depth = ((at as { depth?: number }).depth ?? 0) + 1;
    if (depth > MOST_DEPTH) return 'endless';
    const candidates = this.#macros.filter(
      macro =>
        macro.name === name &&
        macro.parameters.length === given.length &&
        macro.parameters.every((p, i) => fits(p, given[i]!)),
    );
    // The more special signature wins: $variables, @maps and types over plain expressions.
    const special = (macro: MacroNode) => macro.parameters.filter(p => p.kind !== 'expression').length;
    const [macro] = candidates.sort((a, b) => special(b) - special(a));
    if (!macro) return undefined;
    const suffix = `.${++this.#expansions}`;
    const byName = new Map(macro.parameters.map((p, i) => [p.name, given[i]!]));
    const visit = (node: Node): unknown => {
      const name = node['name'];
      const argument = typeof name === 'string' ? byName.get(name) : undefined;
      switch (node.kind) {
        case 'identifier':
          return argument && structuredClone(argument);
        case 'variable':
          return {
            ...node,
            name: argument?.kind === 'variable' ? argument.name : `${name as string}${suffix}`,
          };
        case 'map':
          if (argument?.kind !== 'map') return undefined;
          return {
            ...node,
            name: argument.name,
            ...(node['key'] ? { key: rewrite(node['key'], visit) } : {}),
          };
        case 'type':
          return (
            argument && {
              ...node,
              name: '',
              typeof: structuredClone(argument.kind === 'typeof' ? argument.of : argument),
            }
          );
        default:
          return undefined;
      }
    };
    const marked = rewrite(rewrite(macro.body, visit), node => {
      if (node.kind === 'call' || node.kind === 'identifier') (node as { depth?: number }).depth = depth;
      return undefined;
    });
    return { ...marked, start: at.start, end: at.end };
  }
}
