/** Finds the type of every expression. */
import type { BlockNode, Expression, IfStatement, PositionalNode, TypeinfoNode, TypeNode } from '../nodes.ts';
import { byteLength, findBuiltin, probeName, probeType } from '../tables/builtins.ts';
import { findFunction } from '../tables/functions.ts';
import { parameterText } from '../target.ts';
import {
  asNumber,
  BOOL,
  baseName,
  INT64,
  isCastable,
  literalType,
  type StructType,
  sizeOf,
  string,
  type Type,
  typeName,
  UNKNOWN,
  VOID,
  widen,
} from '../types.ts';
import { unify } from '../unify.ts';
import { checkCast, checkField, checkIndex } from './access.ts';
import { checkBuiltin, checkCall, checkMacro } from './calls.ts';
import type { Checker } from './checker.ts';
import { checkBinary, checkUnary } from './operators.ts';
import { checkArms, checkBlock } from './statements.ts';
import { resolveType } from './typeNodes.ts';
import { reportUnstable } from './unstable.ts';

type Check<K extends Expression['kind']> = (c: Checker, e: Extract<Expression, { kind: K }>) => Type;

const CHECKS: { [K in Expression['kind']]: Check<K> } = {
  integer: (_, e) => literalType(e.value),
  boolean: () => BOOL,
  string: (c, e) => {
    if (e.cut) c.report('text-empty', {}, e);
    const size = byteLength(e.value) + 1;
    if (size > c.config.max_strlen)
      c.report('string-too-long', { most: c.config.max_strlen, text: e.value }, e);
    return string(size);
  },
  identifier: (c, e) => {
    const meant = c.ctypes.defined(e.name);
    if (meant) {
      // A #defined name is what it stands for.
      const { name } = e;
      if (c.defines.includes(name)) {
        c.report('define-endless', { chain: [...c.defines, name].join('->') }, e);
        return UNKNOWN;
      }
      Object.assign(e, structuredClone(meant), { start: e.start, end: e.end });
      c.defines.push(name);
      const type = c.check(e);
      c.defines.pop();
      return type;
    }
    const expanded = c.macros.has(e.name) ? checkMacro(c, e, e.name, []) : undefined;
    // As bpftrace's own library names what is built in.
    const name = e.name.replace(/^__builtin_/, '');
    return expanded ?? c.ctypes.enumerator(e.name) ?? checkBuiltin(c, name, e);
  },
  variable: (c, e) => {
    const info = c.lookup(e.name);
    if (!info) {
      c.undefinedVariable(e);
      return UNKNOWN;
    }
    e.variable = info;
    if (!info.assigned && !info.readEarly) {
      c.report('variable-unassigned', { name: info.name }, e);
      info.readEarly = { start: e.start, end: e.end };
    }
    return info.type;
  },
  map: (c, e) => {
    if (e.key) c.check(e.key);
    const info = c.map(e);
    c.useKey(info, e.key, e);
    return info.value;
  },
  positional: checkPositional,
  unary: checkUnary,
  binary: checkBinary,
  ternary: (c, e) => choose(c, e, e.then ?? e.condition),
  'if-expression': (c, e) => choose(c, e, e.then),
  block: (c, e) => {
    valueOfIf(e);
    if (e.expanded) c.expansions.push(e.expanded);
    checkBlock(c, e);
    if (e.expanded) c.expansions.pop();
    return e.value?.type ? widen(e.value.type) : VOID;
  },
  field: checkField,
  index: checkIndex,
  cast: checkCast,
  call: checkCall,
  tuple: (c, e) => ({ kind: 'tuple', elements: e.elements.map(element => member(c, element, 'tuple')) }),
  record: (c, e) => ({
    kind: 'tuple',
    elements: e.fields.map(f => member(c, f.value, 'record')),
    names: e.fields.map(f => f.name),
  }),
  sizeof: (c, e) => {
    if (assignsMap(e.of)) c.report('map-assigned', { name: 'sizeof' }, e);
    return literalType(BigInt(sizeOf(typeOperand(c, e.of))));
  },
  offsetof: (c, e) => {
    let type = typeOperand(c, e.of);
    let offset = 0;
    for (const name of e.path) {
      const index = /^\[(\d+)\]$/.exec(name)?.[1];
      if (index !== undefined && type.kind === 'array') {
        offset += Number(index) * sizeOf(type.element);
        type = type.element;
        continue;
      }
      const field = type.kind === 'struct' ? c.ctypes.field(type, name) : undefined;
      if (!field) {
        if (type.kind === 'struct') c.report('offset-field', { owner: typeName(type), field: name }, e);
        else if (type.kind !== 'unknown') c.report('offset-type', { given: typeName(type) }, e);
        return UNKNOWN;
      }
      offset += field.offset;
      const { own, binary } = type as StructType;
      type = c.ctypes.fromData(field.type, 'none', Boolean(own), binary);
    }
    return literalType(BigInt(offset));
  },
  typeof: (c, e) => {
    c.report('type-as-value', {}, e);
    return UNKNOWN;
  },
  typeinfo: checkTypeinfo,
  comptime: (c, e) => {
    const type = c.check(e.operand);
    if (e.operand.constant === undefined && type.kind !== 'unknown') c.report('comptime-unresolved', {}, e);
    return type;
  },
  missing: () => UNKNOWN,
};

/** An `if` with an `else` at the end of a block that is used as a value gives the block's value. */
function valueOfIf(block: BlockNode): void {
  const last = block.statements.at(-1);
  if (block.value || last?.kind !== 'if' || !last.else) return;
  const asValue = (s: IfStatement): Expression | undefined => {
    if (!s.else) return undefined;
    const { then } = s;
    const otherwise = s.else.kind === 'if' ? asValue(s.else) : s.else;
    if (!otherwise) return undefined;
    const wrapped: BlockNode =
      otherwise.kind === 'block'
        ? otherwise
        : { kind: 'block', statements: [], value: otherwise, start: otherwise.start, end: otherwise.end };
    return {
      kind: 'if-expression',
      condition: s.condition,
      then,
      else: wrapped,
      start: s.start,
      end: s.end,
    };
  };
  const value = asValue(last);
  if (!value) return;
  block.statements.pop();
  block.value = value;
}

export function checkExpression(c: Checker, e: Expression): Type {
  return (CHECKS[e.kind] as (c: Checker, e: Expression) => Type)(c, e);
}

/** What sizeof, offsetof and typeof are about. */
export function typeOperand(c: Checker, of: TypeNode | Expression): Type {
  if (of.kind === 'type') return resolveType(c, of);
  const type = of.kind === 'identifier' && !isValue(c, of.name) && c.ctypes.named(of.name, 'none', c.binary);
  if (type) return type;
  // A map with keys stands for them, so that a macro can declare one.
  const { key = VOID } = of.kind === 'map' && !of.key ? c.map(of) : {};
  if (key.kind !== 'void') return key;
  return of.kind === 'typeof' ? typeOperand(c, of.of) : c.check(of);
}

/** Nothing runs of what only a type is asked of. */
export function assignsMap(part: unknown): boolean {
  if (typeof part !== 'object' || part === null) return false;
  const { kind, target } = part as { kind?: string; target?: Expression };
  if (kind === 'assign' && target?.kind === 'map') return true;
  return Object.entries(part).some(([name, value]) => !FOUND.has(name) && assignsMap(value));
}

/** What the checker notes on nodes. */
export const FOUND: ReadonlySet<string> = new Set(['type', 'variable', 'constant', 'called']);

/** Names of values go before those of types: `pid` is a builtin, and a struct of Linux. */
const isValue = ({ ctypes, macros }: Checker, name: string): boolean =>
  ctypes.defined(name) !== undefined ||
  ctypes.enumerator(name) !== undefined ||
  macros.has(name) ||
  (findBuiltin(name) ?? findFunction(name)) !== undefined;

/** The type of a part of a tuple or record. */
function member(c: Checker, e: Expression, whole: 'tuple' | 'record'): Type {
  const type = c.check(e);
  if (type.kind === 'void') {
    c.report('no-part', { whole }, e);
    return UNKNOWN;
  }
  if (type.kind !== 'aggregation' || isCastable(type) || type.of === 'stats') return known(type);
  c.report('map-value-kept', { given: typeName(type), whole }, e);
  return UNKNOWN;
}

const known = (type: Type): Type =>
  isCastable(type) ? INT64 : type.kind === 'int' && type.literal !== undefined ? { ...type } : type;

/** The type of both arms, or that of the only one which is compiled. */
function choose(
  c: Checker,
  e: Extract<Expression, { kind: 'ternary' | 'if-expression' }>,
  then: Expression,
): Type {
  let [a, b] = [UNKNOWN, UNKNOWN];
  checkArms(
    c,
    e,
    () => {
      // In `a ?: b` the condition has been checked.
      a = then === e.condition ? then.type! : c.check(then);
    },
    () => {
      b = c.check(e.else);
    },
  );
  if (a.kind === 'void' && b.kind === 'void') return VOID;
  const joined = unify(asNumber(a), asNumber(b));
  if (joined) return widen(joined);
  c.report('arms-differ', { left: typeName(a), right: typeName(b) }, e);
  return UNKNOWN;
}

/** A record that says what a type is, as text. */
function checkTypeinfo(c: Checker, e: TypeinfoNode): Type {
  reportUnstable(c, 'typeinfo', 'unstable_typeinfo', e);
  const type = typeOperand(c, e.of);
  if (type.kind === 'unknown') return UNKNOWN;
  const { start, end } = e;
  const text = (name: string, value: string) => ({
    name,
    value: { kind: 'string' as const, value, start, end },
  });
  e.record = {
    kind: 'record',
    fields: [
      { name: 'btf_id', value: { kind: 'integer', value: 0n, start, end } },
      text('base_type', baseName(type)),
      text('full_type', typeName(widen(type))),
    ],
    start,
    end,
  };
  return c.check(e.record);
}

/** A parameter is a number when it reads as one, else text. */
function checkPositional(c: Checker, e: PositionalNode): Type {
  const given = c.options.positional ?? [];
  if (e.index === 0) return literalType(BigInt(given.length));
  const text = given[e.index - 1];
  if (text === undefined) {
    c.report('missing-parameter', { index: e.index }, e);
    return literalType(0n);
  }
  const value = parseNumber(text);
  return value === undefined ? string(byteLength(text) + 1) : literalType(value);
}

/** C's bases; undefined when it is no number. */
export function parseNumber(text: string): bigint | undefined {
  const found = /^(-?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)$/.exec(text);
  if (!found) return undefined;
  const digits = found[2]!;
  const value = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  if (value >= 1n << 64n) return undefined;
  return found[1] ? -value : value;
}

/** Text that is known while compiling. */
export function constantText(c: Checker, e: Expression): string | undefined {
  if (e.kind === 'string') return e.value;
  if (e.kind === 'positional' && e.type?.kind === 'string') return parameterText(c.options, e);
  if (e.kind === 'comptime') return constantText(c, e.operand);
  if (e.kind === 'call' && e.name === 'str' && e.arguments.length === 1) {
    const [of] = e.arguments;
    return of!.kind === 'positional' ? parameterText(c.options, of!) : constantText(c, of!);
  }
  if (e.kind === 'identifier' && e.name === 'probe') return probeName(c.probe);
  if (e.kind === 'identifier' && e.name === 'probetype') return probeType(c.probe.row.name);
  return typeof e.constant === 'string' ? e.constant : undefined;
}
