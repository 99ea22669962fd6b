/**
 * Which members of a record a program writes before it submits it, from clang's syntax tree. Ring memory is not
 * cleared: what was not written is whatever an earlier record left there. In doubt a member counts as written.
 */
import { type Node, variable, withoutCasts } from './tree.ts';

export interface RecordWrites {
  func: string;
  /** The record's struct, without `struct`. */
  struct: string;
  /** Members that are written whenever the record is submitted; undefined = all. */
  always: ReadonlySet<string> | undefined;
}

const RESERVE = 'bpf_ringbuf_reserve';
const SUBMIT = 'bpf_ringbuf_submit';
const DISCARD = 'bpf_ringbuf_discard';

/** One for each variable that holds a reserved record. */
export function recordWrites(root: Node): RecordWrites[] {
  return (root.inner ?? []).flatMap(node => {
    const body = node.inner?.find(child => child.kind === 'CompoundStmt');
    if (node.kind !== 'FunctionDecl' || !node.name || !body) return [];
    const func = node.name;
    return [...reserved(body)].map(([id, struct]) => ({ func, struct, always: new Record(id).writes(body) }));
  });
}

/** The structs that a function makes room for, in the order of its calls; '' where none is said. */
export function reservedStructs(root: Node, func: string): string[] {
  const found: string[] = [];
  const visit = (node: Node, struct: string) => {
    if (callee(node) === RESERVE) found.push(struct);
    const [first] = node.inner ?? [];
    const holder = node.kind === 'VarDecl' ? node : isAssignment(node) && first ? variable(first) : undefined;
    for (const child of node.inner ?? []) visit(child, holder ? (structOf(holder) ?? '') : struct);
  };
  const definition = root.inner?.findLast(({ kind, name }) => kind === 'FunctionDecl' && name === func);
  if (definition) visit(definition, '');
  return found;
}

const structOf = ({ type }: Node): string | undefined =>
  /^struct (\w+) \*$/.exec(type?.desugaredQualType ?? type?.qualType ?? '')?.[1];

/** Variables that a record is reserved for, by id, with the structs they point to. */
function reserved(body: Node): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (node: Node) => {
    const [first, second] = node.inner ?? [];
    const holder = node.kind === 'VarDecl' ? node : isAssignment(node) && first ? variable(first) : undefined;
    const value = node.kind === 'VarDecl' ? first : second;
    const struct = /^struct (\w+) \*$/.exec(
      holder?.type?.desugaredQualType ?? holder?.type?.qualType ?? '',
    )?.[1];
    if (holder?.id && struct && value && callee(withoutCasts(value)) === RESERVE)
      found.set(holder.id, struct);
    node.inner?.forEach(visit);
  };
  visit(body);
  return found;
}

const isAssignment = ({ kind, opcode }: Node) => kind === 'BinaryOperator' && opcode === '=';

const callee = ({ kind, inner }: Node): string | undefined =>
  kind === 'CallExpr' && inner?.[0] ? variable(inner[0])?.name : undefined;

/** What is written so far on the way through a function: member names, or all. */
type State = ReadonlySet<string> | 'all';

const NOTHING: State = new Set();
/** A way ends here: it returns. */
const OVER = undefined;

const LOGICAL = new Set(['==', '!=', '&&', '||']);

/** One record on its way through a function. */
class Record {
  #submitted: State[] = [];

  constructor(private readonly id: string) {}

  writes(body: Node): ReadonlySet<string> | undefined {
    if (jumps(body)) return undefined;
    this.#walk(body, NOTHING);
    const known = this.#submitted.flatMap(state => (state === 'all' ? [] : [state]));
    return known.length === 0 ? undefined : known.reduce(common);
  }

  #walk(node: Node | undefined, state: State): State | undefined {
    if (!node) return state;
    const [first, second] = node.inner ?? [];
    switch (node.kind) {
      case 'IfStmt':
        return this.#branch(node, state);
      case 'ReturnStmt':
        this.#walkAll(node.inner, state);
        return OVER;
      case 'UnaryExprOrTypeTraitExpr':
        return state;
      case 'CallExpr':
        return this.#call(node, state);
      case 'VarDecl':
        return node.id === this.id && first ? this.#assigned(first) : this.#walkAll(node.inner, state);
      case 'MemberExpr':
        return this.#memberOf(node) === undefined ? this.#walkAll(node.inner, state) : state;
      case 'ImplicitCastExpr':
        if (node.castKind === 'ArrayToPointerDecay') return this.#written(first, state);
        break;
      case 'UnaryOperator':
        if (node.opcode === '&') return this.#written(first, state);
        if (node.opcode === '!' && this.#isIt(first)) return state;
        break;
      case 'BinaryOperator':
      case 'CompoundAssignOperator': {
        if (isAssignment(node) && this.#isIt(first)) return this.#assigned(second!);
        if (isAssignment(node) || node.kind === 'CompoundAssignOperator')
          return this.#written(first, this.#walk(second, state) ?? state);
        const rest = (node.inner ?? []).filter(
          operand => !LOGICAL.has(node.opcode ?? '') || !this.#isIt(operand),
        );
        return this.#walkAll(rest, state);
      }
      case 'DeclRefExpr':
        // Whoever gets it may write to it.
        return node.referencedDecl?.id === this.id ? 'all' : state;
    }
    return this.#walkAll(node.inner, state);
  }

  #walkAll(nodes: readonly Node[] = [], state: State): State | undefined {
    let now: State | undefined = state;
    for (const node of nodes) {
      now = this.#walk(node, now);
      if (now === OVER) return OVER;
    }
    return now;
  }

  #branch({ inner = [] }: Node, state: State): State | undefined {
    const [condition, then, otherwise] = inner;
    const before = this.#isIt(condition) ? state : (this.#walk(condition, state) ?? state);
    const [one, other] = [this.#walk(then, before), this.#walk(otherwise, before)];
    if (one === OVER || other === OVER) return one ?? other;
    if (one === 'all') return other;
    return other === 'all' ? one : common(one, other);
  }

  #call(node: Node, state: State): State | undefined {
    const name = callee(node);
    const given = (node.inner ?? []).slice(1);
    if ((name === SUBMIT || name === DISCARD) && this.#isIt(given[0])) {
      if (name === SUBMIT) this.#submitted.push(state);
      return state;
    }
    return this.#walkAll(given, state);
  }

  /** It gets a new value: a record in which nothing is written, or something else. */
  #assigned(value: Node): State {
    return callee(withoutCasts(value)) === RESERVE ? NOTHING : 'all';
  }

  /** The place that a node names is written to. */
  #written(place: Node | undefined, state: State): State | undefined {
    if (!place || state === 'all') return state;
    const member = this.#memberOf(place);
    if (member !== undefined) return member === '' ? 'all' : new Set([...state, member]);
    return this.#walk(place, state);
  }

  /** The member of the record that a node is, or is a part of. */
  #memberOf(node: Node): string | undefined {
    const inner = node.inner?.[0];
    if (!inner) return undefined;
    if (node.kind === 'MemberExpr') return this.#isIt(inner) ? (node.name ?? '') : this.#memberOf(inner);
    const leads =
      node.kind === 'ArraySubscriptExpr' || node.kind === 'ParenExpr' || node.kind === 'ImplicitCastExpr';
    return leads ? this.#memberOf(inner) : undefined;
  }

  #isIt(node: Node | undefined): boolean {
    return node !== undefined && variable(node)?.id === this.id;
  }
}

const common = (one: ReadonlySet<string>, other: ReadonlySet<string>): ReadonlySet<string> =>
  new Set([...one].filter(name => other.has(name)));

const jumps = (node: Node): boolean =>
  node.kind === 'GotoStmt' || (node.inner ?? []).some(child => jumps(child));
