/** What the tree tells of single tokens, by where they start: the same `-` may be unary, the same `/` a predicate's. */
import type { Expression, ProbeNode, ProgramNode, Statement, TypeNode } from '../nodes.ts';
import { isComment, type Piece } from './pieces.ts';

export interface Roles {
  /** Stick to what is behind them: unary operators, casts. */
  tightAfter: Set<number>;
  /** Stick to what is before them: `++` behind its operand, stars of types. */
  tightBefore: Set<number>;
  /** Begin a line: attach points, predicates, the braces of probes. */
  lines: Set<number>;
  /** Begin what stands at the top of the program. */
  items: Set<number>;
  /** Those items that have braces: a blank line stands around them. */
  blocks: Set<number>;
  /** Closing braces behind which a statement ends without a semicolon. */
  ends: Set<number>;
  /** Braces of blocks that stay on their line: `if $a { 1 } else { 2 }` as a value. */
  inline: Set<number>;
}

type Node = Expression | Statement | TypeNode;

const SELF_ENDING: readonly Statement['kind'][] = ['if', 'while', 'for', 'unroll', 'block-statement'];

export function readRoles(tree: ProgramNode, pieces: readonly Piece[]): Roles {
  return new Reader(tree, pieces).roles;
}

class Reader {
  readonly roles: Roles = {
    tightAfter: new Set(),
    tightBefore: new Set(),
    lines: new Set(),
    items: new Set(),
    blocks: new Set(),
    ends: new Set(),
    inline: new Set(),
  };
  readonly #tokens: Piece[];
  readonly #at: Map<number, number>;

  constructor(tree: ProgramNode, pieces: readonly Piece[]) {
    this.#tokens = pieces.filter(piece => !isComment(piece));
    this.#at = new Map(this.#tokens.map(({ start }, index) => [start, index]));
    const { items, blocks, lines } = this.roles;
    for (const { start } of [...tree.imports, ...tree.maps]) items.add(start);
    for (const { start, body } of [...tree.macros, ...tree.functions, ...tree.probes]) {
      items.add(start);
      blocks.add(start);
      lines.add(body.start);
    }
    for (const probe of tree.probes) this.#probe(probe);
    this.#visit(tree);
  }

  /** The token `distance` tokens away from the one that starts at an offset. */
  #token(start: number, distance = 0): Piece | undefined {
    const index = this.#at.get(start);
    return index === undefined ? undefined : this.#tokens[index + distance];
  }

  #probe({ attachPoints, predicate, body }: ProbeNode): void {
    const { lines, tightAfter, tightBefore } = this.roles;
    for (const [i, { name, start }] of attachPoints.entries()) {
      const assign = name === undefined ? undefined : this.#token(start, -1);
      if (assign) {
        tightAfter.add(assign.start);
        tightBefore.add(assign.start);
      }
      if (i > 0) lines.add((assign && this.#token(start, -2)?.start) ?? start);
    }
    if (!predicate) return;
    const open = this.#token(attachPoints.at(-1)!.start, 1);
    const close = this.#token(body.start, -1);
    if (!open || !close) return;
    lines.add(open.start);
    tightAfter.add(open.start);
    tightBefore.add(close.start);
  }

  #visit(value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    if (typeof (value as { kind?: unknown }).kind === 'string') this.#note(value as Node);
    for (const part of Object.values(value)) this.#visit(part);
  }

  #note(node: Node): void {
    const { tightAfter, tightBefore, ends, inline } = this.roles;
    switch (node.kind) {
      case 'unary':
        if (node.postfix) tightBefore.add(node.end - node.operator.length);
        else tightAfter.add(node.start);
        break;
      case 'type':
        for (const { start, text } of this.#tokens)
          if (text === '*' && start >= node.start && start < node.end) tightBefore.add(start);
        break;
      case 'cast': {
        const close = this.#token(node.start)?.text === '(' && this.#tokens.find(t => t.start >= node.to.end);
        if (close) tightAfter.add(close.start);
        break;
      }
      case 'block':
        for (const statement of node.statements) {
          const block = statement.kind === 'expression' && statement.expression.kind === 'block';
          if (block || SELF_ENDING.includes(statement.kind)) ends.add(statement.end - 1);
        }
        break;
      case 'if-expression':
        for (const { statements, value, start, end } of [node.then, node.else])
          if (statements.length === 0 && value) inline.add(start).add(end - 1);
        break;
      default:
    }
  }
}
