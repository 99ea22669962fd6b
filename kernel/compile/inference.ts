/**
 * The types of records that a program hands over as `void *`, from clang's syntax tree. Values are followed
 * through casts, local variables and parameters to a pointer that says what it points to.
 */
import { type Node, variable, withoutCasts } from './tree.ts';

/** Calls that hand a record to the kernel, and which argument it is. */
const RECORD_ARGUMENT: Record<string, number> = {
  bpf_ringbuf_submit: 0,
  bpf_ringbuf_output: 1,
  bpf_perf_event_output: 3,
};

/** A chain of helper functions longer than this is not followed. */
const DEPTH = 8;

/**
 * For each of the functions named, the C types (`struct event *`) its untyped records can have.
 */
export function inferRecordTypes(root: Node, functions: Iterable<string>): Map<string, string[]> {
  const program = new Program(root);
  return new Map([...functions].map(name => [name, program.recordTypes(name)]));
}

class Func {
  readonly calls: { callee: string; args: Node[] }[] = [];
  /** What is assigned to a variable, by the variable's id. */
  readonly assigned = new Map<string, Node[]>();
  /** Types a `void *` variable is cast to, by the variable's id. */
  readonly castTo = new Map<string, string[]>();

  constructor(
    readonly params: string[],
    body: Node,
  ) {
    walk(body, node => this.#note(node));
  }

  #note(node: Node): void {
    const [first, second] = node.inner ?? [];
    if (node.kind === 'CallExpr') {
      const callee = first && variable(first)?.name;
      if (callee) this.calls.push({ callee, args: node.inner!.slice(1) });
    } else if (node.kind === 'VarDecl' && node.id && first) {
      push(this.assigned, node.id, first);
    } else if (node.kind === 'BinaryOperator' && node.opcode === '=' && first && second) {
      const target = variable(first)?.id;
      if (target) push(this.assigned, target, second);
    } else if (node.kind?.endsWith('CastExpr') && pointsToSomething(node)) {
      const source = variable(node)?.id;
      if (source) push(this.castTo, source, typeText(node));
    }
  }
}

class Program {
  readonly #functions = new Map<string, Func>();

  constructor(root: Node) {
    for (const node of root.inner ?? []) {
      const body = node.inner?.find(child => child.kind === 'CompoundStmt');
      if (node.kind !== 'FunctionDecl' || !node.name || !body) continue;
      const params = node.inner!.filter(child => child.kind === 'ParmVarDecl').map(param => param.id!);
      this.#functions.set(node.name, new Func(params, body));
    }
  }

  recordTypes(name: string): string[] {
    const func = this.#functions.get(name);
    const types = func?.calls.flatMap(({ callee, args }) => {
      const argument = args[RECORD_ARGUMENT[callee] ?? -1];
      return argument ? this.#typesOf(argument, name, func, DEPTH) : [];
    });
    return [...new Set(types)];
  }

  #typesOf(expression: Node, name: string, func: Func, depth: number): string[] {
    if (depth === 0) return [];
    const plain = withoutCasts(expression);
    if (pointsToSomething(plain)) return [typeText(plain)];
    const id = plain.referencedDecl?.id;
    if (!id) return [];
    const sources = (func.assigned.get(id) ?? []).flatMap(value =>
      this.#typesOf(value, name, func, depth - 1),
    );
    if (sources.length > 0) return sources;
    const casts = func.castTo.get(id);
    if (casts) return casts;
    const index = func.params.indexOf(id);
    if (index < 0) return [];
    return [...this.#functions].flatMap(([caller, other]) =>
      other.calls
        .filter(({ callee, args }) => callee === name && args[index])
        .flatMap(({ args }) => this.#typesOf(args[index]!, caller, other, depth - 1)),
    );
  }
}

function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  for (const child of node.inner ?? []) walk(child, visit);
}

/** A pointer or array of something with a layout: not void, not a function. */
function pointsToSomething(node: Node): boolean {
  const type = node.type?.desugaredQualType ?? node.type?.qualType ?? '';
  return /[*\]]$/.test(type) && !/\bvoid \*$/.test(type) && !type.includes('(');
}

/** As C text; an array as a pointer to its element. */
const typeText = (node: Node) => node.type!.qualType.replace(/\s*\[\d*\]$/, ' *');

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  map.set(key, [...(map.get(key) ?? []), value]);
}
