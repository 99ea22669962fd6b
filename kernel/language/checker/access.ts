/** Reaching into values: fields, elements, casts. */
import type { Expression, FieldNode } from '../nodes.ts';
import { didYouMean } from '../suggest.ts';
import { configConstant, configValue } from '../tables/config.ts';
import {
  type AddressSpace,
  isInteger,
  type StructType,
  sizeOf,
  string,
  type Type,
  typeName,
  UNKNOWN,
  widen,
} from '../types.ts';
import type { Checker } from './checker.ts';
import { resolveType } from './typeNodes.ts';

export function checkField(c: Checker, e: FieldNode): Type {
  if ((e.object.kind === 'identifier' || e.object.kind === 'call') && e.object.name === 'config')
    return checkConfig(c, e);
  const object = c.checkObject(e.object);
  if (object.kind === 'args') {
    const field = object.fields.find(f => f.name === e.name);
    const { owner } = object;
    if (!field && e.name.startsWith('common_') && c.probe.attach.kind === 'tracepoint') {
      c.report('common-field', {}, e.nameRange);
      return UNKNOWN;
    }
    if (!field) {
      const remedy =
        didYouMean(
          e.name,
          object.fields.map(f => f.name),
        ) || `It has: ${object.fields.map(f => f.name).join(', ')}.`;
      c.report(
        c.probe.attach.kind === 'tracepoint' ? 'struct-field' : 'unknown-field',
        { owner, field: e.name, remedy: object.fields.length > 0 ? remedy : '' },
        e.nameRange,
      );
      return UNKNOWN;
    }
    if (field.type.kind === 'string' && field.type.size === 0) return string(c.config.max_strlen);
    if (field.type.kind === 'array' && field.type.length === 0) return c.later(e, `the array ${e.name}`);
    return field.type;
  }
  if (object.kind === 'tuple') {
    const at = object.names ? object.names.indexOf(e.name) : /^[0-9]+$/.test(e.name) ? Number(e.name) : -1;
    const found = object.elements[at];
    if (found) return widen(found);
    if (object.names) {
      const remedy = didYouMean(e.name, object.names);
      c.report('record-field', { field: e.name, remedy }, e.nameRange);
    } else if (/^[0-9]+$/.test(e.name))
      c.report('tuple-index', { index: e.name, count: object.elements.length }, e.nameRange);
    else c.report('no-fields', { given: typeName(object), field: e.name }, e);
    return UNKNOWN;
  }
  if (object.kind !== 'unknown') {
    const struct = object.kind === 'pointer' ? object.to : object;
    if (struct.kind === 'struct') return structField(c, e, struct, object);
    if (/^[0-9]+$/.test(e.name)) c.report('no-elements', { given: typeName(object), index: e.name }, e);
    else c.report('no-fields', { given: typeName(object), field: e.name }, e);
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
  Object.assign(e, configConstant(value, e));
  return c.check(e);
}

/** A field of a struct, by value or behind a pointer. */
function structField(c: Checker, e: FieldNode, struct: StructType, object: Type): Type {
  const whole = c.ctypes.complete(struct);
  const field = c.ctypes.field(whole, e.name);
  if (!field) {
    c.report(
      'struct-field',
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
    whole.binary,
  );
  return type.kind === 'unknown' ? c.later(e, `the type of ${e.name}`) : type;
}

/** What a pointer points at, with its fields. */
export const pointee = (c: Checker, type: Type & { kind: 'pointer' }): Type =>
  type.to.kind === 'struct' ? c.ctypes.complete(type.to) : type.to;

export function checkIndex(c: Checker, e: Expression & { kind: 'index' }): Type {
  const object = c.check(e.object);
  const index = c.check(e.index);
  if (!isInteger(index) && index.kind !== 'unknown')
    c.report('index-type', { given: typeName(index) }, e.index);
  const at = c.integer(e.index);
  const length = elementCount(object);
  if (at !== undefined && at < 0n) c.report('index-type', { given: typeName(widen(index)) }, e.index);
  else if (at !== undefined && length > 0 && at >= BigInt(length)) {
    if (object.kind === 'tuple') c.report('tuple-index', { index: String(at), count: length }, e.index);
    else c.report('index-range', { index: String(at), length }, e.index);
  }
  switch (object.kind) {
    case 'string':
      return { kind: 'int', size: 1, signed: true };
    case 'tuple': {
      if (object.names) break;
      if (at === undefined) {
        c.report('tuple-index-literal', {}, e.index);
        return UNKNOWN;
      }
      // `$t[1]` is `$t.1`.
      const { start, end } = e.index;
      Object.assign(e, { kind: 'field', name: String(at), arrow: false, nameRange: { start, end } });
      return object.elements[Number(at)] ? checkField(c, e as Expression as FieldNode) : UNKNOWN;
    }
    case 'array':
      return object.element.kind === 'struct' ? c.ctypes.complete(object.element) : object.element;
    case 'pointer':
      if (object.to.kind !== 'void') return pointee(c, object);
      c.report('index-unsized', {}, e);
      return UNKNOWN;
    case 'unknown':
      return UNKNOWN;
    default:
  }
  c.report('not-indexable', { given: typeName(object) }, e);
  return UNKNOWN;
}

/** How many elements may be asked for; 0 where nobody knows. */
function elementCount(type: Type): number {
  if (type.kind === 'array') return type.length;
  if (type.kind === 'string') return type.size;
  return type.kind === 'tuple' ? type.elements.length : 0;
}

export function checkCast(c: Checker, e: Expression & { kind: 'cast' }): Type {
  const from = c.check(e.operand);
  const to = resolveType(c, e.to, from);
  if (to.kind === 'unknown' || from.kind === 'unknown') return to;
  const scalarLike = (t: Type) => isInteger(t) || t.kind === 'pointer';
  const bytes = (t: Type) => t.kind === 'array' || t.kind === 'string' || t.kind === 'buffer';
  if (from.kind === 'struct') {
    c.report('cast-struct', { from: from.name }, e);
    return UNKNOWN;
  }
  const open = e.to.suffixes.at(-1);
  if (
    to.kind === 'array' &&
    open?.kind === 'array' &&
    !open.length &&
    sizeOf(from) % sizeOf(to.element) > 0
  ) {
    c.report('array-size', {}, e);
    return UNKNOWN;
  }
  const fits = scalarLike(to)
    ? scalarLike(from) || (from.kind === 'array' && sizeOf(from) === sizeOf(to))
    : to.kind === 'array'
      ? scalarLike(from) || bytes(from)
      : to.kind === 'string' && from.kind === 'string' && from.size <= to.size;
  if (!fits || (to.kind === 'array' && !fillsArray(from, to))) {
    c.report('cast-types', { from: typeName(from), to: typeName(to) }, e);
    return UNKNOWN;
  }
  if (to.kind === 'int' && to.enum) checkEnum(c, e, to);
  else if (['int', 'bool', 'string'].includes(to.kind) && from.kind === to.kind && !isLiteral(e.operand))
    if (typeName(from) === typeName(to)) c.report('cast-needless', { type: typeName(to) }, e);
  // As many bits say the same.
  if (to.kind === 'int' && from.kind === 'int' && from.display && to.size === 8 && !to.enum)
    return { ...to, display: from.display };
  if (to.kind !== 'pointer') return to;
  const space = from.kind === 'pointer' ? from.space : c.probe.row.space === 'user' ? 'user' : 'kernel';
  return respace(to, space);
}

const isLiteral = (e: Expression) => e.kind === 'integer' || e.kind === 'unary';

/** Text and longer integers fill an array, byte for byte; shorter integers are extended up to 8 bytes. */
function fillsArray(from: Type, to: Type): boolean {
  if (from.kind !== 'int' && from.kind !== 'string') return true;
  const [given, wanted] = [sizeOf(from), sizeOf(to)];
  if (from.kind === 'int' && from.literal !== undefined)
    return BigInt.asUintN(Math.min(8 * wanted, 64), from.literal) === BigInt.asUintN(64, from.literal);
  return given === wanted || (from.kind === 'int' && wanted <= 8 && wanted > given);
}

/** A constant that is none of an enum's. */
function checkEnum(c: Checker, e: Expression & { kind: 'cast' }, to: Type & { kind: 'int' }): void {
  const given = c.integer(e.operand);
  const { name = '', values = [] } = to.enum ?? {};
  if (given === undefined || values.some(([, value]) => BigInt(value) === given)) return;
  const known = values.map(([word]) => word).join(', ');
  c.report('enum-value', { name, value: String(given), known }, e);
}

/** A pointer type in an address space, all the way down. */
function respace(type: Type, space: AddressSpace): Type {
  if (type.kind === 'pointer') return { ...type, space, to: respace(type.to, space) };
  return type.kind === 'struct' || type.kind === 'array' ? { ...type, space } : type;
}
