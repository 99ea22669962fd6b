/**
 * Macros are expanded where they are called, into a block of its own: arguments take the place of parameters,
 * and the macro's own variables get names that no caller can write.
 */
import type { BlockNode, Expression, MacroNode, MacroParameter } from '../nodes.ts';

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
export function fits(parameter: MacroParameter, argument: Expression): boolean {
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

  /** The one that is nearest to these arguments, for a message. */
  nearest(name: string, given: Expression[]): MacroNode {
    const distance = ({ parameters }: MacroNode) =>
      1000 * Math.abs(parameters.length - given.length) +
      parameters.filter((p, i) => given[i] && !fits(p, given[i])).length;
    const own = this.#macros.filter(macro => macro.name === name);
    return own.sort((a, b) => distance(a) - distance(b))[0]!;
  }

  /** The block a call becomes; undefined when no macro of this name takes these arguments. */
  expand(name: string, given: Expression[], at: Expression): Expansion | undefined {
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
    const { within = [] } = at as Expanded;
    const signature = `${macro.name}/${macro.start}`;
    if (within.includes(signature))
      return { endless: [...within.slice(within.indexOf(signature)), signature].map(s => s.split('/')[0]!) };
    const suffix = `.${++this.#expansions}`;
    const byName = new Map(macro.parameters.map((p, i) => [p.name, given[i]!]));
    const visit = (node: Node): unknown => {
      const replace = SUBSTITUTIONS[node.kind];
      return replace?.(node, byName, suffix, part => rewrite(part, visit));
    };
    // What the body calls knows what it stands in; what was passed to it does not.
    const body = rewrite(macro.body, node => {
      if (node.kind === 'call' || node.kind === 'identifier')
        (node as Expanded).within = [...within, signature];
      return undefined;
    });
    const { start, end } = at;
    return { block: { ...rewrite(body, visit), expanded: { start, end }, start, end } };
  }
}

/** A node that stands in these macros' bodies, outermost first. */
type Expanded = { within?: string[] };

/** A call's expansion, or the names of the macros that call each other in a circle. */
export type Expansion = { block: BlockNode } | { endless: string[] };

type Substitute = (
  node: Node,
  given: ReadonlyMap<unknown, Expression>,
  suffix: string,
  within: <T>(part: T) => T,
) => unknown;

/** What takes the place of a node in a macro's body, by its kind; undefined leaves it. */
const SUBSTITUTIONS: Readonly<Record<string, Substitute>> = {
  identifier: (node, given) => {
    const argument = given.get(node['name']);
    if (!argument) return undefined;
    const copy = structuredClone(argument);
    return copy.kind === 'variable' || copy.kind === 'map' ? { ...copy, byValue: true } : copy;
  },
  variable: (node, given, suffix) => {
    const argument = given.get(node['name']);
    const name = argument?.kind === 'variable' ? argument.name : `${node['name']}${suffix}`;
    return { ...node, name };
  },
  map: (node, given, _, within) => {
    const argument = given.get(node['name']);
    if (argument?.kind !== 'map') return undefined;
    return { ...node, name: argument.name, ...(node['key'] ? { key: within(node['key']) } : {}) };
  },
  type: (node, given) => {
    const [, tag, name] = /^(?:(struct|union|enum) )?(.*)$/.exec(node['name'] as string)!;
    const argument = given.get(name);
    if (!argument) return undefined;
    const of = argument.kind === 'typeof' ? argument.of : argument;
    if (of.kind === 'identifier') return { ...node, name: tag ? `${tag} ${of.name}` : of.name };
    if (tag && of.kind === 'type') return { ...node, name: `${tag} ${of.name}` };
    return { ...node, name: '', typeof: structuredClone(of) };
  },
  offsetof: (node, given, _, within) => {
    const [only, ...others] = node['path'] as string[];
    const path = others.length === 0 ? fieldPath(given.get(only)) : undefined;
    return path && { ...node, of: within(node['of']), path };
  },
};

/** `a.b.c` as its names. */
function fieldPath(e: Expression | undefined): string[] | undefined {
  if (e?.kind === 'identifier') return [e.name];
  const before = e?.kind === 'field' ? fieldPath(e.object) : undefined;
  return before && [...before, (e as Expression & { kind: 'field' }).name];
}
