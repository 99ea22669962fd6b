/** Finds the type of every expression. */
import type {
  BlockNode,
  CallNode,
  Expression,
  FieldNode,
  IfStatement,
  PositionalNode,
  TypeNode,
  UnaryNode,
} from '../nodes.ts';
import { didYouMean } from '../suggest.ts';
import { BUILTINS, byteLength, findBuiltin } from '../tables/builtins.ts';
import { configValue } from '../tables/config.ts';
import { FUNCTIONS, findFunction, LATER_FUNCTIONS } from '../tables/functions.ts';
import { findMapFunction, MAP_FUNCTIONS } from '../tables/mapFunctions.ts';
import { BUILTIN_NAMES } from '../tables/names.ts';
import type { ProbeName } from '../tables/rows.ts';
import {
  type AddressSpace,
  BOOL,
  INT64,
  isCastable,
  isInteger,
  isTruthy,
  literalType,
  pointer,
  type StructType,
  sizeOf,
  string,
  type Type,
  typeName,
  UNKNOWN,
  unify,
  VOID,
  widen,
} from '../types.ts';
import type { Checker } from './checker.ts';
import { checkBinary } from './operators.ts';
import { checkBlock, checkCondition, countText } from './statements.ts';
import { resolveType } from './typeNodes.ts';

type Check<K extends Expression['kind']> = (c: Checker, e: Extract<Expression, { kind: K }>) => Type;

const CHECKS: { [K in Expression['kind']]: Check<K> } = {
  integer: (_, e) => literalType(e.value),
  boolean: () => BOOL,
  string: (_, e) => string(byteLength(e.value) + 1),
  identifier: (c, e) => {
    const meant = c.ctypes.defined(e.name);
    if (meant) {
      // A #defined name is what it stands for.
      Object.assign(e, structuredClone(meant), { start: e.start, end: e.end });
      return c.check(e);
    }
    if (c.macros.has(e.name)) return checkMacro(c, e, e.name, []);
    return c.ctypes.enumerator(e.name) ?? checkBuiltin(c, e.name, e);
  },
  variable: (c, e) => {
    const info = c.lookup(e.name);
    if (!info) {
      c.report('undefined-variable', { name: e.name, remedy: '' }, e);
      return UNKNOWN;
    }
    e.variable = info;
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
  ternary: (c, e) => {
    if (e.then) {
      checkCondition(c, e.condition);
      return arms(c, c.check(e.then), c.check(e.else), e);
    }
    const condition = c.check(e.condition);
    if (!isTruthy(condition)) c.report('condition-type', { given: typeName(condition) }, e.condition);
    return arms(c, condition, c.check(e.else), e);
  },
  'if-expression': (c, e) => {
    checkCondition(c, e.condition);
    return arms(c, c.check(e.then), c.check(e.else), e);
  },
  block: (c, e) => {
    valueOfIf(e);
    checkBlock(c, e);
    return e.value?.type ? widen(e.value.type) : VOID;
  },
  field: checkField,
  index: checkIndex,
  cast: checkCast,
  call: checkCall,
  tuple: (c, e) => ({ kind: 'tuple', elements: e.elements.map(element => known(c.check(element))) }),
  record: (c, e) => ({
    kind: 'tuple',
    elements: e.fields.map(f => known(c.check(f.value))),
    names: e.fields.map(f => f.name),
  }),
  sizeof: (c, e) => {
    return unsigned(BigInt(sizeOf(typeOperand(c, e.of))));
  },
  offsetof: (c, e) => {
    let type = typeOperand(c, e.of);
    let offset = 0;
    for (const name of e.path) {
      const field = type.kind === 'struct' ? c.ctypes.field(type, name) : undefined;
      if (!field) {
        if (type.kind !== 'unknown')
          c.report('unknown-field', { owner: typeName(type), field: name, remedy: '' }, e);
        return UNKNOWN;
      }
      offset += field.offset;
      type = c.ctypes.fromData(field.type, 'none', Boolean((type as StructType).own));
    }
    return unsigned(BigInt(offset));
  },
  typeof: (c, e) => later(c, e, 'typeof as a value'),
  typeinfo: (c, e) => later(c, e, 'typeinfo'),
  comptime: (c, e) => c.check(e.operand),
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

function later(c: Checker, e: Expression, what: string): Type {
  c.report('not-supported-yet', { what }, e);
  return UNKNOWN;
}

/** What sizeof, offsetof and typeof are about. */
function typeOperand(c: Checker, of: TypeNode | Expression): Type {
  if (of.kind === 'type') return resolveType(c, of);
  return of.kind === 'typeof' ? typeOperand(c, of.of) : c.check(of);
}

const unsigned = (value: bigint): Type => ({ kind: 'int', size: 8, signed: false, literal: value });
const known = (type: Type): Type =>
  isCastable(type) ? INT64 : type.kind === 'int' && type.literal !== undefined ? { ...type } : type;

/** The type of both arms of a choice. */
function arms(c: Checker, a: Type, b: Type, at: Expression): Type {
  if (a.kind === 'void' && b.kind === 'void') return VOID;
  const joined = unify(a, b);
  if (joined)
    return joined.kind === 'int'
      ? {
          kind: 'int',
          size: joined.size,
          signed: joined.signed,
          ...(joined.enum ? { enum: joined.enum } : {}),
        }
      : joined;
  c.report('arms-differ', { left: typeName(a), right: typeName(b) }, at);
  return UNKNOWN;
}

function checkBuiltin(c: Checker, name: string, at: Expression): Type {
  const row = findBuiltin(name);
  if (!row) {
    if (findFunction(name)?.arguments[0] === 0 && BUILTIN_NAMES.has(name)) {
      // Functions that need no argument may be written without parentheses.
      const { start, end } = at;
      Object.assign(at, { kind: 'call', name, nameRange: { start, end }, arguments: [], start, end });
      return checkCall(c, at as CallNode);
    }
    if (BUILTIN_NAMES.has(name)) return later(c, at, `the builtin ${name}`);
    const names = [...BUILTINS.map(b => b.name), ...FUNCTIONS.map(f => f.name)];
    c.report(
      'unknown-identifier',
      { name, remedy: didYouMean(name, names) || `Scratch variables start with $: $${name}.` },
      at,
    );
    return UNKNOWN;
  }
  if (!available(c, name, row.probes, row.instead?.[c.probe.row.name], at)) return UNKNOWN;
  const argument = /^arg([0-9]+)$/.exec(name);
  if (argument && Number(argument[1]) > 5) {
    c.report('argument-register', { name }, at);
    return UNKNOWN;
  }
  return row.type(c);
}

/** Reports what cannot be used in this kind of probe. */
function available(
  c: Checker,
  name: string,
  probes: readonly ProbeName[] | undefined,
  instead: string | undefined,
  at: Expression,
): boolean {
  if (!probes || probes.includes(c.probe.row.name)) return true;
  c.report(
    'not-in-probe',
    { name, probes: probes.join(', '), here: c.probe.row.name, remedy: instead ?? '' },
    at,
  );
  return false;
}

/** A parameter is a number when it reads as one, else text. */
function checkPositional(c: Checker, e: PositionalNode): Type {
  const given = c.options.positional ?? [];
  if (e.index === 0) return unsigned(BigInt(given.length));
  const text = given[e.index - 1];
  if (text === undefined) {
    c.report('missing-parameter', { index: e.index }, e);
    return literalType(0n);
  }
  const value = parseNumber(text);
  return value === undefined ? string(byteLength(text) + 1) : literalType(value);
}

/** C's bases; undefined when it is no number. */
function parseNumber(text: string): bigint | undefined {
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
  if (e.kind === 'positional' && e.index > 0) return c.options.positional?.[e.index - 1] ?? '';
  if (e.kind === 'comptime') return constantText(c, e.operand);
  if (e.kind === 'call' && e.name === 'str' && e.arguments.length === 1)
    return constantText(c, e.arguments[0]!);
  return undefined;
}

function checkUnary(c: Checker, e: UnaryNode): Type {
  const { operator, operand } = e;
  const type = c.check(operand);
  if (operator === '++' || operator === '--') return checkStep(c, e, type);
  if (type.kind === 'unknown') return UNKNOWN;
  if (operator === '*') {
    if (type.kind === 'pointer' && type.to.kind !== 'void') return pointee(c, type);
    c.report('operator-type', { operator, given: typeName(type) }, e);
    return UNKNOWN;
  }
  if (operator === '&') {
    return operand.kind === 'variable'
      ? pointer(widen(type), 'kernel')
      : later(c, e, 'the address of anything but a $variable');
  }
  if (operator === '!') {
    if (!isTruthy(type)) c.report('operator-type', { operator, given: typeName(type) }, e);
    return BOOL;
  }
  if (!isInteger(type)) {
    c.report('operator-type', { operator, given: typeName(type) }, e);
    return UNKNOWN;
  }
  if (type.kind === 'int' && type.literal !== undefined) {
    const value = type.literal;
    const folded = operator === '-' ? -value : operator === '~' ? ~value : value;
    return literalType(folded < -(1n << 63n) ? folded + (1n << 64n) : folded);
  }
  if (operator === '-') return INT64;
  return type.kind === 'int' ? { kind: 'int', size: type.size, signed: type.signed } : INT64;
}

/** `++` and `--` need something that can be assigned; what is new starts at 0. */
function checkStep(c: Checker, e: UnaryNode, type: Type): Type {
  const { operand, operator } = e;
  if (operand.kind === 'map') {
    const info = c.map(operand);
    if (type.kind === 'pointer') return type;
    if (type.kind !== 'unknown' && type.kind !== 'int') {
      c.report('operator-type', { operator, given: typeName(type) }, e);
      return UNKNOWN;
    }
    c.assignMap(info, type.kind === 'unknown' || (type.kind === 'int' && type.signed) ? INT64 : type, e);
    return info.value;
  }
  if (operand.kind !== 'variable') {
    c.report('assign-target', { what: 'this expression' }, operand);
    return UNKNOWN;
  }
  if (type.kind === 'pointer' || type.kind === 'unknown') return type;
  if (type.kind !== 'int') {
    c.report('operator-type', { operator, given: typeName(type) }, e);
    return UNKNOWN;
  }
  return { kind: 'int', size: type.size, signed: type.signed };
}

function checkField(c: Checker, e: FieldNode): Type {
  if ((e.object.kind === 'identifier' || e.object.kind === 'call') && e.object.name === 'config')
    return checkConfig(c, e);
  const object = c.check(e.object);
  if (object.kind === 'args') {
    const field = object.fields.find(f => f.name === e.name);
    if (!field) {
      const remedy =
        didYouMean(
          e.name,
          object.fields.map(f => f.name),
        ) || `It has: ${object.fields.map(f => f.name).join(', ')}.`;
      c.report(
        'unknown-field',
        { owner: object.owner, field: e.name, remedy: object.fields.length > 0 ? remedy : '' },
        e.nameRange,
      );
      return UNKNOWN;
    }
    if (field.type.kind === 'string' && field.type.size === 0) return string(c.config.max_strlen);
    if (field.type.kind === 'array' && field.type.length === 0) return later(c, e, `the array ${e.name}`);
    return field.type;
  }
  if (object.kind === 'tuple') {
    const at = object.names ? object.names.indexOf(e.name) : /^[0-9]+$/.test(e.name) ? Number(e.name) : -1;
    const found = object.elements[at];
    if (found)
      return found.kind === 'int' && found.literal !== undefined
        ? { kind: 'int', size: found.size, signed: found.signed }
        : found;
    c.report(
      'unknown-field',
      {
        owner: typeName(object),
        field: e.name,
        remedy: object.names ? didYouMean(e.name, object.names) : 'Parts of a tuple are counted from 0.',
      },
      e.nameRange,
    );
    return UNKNOWN;
  }
  if (object.kind !== 'unknown') {
    const struct = object.kind === 'pointer' ? object.to : object;
    if (struct.kind === 'struct') return structField(c, e, struct, object);
    c.report('no-fields', { given: typeName(object), field: e.name }, e);
  }
  return UNKNOWN;
}

/** `config.max_strlen`: an option's value as a constant. */
function checkConfig(c: Checker, e: FieldNode): Type {
  const value = configValue(c.config, e.name);
  if (value === undefined) {
    c.report('unknown-config', { name: e.name, remedy: '' }, e.nameRange);
    return UNKNOWN;
  }
  const { start, end } = e;
  const kind = typeof value === 'number' ? 'integer' : typeof value;
  Object.assign(e, { kind, value: typeof value === 'number' ? BigInt(value) : value, start, end });
  return c.check(e);
}

/** A field of a struct, by value or behind a pointer. */
function structField(c: Checker, e: FieldNode, struct: StructType, object: Type): Type {
  const whole = c.ctypes.complete(struct);
  const field = c.ctypes.field(whole, e.name);
  if (!field) {
    c.report(
      'unknown-field',
      {
        owner: whole.name,
        field: e.name,
        remedy: didYouMean(
          e.name,
          whole.fields.map(f => f.name),
        ),
      },
      e.nameRange,
    );
    return UNKNOWN;
  }
  e.field = field;
  if (object.kind === 'pointer') e.object.type = { ...object, to: whole };
  const type = c.ctypes.fromData(
    field.type,
    object.kind === 'pointer' ? object.space : whole.space,
    Boolean(whole.own),
  );
  return type.kind === 'unknown' ? later(c, e, `the type of ${e.name}`) : type;
}

/** What a pointer points at, with its fields. */
const pointee = (c: Checker, type: Type & { kind: 'pointer' }): Type =>
  type.to.kind === 'struct' ? c.ctypes.complete(type.to) : type.to;

function checkIndex(c: Checker, e: Expression & { kind: 'index' }): Type {
  const object = c.check(e.object);
  const index = c.check(e.index);
  if (!isInteger(index) && index.kind !== 'unknown')
    c.report('index-type', { given: typeName(index) }, e.index);
  if (object.kind === 'string') return { kind: 'int', size: 1, signed: true };
  const at = c.integer(e.index);
  if (object.kind === 'tuple') {
    const found = object.elements[Number(at ?? -1n)];
    if (!found)
      c.report('index-range', { index: String(at ?? '?'), length: object.elements.length }, e.index);
    return found ?? UNKNOWN;
  }
  if (object.kind === 'array') {
    if (at !== undefined && object.length > 0 && (at < 0n || at >= BigInt(object.length)))
      c.report('index-range', { index: String(at), length: object.length }, e.index);
    return object.element.kind === 'struct' ? c.ctypes.complete(object.element) : object.element;
  }
  if (object.kind === 'pointer' && object.to.kind !== 'void') return pointee(c, object);
  if (object.kind !== 'unknown') c.report('not-indexable', { given: typeName(object) }, e);
  return UNKNOWN;
}

function checkCast(c: Checker, e: Expression & { kind: 'cast' }): Type {
  const from = c.check(e.operand);
  const to = resolveType(c, e.to, from);
  if (to.kind === 'unknown' || from.kind === 'unknown') return to;
  const scalarLike = (t: Type) => isInteger(t) || t.kind === 'pointer';
  const bytes = (t: Type) => t.kind === 'array' || t.kind === 'string' || t.kind === 'buffer';
  const fits = scalarLike(to)
    ? scalarLike(from) || from.kind === 'array'
    : to.kind === 'array'
      ? scalarLike(from) || bytes(from)
      : false;
  if (!fits) {
    c.report('cast-types', { from: typeName(from), to: typeName(to) }, e);
    return UNKNOWN;
  }
  if (to.kind !== 'pointer') return to;
  const space = from.kind === 'pointer' ? from.space : c.probe.row.space === 'user' ? 'user' : 'kernel';
  return respace(to, space);
}

/** A pointer type in an address space, all the way down. */
function respace(type: Type, space: AddressSpace): Type {
  if (type.kind === 'pointer') return { ...type, space, to: respace(type.to, space) };
  return type.kind === 'struct' || type.kind === 'array' ? { ...type, space } : type;
}

/** Puts a macro's expansion in the place of its call. */
function checkMacro(c: Checker, e: Expression, name: string, given: Expression[]): Type {
  const block = c.macros.expand(name, given, e);
  if (block === 'endless') {
    c.report('macro-endless', { name }, e);
    return UNKNOWN;
  }
  if (!block) {
    c.report('macro-arguments', { name }, e);
    return UNKNOWN;
  }
  Object.assign(e, block);
  return c.check(e);
}

function checkCall(c: Checker, e: CallNode): Type {
  if (c.macros.has(e.name)) return checkMacro(c, e, e.name, e.arguments);
  const row = findFunction(e.name);
  if (!row) return unknownCall(c, e);
  for (const [i, argument] of e.arguments.entries()) {
    if (argument.kind === 'identifier' && row.words?.includes(argument.name)) continue;
    if (i === 0 && row.mapArgument && argument.kind === 'map') checkMapArgument(c, e, argument);
    else if (i === 2 && e.name === 'find' && argument.kind === 'variable') checkFound(c, e, argument);
    else c.check(argument);
  }
  const [least, most] = row.arguments;
  if (e.arguments.length < least || e.arguments.length > most) {
    c.report(
      'argument-count',
      { name: e.name, expected: countText(least, most), given: e.arguments.length },
      e,
    );
    return UNKNOWN;
  }
  if (!available(c, `${e.name}()`, row.probes, undefined, e)) return UNKNOWN;
  if (e.name === 'exit' && c.loops > 0) c.report('exit-in-loop', {}, e);
  return row.type(e, c);
}

/** find() gives its result in a variable, new or known. */
function checkFound(c: Checker, e: CallNode, variable: Expression & { kind: 'variable' }): void {
  const value = e.arguments[0]?.kind === 'map' ? c.map(e.arguments[0]).value : UNKNOWN;
  const info = c.lookup(variable.name) ?? c.declare(variable, value, false);
  variable.variable = info;
  c.assign(info, value, variable);
  variable.type = info.type;
}

/** A map by itself says nothing about keys; with a key, or a key as second argument, it does. */
function checkMapArgument(c: Checker, e: CallNode, map: Expression & { kind: 'map' }): void {
  const info = c.map(map);
  const separate = ['delete', 'has_key', 'find'].includes(e.name) ? e.arguments[1] : undefined;
  if (map.key) {
    c.check(map.key);
    c.useKey(info, map.key, map);
  } else if (separate) {
    c.check(separate);
    c.useKey(info, separate, e);
  } else if (e.name === 'delete') c.useKey(info, undefined, map);
  map.type = info.value;
}

function unknownCall(c: Checker, e: CallNode): Type {
  for (const argument of e.arguments) c.check(argument);
  if (findMapFunction(e.name)) c.report('aggregation-place', { name: e.name }, e);
  else if (findBuiltin(e.name) && e.arguments.length === 0) {
    // Builtins may be written as calls.
    const { name, start, end } = e;
    Object.assign(e, { kind: 'identifier', name, start, end });
    return checkBuiltin(c, name, e);
  } else if (LATER_FUNCTIONS.has(e.name) || BUILTIN_NAMES.has(e.name))
    c.report('not-supported-yet', { what: `${e.name}()` }, e);
  else {
    const names = [...FUNCTIONS.map(f => f.name), ...MAP_FUNCTIONS.map(f => f.name)];
    c.report('unknown-function', { name: e.name, remedy: didYouMean(e.name, names) }, e.nameRange);
  }
  return UNKNOWN;
}
