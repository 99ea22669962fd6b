/** Checks statements. */

import { isTrue } from '../constant.ts';
import type { More } from '../diagnostics.ts';
import type {
  AssignStatement,
  BlockNode,
  Expression,
  ForStatement,
  IfStatement,
  Range,
  Statement,
  Taken,
} from '../nodes.ts';
import { mayBeOwnAddress } from '../ownAddress.ts';
import type { Origin, VariableInfo } from '../symbols.ts';
import { findFunction } from '../tables/functions.ts';
import { findMapFunction } from '../tables/mapFunctions.ts';
import {
  asNumber,
  baseName,
  INT64,
  isCastable,
  isInteger,
  isTruthy,
  type Type,
  typeName,
  UNKNOWN,
  widen,
} from '../types.ts';
import { fitsInto, unify } from '../unify.ts';
import type { Checker } from './checker.ts';
import { isCompileTime } from './constants.ts';
import { FOUND } from './expressions.ts';
import { checkResult } from './functions.ts';
import { aggregates } from './measures.ts';
import { resolveType } from './typeNodes.ts';

const NO_RESULT = 'This function gives no value.';

/** The block of a probe, a function or a loop: what stands last in it is a statement, too, and no value. */
export const checkBody = (c: Checker, block: BlockNode): void => checkUnused(c, block, 'unreachable');

/** A block whose value nobody takes. */
function checkUnused(c: Checker, block: BlockNode, lost?: 'unreachable'): void {
  checkBlock(c, block, lost);
  if (block.value) checkDiscarded(c, block.value);
}

function checkDiscarded(c: Checker, e: Expression): void {
  const { kind } = c.typeOf(e);
  if (kind !== 'void' && kind !== 'unknown' && !hasEffect(e)) c.report('discarded-value', {}, e);
}

/** A block with a scope of its own. */
export function checkBlock(
  c: Checker,
  block: BlockNode,
  lost: 'unreachable' | 'unreachable-value' = 'unreachable-value',
): void {
  c.scope(() => {
    let left: Statement | undefined;
    for (const statement of block.statements) {
      if (left) {
        c.report('unreachable', {}, statement);
        left = undefined;
      }
      checkStatement(c, statement);
      if (leaves(statement)) left = statement;
    }
    if (block.value) {
      if (left) c.report(lost, {}, block.value);
      const type = c.check(block.value);
      block.type = type;
    }
  });
}

/** Does nothing behind it run? */
function leaves(s: Statement): boolean {
  if (s.kind === 'return' || s.kind === 'break' || s.kind === 'continue') return true;
  return s.kind === 'expression' && s.expression.kind === 'call' && s.expression.name === 'exit';
}

export function checkCondition(c: Checker, e: Expression): void {
  const type = c.check(e);
  if (!isTruthy(type)) c.report('condition-type', { given: baseName(type) }, e);
}

/** Something of which one arm is chosen. */
interface Choice {
  condition: Expression;
  taken?: Taken;
}

/**
 * Checks a condition and the arms that it may take. A condition on types leaves the other arm unchecked, since
 * that is made for other types; one that is a plain constant leaves it checked, but what would refuse to compile
 * there does not.
 */
export function checkArms(c: Checker, choice: Choice, then: () => void, otherwise: () => void): void {
  const { condition } = choice;
  checkCondition(c, condition);
  const { constant } = condition;
  const onTypes = isCompileTime(condition);
  choice.taken = undefined;
  if (constant === undefined) {
    if (onTypes && c.pass === 0) {
      // The types are not known yet: decided by a later pass.
      c.changed = true;
      return;
    }
    then();
    otherwise();
    return;
  }
  const holds = isTrue(constant);
  choice.taken = holds ? 'then' : 'else';
  const arm = (taken: boolean, check: () => void) => {
    if (!taken && onTypes) return;
    const before = c.dead;
    c.dead ||= !taken;
    check();
    c.dead = before;
  };
  arm(holds, then);
  arm(!holds, otherwise);
}

type Check<K extends Statement['kind']> = (c: Checker, s: Extract<Statement, { kind: K }>) => void;

const CHECKS: { [K in Statement['kind']]: Check<K> } = {
  expression: (c, s) => {
    c.check(s.expression);
    checkDiscarded(c, s.expression);
  },
  discard: (c, s) => void c.check(s.value),
  assign: checkAssign,
  let: (c, s) => {
    const before = c.lookup(s.variable.name);
    // Up to the name, as what stands behind it is its value.
    const declaration = { start: s.start, end: s.variable.end };
    if (before && before !== s.variable.variable)
      c.report('variable-declared-twice', { name: s.variable.name }, declaration, undefined, from(before));
    const value = (s.value && checkKept(c, s.value)) ?? UNKNOWN;
    const declared = s.declared ? resolveType(c, s.declared) : undefined;
    if (declared?.kind === 'void' || declared?.kind === 'aggregation')
      c.report('declared-type', { given: typeName(declared) }, s.declared!);
    const info = c.declare(
      s.variable,
      declared ?? value,
      declared !== undefined,
      s.value ? 'assignment' : 'declaration',
      s.value ? s : declaration,
    );
    s.variable.type = info.type;
    if (s.value) {
      info.ownAddress ||= mayBeOwnAddress(s.value);
      assignable(c, info, value, s.value);
    }
  },
  if: checkIf,
  while: (c, s) => {
    c.report('while-deprecated', {}, { start: s.start, end: s.start + 'while'.length });
    checkCondition(c, s.condition);
    c.loops++;
    checkBody(c, s.body);
    c.loops--;
  },
  unroll: (c, s) => {
    c.check(s.count);
    const count = c.integer(s.count);
    if (count === undefined) c.report('unroll-count', {}, s.count);
    else if (count > 100n) c.report('unroll-most', {}, s.count);
    else if (count < 1n) c.report('unroll-least', {}, s.count);
    checkBody(c, s.body);
  },
  for: checkFor,
  break: (c: Checker, s: Statement) => inLoop(c, s),
  continue: (c: Checker, s: Statement) => inLoop(c, s),
  return: (c, s) => {
    if (c.function) {
      checkResult(c, s, c.function);
      return;
    }
    if (!s.value) return;
    const type = c.check(s.value);
    if (type.kind !== 'int' && type.kind !== 'unknown')
      c.report('return-type', { given: typeName(widen(type)) }, s.value);
  },
  'block-statement': (c, s) => checkUnused(c, s.block),
  // Its file has been read before anything was checked.
  import: () => {},
};

const ORIGINS: Readonly<Record<Origin['as'], string>> = {
  declaration: 'This is the initial declaration.',
  assignment: 'This is the initial assignment.',
  parameter: 'This is the function parameter.',
  loop: 'This is the loop variable.',
};

/** Where a variable has come from. */
const from = ({ origin }: VariableInfo): More => ({
  related: [{ message: ORIGINS[origin.as], at: origin.at }],
});

/** What aggregations of one map share. */
const PARAMETERS: Readonly<Record<string, string>> = {
  hist: 'bits in a single hist',
  lhist: 'lhist bounds in a single map',
  tseries: 'tseries bounds in a single map',
};

function checkStatement(c: Checker, s: Statement): void {
  (CHECKS[s.kind] as (c: Checker, s: Statement) => void)(c, s);
}

function checkFor(c: Checker, s: ForStatement): void {
  let type: Type = UNKNOWN;
  const { over } = s;
  if (over.kind === 'range') {
    const [from, to] = (
      [
        ['start', over.from],
        ['end', over.to],
      ] as const
    ).map(([end, bound]) => {
      const given = c.check(bound);
      if (!isInteger(given) && given.kind !== 'unknown')
        c.report('range-type', { end, given: typeName(given) }, bound);
      return asNumber(given);
    });
    const both = unify(from!, to!);
    type = both?.kind === 'int' ? widen(both) : INT64;
  } else if (over.kind === 'map') {
    const info = c.map(over.map);
    over.map.type = info.value;
    if (info.key?.kind === 'void') c.report('for-scalar-map', { name: info.name }, over.map);
    else if (info.value.kind === 'aggregation' && !isCastable(info.value))
      c.report('for-aggregation', { name: info.value.of }, over.map);
    else if (info.key)
      type = {
        kind: 'tuple',
        elements: [
          info.key,
          info.value.kind === 'aggregation'
            ? { kind: 'int', size: 8, signed: info.value.signed }
            : info.value,
        ],
      };
  }
  if (c.loops === 0) checkReturns(c, s.body);
  c.loops++;
  c.scope(() => {
    const before = c.lookup(s.variable.name);
    if (before) c.report('loop-shadows', { name: s.variable.name }, s.variable, undefined, from(before));
    const info = c.declare(s.variable, type, false, 'loop', s.variable);
    c.assign(info, type, s.variable);
    s.variable.type = info.type;
    checkBody(c, s.body);
  });
  c.loops--;
}

/** What leaves a loop gives a value everywhere, or nowhere. */
function checkReturns(c: Checker, part: unknown, first: { valued?: boolean } = {}): void {
  if (typeof part !== 'object' || part === null) return;
  const node = part as Statement;
  if (node.kind === 'return') {
    const valued = node.value !== undefined;
    first.valued ??= valued;
    if (valued !== first.valued) c.report('return-differs', {}, node);
  }
  for (const [name, value] of Object.entries(part)) if (!FOUND.has(name)) checkReturns(c, value, first);
}

function inLoop(c: Checker, s: Statement): void {
  if (c.loops === 0) c.report('not-in-loop', { name: s.kind, where: c.function ? 'function' : 'probe' }, s);
}

function checkIf(c: Checker, s: IfStatement): void {
  checkArms(
    c,
    s,
    () => checkUnused(c, s.then),
    () => {
      if (s.else?.kind === 'if') checkIf(c, s.else);
      else if (s.else) checkUnused(c, s.else);
    },
  );
}

/** May a value be dropped silently? */
function hasEffect(e: Expression): boolean {
  if (e.kind === 'unary') return e.operator === '++' || e.operator === '--';
  if (e.kind === 'call') return !e.called && Boolean(findFunction(e.name)?.effect);
  if (e.kind === 'ternary') return hasEffect(e.else);
  if (e.kind === 'if-expression') return hasEffect(e.then) && hasEffect(e.else);
  if (e.kind === 'block') return e.value === undefined || e.value.type?.kind === 'void' || hasEffect(e.value);
  return e.kind === 'missing';
}

function checkAssign(c: Checker, s: AssignStatement): void {
  const { target } = s;
  if (target.kind === 'map') {
    assignMap(c, s);
    return;
  }
  if (target.kind !== 'variable') {
    c.check(s.value);
    c.report(target.kind === 'field' ? 'parts-fixed' : 'assign-target', {}, target);
    return;
  }
  expand(s);
  if (s.operator !== '=' && !c.lookup(target.name)) c.undefinedVariable(target);
  const value = checkKept(c, s.value);
  if (!value) return;
  const info = c.lookup(target.name) ?? c.declare(target, value, false, 'assignment', s);
  target.variable = info;
  target.type = info.type;
  info.ownAddress ||= mayBeOwnAddress(s.value);
  assignable(c, info, value, s, s.operator !== '=');
}

/** The type of what a scratch variable is to hold; undefined where that is nothing that one can. */
function checkKept(c: Checker, e: Expression): Type | undefined {
  const type = c.check(e);
  if (type.kind === 'void') {
    c.report('no-value', { given: 'void', target: 'scratch variable', remedy: NO_RESULT }, e);
    return undefined;
  }
  if (type.kind === 'aggregation' && !isCastable(type)) {
    const values = { given: typeName(type), target: 'scratch variable', remedy: 'It stays in its map.' };
    c.report('no-value', values, e);
    return undefined;
  }
  return asNumber(type);
}

/** `a += b` is checked and written as `a = a + b`. */
function expand(s: AssignStatement): void {
  if (s.operator === '=' || (s.value.kind === 'binary' && s.value.left === s.target)) return;
  const operator = s.operator.slice(0, -1) as '+';
  s.value = { kind: 'binary', operator, left: s.target, right: s.value, start: s.start, end: s.end };
}

function assignable(
  c: Checker,
  info: Parameters<Checker['assign']>[0],
  type: Type,
  at: Range,
  computed = false,
): void {
  if (info.typed && type.kind === 'int' && info.type.kind === 'int') {
    // A constant is known not to fit; what else it may be is known only when it runs. Sums are 64 bits wide.
    if (!fitsInto(type, info.type)) {
      if (type.literal !== undefined) c.mismatch(info, type, at);
      else if (!computed) c.warnOfSign(type, info.type, at);
    }
    info.assigned = true;
    return;
  }
  if (info.typed && type.kind === 'string' && info.type.kind === 'string' && type.size > info.type.size)
    c.mismatch(info, type, at);
  c.assign(info, type, at);
}

function assignMap(c: Checker, s: AssignStatement): void {
  const target = s.target as Expression & { kind: 'map' };
  if (target.key) c.check(target.key);
  const info = c.map(target);
  c.useKey(info, target.key, target);
  const row = s.operator === '=' && s.value.kind === 'call' ? findMapFunction(s.value.name) : undefined;
  if (row && s.value.kind === 'call') {
    const call = s.value;
    for (const argument of call.arguments) c.check(argument);
    const [least, most] = row.arguments;
    if (call.arguments.length < least || call.arguments.length > most) {
      c.report(
        'argument-count',
        {
          name: row.name,
          expected: countText(least, most, call.arguments.length),
          given: call.arguments.length,
        },
        call,
      );
      return;
    }
    const aggregation = row.aggregation(call, c);
    const [first] = call.arguments;
    const { signed, display } = first?.type?.kind === 'int' ? first.type : { signed: false };
    const measured = display && aggregates(row.name, display) ? { display } : {};
    call.type = { kind: 'aggregation', of: row.name, signed, ...measured };
    if (
      aggregation &&
      info.aggregation &&
      JSON.stringify(aggregation) !== JSON.stringify(info.aggregation) &&
      aggregation.fn === info.aggregation.fn
    ) {
      c.report('aggregation-differs', { what: PARAMETERS[row.name] ?? row.name, map: info.name }, call);
    }
    if (aggregation && info.value.kind === 'unknown') info.aggregation = aggregation;
    c.assignMap(info, call.type, s);
    target.type = info.value;
    return;
  }
  // What is only ever added to counts from zero.
  if (s.operator !== '=' && c.pass > 0 && info.value.kind === 'unknown') c.assignMap(info, INT64, s);
  expand(s);
  const type = c.check(s.value);
  if (type.kind === 'void') {
    c.report('no-value', { given: 'void', target: 'map', remedy: NO_RESULT }, s.value);
    return;
  }
  // Whether a number or an aggregation of its own is meant, is not for us to guess.
  if (type.kind === 'aggregation' && info.value.kind !== 'int') {
    const from = s.value.kind === 'map' ? s.value.name : '…';
    const remedy = isCastable(type)
      ? `Add a cast to integer if you want the value of the aggregate, e.g. \`${target.name} = (int64)${from};\`.`
      : '';
    c.report('aggregation-copied', { given: typeName(type), name: target.name, of: type.of, remedy }, s);
    return;
  }
  c.assignMap(info, asNumber(type), s);
  target.type = info.value;
}

/** `requires one argument`, `requires at least 2 arguments`, `takes up to 3 arguments`. */
export function countText(least: number, most: number, given: number): string {
  const words = (n: number) => (n === 1 ? 'one argument' : n === 0 ? 'no arguments' : `${n} arguments`);
  if (least === most || most === 0) return `requires ${words(most)}`;
  return given < least ? `requires at least ${words(least)}` : `takes up to ${words(most)}`;
}
