/** Functions of the program's own, `fn`: what they take and give, and where they are called. */
import type { Reporter } from '../diagnostics.ts';
import type { BlockNode, CallNode, FunctionNode, ReturnStatement } from '../nodes.ts';
import type { Callable, FunctionInstance } from '../symbols.ts';
import { PROBES } from '../tables/probes.ts';
import type { ProbeName } from '../tables/rows.ts';
import { sizeOf, type Type, typeName, UNKNOWN, VOID } from '../types.ts';
import { fitsInto, unify } from '../unify.ts';
import type { Checker } from './checker.ts';
import { resolveType } from './typeNodes.ts';

/** BPF passes arguments in five registers. */
const MOST_PARAMETERS = 5;

/** A function stands in no probe: what needs one refuses it by this name. */
export const OUTSIDE = { ...PROBES.find(row => row.name === 'begin')!, name: 'fn' as ProbeName };

/** The functions of a program, none of them twice or calling itself. */
export function ownFunctions(nodes: readonly FunctionNode[], reporter: Reporter): FunctionInstance[] {
  const calls = new Map(nodes.map(({ name, body }) => [name, calledNames(body)]));
  const reaches = (from: string, to: string, seen = new Set<string>()): boolean =>
    [...(calls.get(from) ?? [])].some(name => {
      if (name === to) return true;
      return !seen.has(name) && reaches(name, to, seen.add(name));
    });
  for (const [i, { name, nameRange }] of nodes.entries()) {
    if (nodes.findIndex(other => other.name === name) < i)
      reporter.report('function-twice', { name }, nameRange);
    if (reaches(name, name)) reporter.report('function-endless', { name }, nameRange);
  }
  return nodes.map(functionInstance);
}

function calledNames(part: unknown, names = new Set<string>()): Set<string> {
  if (typeof part !== 'object' || part === null) return names;
  const { kind, name } = part as { kind?: string; name?: string };
  if (kind === 'call') names.add(name!);
  for (const value of Object.values(part)) calledNames(value, names);
  return names;
}

/** As a place of code like a probe; its types are found by {@link checkSignature}. */
const functionInstance = ({ name, nameRange, body }: FunctionNode): FunctionInstance => ({
  point: { row: OUTSIDE, name: `fn ${name}`, attach: { kind: 'begin' }, range: nameRange },
  name,
  symbol: `fn_${name}`,
  parameters: [],
  returns: UNKNOWN,
  body,
  variables: [],
});

/** Types of a function's parameters and result; `own` declares the parameters in the open scope. */
export function checkSignature(c: Checker, node: FunctionNode, own: FunctionInstance): void {
  own.parameters = node.parameters.map(({ variable, type }) => {
    const wanted = resolveType(c, type);
    return Object.assign(c.declare(variable, wanted, true, 'parameter', variable), {
      type: wanted,
      assigned: true,
    });
  });
  own.returns = node.returns ? resolveType(c, node.returns) : VOID;
  const { returns } = own;
  if (node.parameters.length > MOST_PARAMETERS)
    c.report('function-parameters', { name: own.name, most: MOST_PARAMETERS }, node.nameRange);
  if (!['int', 'bool', 'pointer', 'void', 'unknown'].includes(returns.kind))
    c.report('function-result', { name: own.name, given: typeName(returns) }, node.returns!);
}

/** A function that gives something back does so on every way through it. */
export function checkEnd(c: Checker, node: FunctionNode, { name, returns }: FunctionInstance): void {
  if (returns.kind === 'void' || returns.kind === 'unknown' || returnsAlways(node.body)) return;
  c.report('function-return', { name, expected: typeName(returns), given: 'void' }, node.nameRange);
}

function returnsAlways({ statements }: BlockNode): boolean {
  const last = statements.at(-1);
  if (last?.kind !== 'if') return last?.kind === 'return';
  const { else: otherwise } = last;
  if (!otherwise || !returnsAlways(last.then)) return false;
  const asBlock = otherwise.kind === 'if' ? { ...last.then, statements: [otherwise] } : otherwise;
  return returnsAlways(asBlock);
}

const ADDRESSED: ReadonlySet<Type['kind']> = new Set([
  'pointer',
  'string',
  'array',
  'struct',
  'buffer',
  'tuple',
]);

export function checkFunctionCall(c: Checker, e: CallNode, called: Callable): Type {
  for (const argument of e.arguments) c.check(argument);
  const { name, parameters } = called;
  if (e.arguments.length !== parameters.length) {
    const given = e.arguments.length;
    const got = given < parameters.length ? `only ${given}` : `${given}`;
    c.report('function-arguments', { name, expected: parameters.length, got }, e);
    return called.returns;
  }
  for (const [i, parameter] of parameters.entries()) {
    const argument = e.arguments[i]!;
    const given = argument.type!;
    const wanted = parameter.type;
    // C looks at bytes, whatever they are said to be.
    const address = parameter.c !== undefined && wanted.kind === 'pointer' && ADDRESSED.has(given.kind);
    if (!address && !takes(wanted, given)) {
      const values = {
        parameter: parameter.name,
        expected: typeName(parameter.type),
        given: typeName(given),
      };
      c.report('function-argument', values, argument);
    } else c.warnOfSign(given, wanted, argument);
  }
  e.called = called;
  return called.returns;
}

/** May a value be given where this type is wanted? Other integers are cut or extended. */
function takes(wanted: Type, given: Type): boolean {
  if (given.kind === 'unknown') return true;
  if (wanted.kind === 'int')
    return (given.kind === 'int' || given.kind === 'bool') && !tooLarge(given, wanted);
  if (wanted.kind === 'string' && given.kind === 'string') return sizeOf(given) <= sizeOf(wanted);
  return unify(wanted, given) !== undefined;
}

const tooLarge = (given: Type, wanted: Type) =>
  given.kind === 'int' && given.literal !== undefined && !fitsInto(given, wanted);

/** `return e` in a function gives its result. */
export function checkResult(c: Checker, s: ReturnStatement, { name, returns }: FunctionInstance): void {
  const given = s.value ? c.check(s.value) : VOID;
  if (given.kind === 'unknown' || returns.kind === 'unknown') return;
  if ((given.kind === 'void') !== (returns.kind === 'void') || !takes(returns, given)) {
    c.report('function-return', { name, expected: typeName(returns), given: typeName(given) }, s);
  } else if (s.value) c.warnOfSign(given, returns, s.value);
}
