/** Builtins, functions and macros where they are used. */
import type { CallNode, Expression, OptionValue, Range } from '../nodes.ts';
import { ARGUMENT_REGISTERS } from '../registers.ts';
import { didYouMean } from '../suggest.ts';
import { BUILTINS, byteLength, findBuiltin } from '../tables/builtins.ts';
import { FUNCTIONS, findFunction, LATER_FUNCTIONS } from '../tables/functions.ts';
import { findMapFunction, MAP_FUNCTIONS } from '../tables/mapFunctions.ts';
import { BUILTIN_NAMES, LIBRARY_MACROS } from '../tables/names.ts';
import type { BuiltinRow, FunctionRow } from '../tables/rows.ts';
import { BOOL, string, type Type, UNKNOWN } from '../types.ts';
import { usdtArguments } from '../usdt.ts';
import type { Checker } from './checker.ts';
import { parseNumber } from './expressions.ts';
import { checkFunctionCall, OUTSIDE } from './functions.ts';
import { hintGoArgument } from './goFunctions.ts';
import { hint } from './hints.ts';
import { fits } from './macros.ts';
import { countText } from './statements.ts';

/** As messages name them. */
const ARCHITECTURES = { x64: 'x86_64', arm64: 'arm64' } as const;

export function checkBuiltin(c: Checker, name: string, at: Expression): Type {
  const row = findBuiltin(name);
  if (!row) {
    const written = findFunction(name)?.arguments;
    if (written?.[0] === 0 && (written[1] === 0 || BUILTIN_NAMES.has(name))) {
      // Functions that need no argument may be written without parentheses.
      const { start, end } = at;
      Object.assign(at, { kind: 'call', name, nameRange: { start, end }, arguments: [], start, end });
      return checkCall(c, at as CallNode);
    }
    if (written && LIBRARY_MACROS.has(name)) {
      reportRowCount(c, findFunction(name)!, 0, at);
      return UNKNOWN;
    }
    if (LATER_FUNCTIONS.has(name)) {
      c.report('not-supported-yet', { what: name, remedy: LATER_FUNCTIONS.get(name)! }, at);
      return UNKNOWN;
    }
    if (BUILTIN_NAMES.has(name)) return c.later(at, `the builtin ${name}`);
    if (/^sarg[0-9]+$/.test(name)) {
      c.report('stack-arguments', {}, at);
      return UNKNOWN;
    }
    const constant = c.ctypes.linuxEnumerator(name);
    if (constant) return constant;
    if (c.unread) return UNKNOWN;
    const names = [...BUILTINS.map(b => b.name), ...FUNCTIONS.map(f => f.name)];
    c.report(
      'unknown-identifier',
      { name, remedy: didYouMean(name, names) || `Scratch variables start with $: $${name}.` },
      at,
    );
    return UNKNOWN;
  }
  if (!available(c, row, name, `The ${name} builtin`, at)) return UNKNOWN;
  if (row.ofProbe && c.probe.row.name === OUTSIDE.name) {
    c.report('not-in-function', { name }, at);
    return UNKNOWN;
  }
  row.check?.(c, at);
  if (row.expand) {
    Object.assign(at, row.expand(c, at));
    return c.check(at);
  }
  const argument = /^arg([0-9]+)$/.exec(name);
  const { usdt } = c.probe;
  if (
    argument &&
    usdt?.every(text => Number(argument[1]) >= usdtArguments(text, c.options.target.arch).length)
  ) {
    c.report('usdt-argument', { name, probe: c.probe.name }, at);
    return UNKNOWN;
  }
  const { arch } = c.options.target;
  const most = ARGUMENT_REGISTERS[arch].c.length - 1;
  if (argument && !usdt && Number(argument[1]) > most) {
    c.report('argument-register', { name, arch: ARCHITECTURES[arch], most }, at);
    return UNKNOWN;
  }
  if (argument) hintGoArgument(c, Number(argument[1]), at);
  const type = row.type(c);
  // What nobody describes cannot be read; in an editor without a target it may be described elsewhere.
  if (type.kind === 'unknown' && !c.options.target.partial)
    c.report('not-described', { name, probe: c.probe.name }, at);
  return type;
}

/** Reports what cannot be used in this kind of probe; `what` it is, by its `name`. */
function available(
  c: Checker,
  row: BuiltinRow | FunctionRow,
  name: string,
  what: string,
  at: Expression,
): boolean {
  const here = c.probe.row.name;
  const { probes, instead, refused } = row;
  if (!probes || probes.includes(here)) return true;
  const words = typeof refused === 'function' ? refused(here) : refused;
  const reason =
    here === OUTSIDE.name
      ? `Builtin ${name} not supported outside probe`
      : (words?.replaceAll('{here}', here).replaceAll('{name}', name) ??
        `${what} can not be used with "${here}" probes`);
  const remedy = instead?.[here] ?? `It can be used with: ${probes.join(', ')}.`;
  c.report('not-in-probe', { reason, remedy }, at);
  return false;
}

/** What a macro was given. */
const GIVEN: Readonly<Record<string, string>> = { variable: 'a variable', map: 'a map' };

/** Puts a macro's expansion in the place of its call; undefined where it is meant for a function. */
export function checkMacro(c: Checker, e: Expression, name: string, given: Expression[]): Type | undefined {
  const made = c.macros.expand(name, given, e);
  if (made && 'endless' in made) {
    c.report('macro-endless', { chain: made.endless.join(' > ') }, e);
    return UNKNOWN;
  }
  if (!made) {
    if (findFunction(name) || findBuiltin(name)) return undefined;
    const { parameters, start, end } = c.macros.nearest(name, given);
    const signature = `${name}(${parameters.map(p => p.name).join(', ')})`;
    const remedy = `The closest is ${signature}: $names are variables, @names whole maps.`;
    const values = { name, remedy, expected: parameters.length, given: given.length };
    reportCount(c, values, e, { start, end });
    for (const [i, parameter] of parameters.entries()) {
      const argument = given[i];
      if (!argument || fits(parameter, argument) || parameter.kind === 'type') continue;
      const got = GIVEN[argument.kind] ?? 'an expression';
      const values = { name, wanted: parameter.kind, parameter: parameter.name, given: got, signature };
      const related = [{ message: 'This is the argument in the closest definition.', at: parameter }];
      c.report('macro-argument', values, argument, undefined, { related });
    }
    return UNKNOWN;
  }
  Object.assign(e, made.block);
  return c.check(e);
}

/** Arguments that no macro of this name takes; the nearest one is `defined` there. */
function reportCount(
  c: Checker,
  { expected, given, ...values }: { name: string; remedy: string; expected: number; given: number },
  at: Range,
  defined: Range,
): void {
  const counts = `Expected: ${expected} but got ${given}`;
  const message = `The closest definition of ${values.name}() has a different number of arguments. ${counts}`;
  const related = expected === given ? [] : [{ message, at: defined }];
  c.report('macro-arguments', values, at, undefined, { related });
}

/** The same of a row that is no macro here. */
function reportRowCount(c: Checker, row: BuiltinRow | FunctionRow, given: number, at: Expression): void {
  const [least, most] = 'arguments' in row ? row.arguments : [0, 0];
  const { name } = row;
  if (!LIBRARY_MACROS.has(name)) {
    c.report('argument-count', { name, expected: countText(least, most, given), given }, at);
    return;
  }
  const expected = Math.min(Math.max(given, least), most);
  const remedy = `It is written ${'signature' in row ? row.signature : name}.`;
  reportCount(c, { name, remedy, expected, given }, at, at);
}

export function checkCall(c: Checker, e: CallNode): Type {
  const expanded = c.macros.has(e.name) ? checkMacro(c, e, e.name, e.arguments) : undefined;
  if (expanded) return expanded;
  const own = [...c.functions, ...c.externals].find(({ name }) => name === e.name);
  if (own) return checkFunctionCall(c, e, own);
  if (e.name === 'getopt') return checkOption(c, e);
  const row = findFunction(e.name);
  if (!row) return unknownCall(c, e);
  for (const [i, argument] of e.arguments.entries()) {
    if (argument.kind === 'identifier' && (row.freeWords || row.words?.includes(argument.name))) continue;
    // A format is text for user space, which may be of any length; only functions with one take so many arguments.
    if (i === 0 && argument.kind === 'string' && row.arguments[1] >= 100) {
      Object.assign(argument, { type: string(byteLength(argument.value) + 1), constant: argument.value });
      continue;
    }
    if (i === 0 && row.mapArgument && argument.kind === 'map') checkMapArgument(c, e, argument);
    else if (i === 2 && e.name === 'find' && argument.kind === 'variable') checkFound(c, e, argument);
    else c.check(argument);
  }
  const [least, most] = row.arguments;
  if (e.arguments.length < least || e.arguments.length > most) {
    reportRowCount(c, row, e.arguments.length, e);
    return UNKNOWN;
  }
  if (!available(c, row, e.name, row.arguments[1] === 0 ? `The ${row.name} builtin` : row.name, e))
    return UNKNOWN;
  if (row.ofProbe && c.probe.row.name === OUTSIDE.name) {
    c.report('not-in-function', { name: e.name }, e);
    return UNKNOWN;
  }
  const { unsafe } = c.options;
  if (row.unsafe && unsafe !== 'all' && !unsafe?.includes(e.name))
    c.report(row.unsafe === 'command' ? 'unsafe-function' : 'unsafe-action', { name: e.name }, e);
  if (c.loops > 0) {
    const [first] = e.arguments;
    if (e.name === 'exit') c.report('exit-in-loop', {}, e);
    if (e.name === 'print' && first?.kind === 'map' && !first.key) c.report('print-in-loop', {}, e);
  }
  hint(e, c);
  const told = c.told;
  const type = row.type(e, c);
  const empty = e.arguments.find(argument => c.typeOf(argument).kind === 'void');
  // Most rows say in their own words what they take.
  if (empty && c.told === told) {
    c.report('argument-void', { name: e.name }, empty);
    return UNKNOWN;
  }
  return type;
}

/** find() gives its result in a variable, new or known. */
function checkFound(c: Checker, e: CallNode, variable: Expression & { kind: 'variable' }): void {
  const value = e.arguments[0]?.kind === 'map' ? c.map(e.arguments[0]).value : UNKNOWN;
  const info = c.lookup(variable.name) ?? c.declare(variable, value, false, 'assignment', variable);
  variable.variable = info;
  c.assign(info, value, variable);
  variable.type = info.type;
}

/** A map by itself says nothing about keys; with a key, or a key as second argument, it does. */
function checkMapArgument(c: Checker, e: CallNode, map: Expression & { kind: 'map' }): void {
  const info = c.map(map);
  const separate = ['delete', 'has_key', 'find'].includes(e.name) ? e.arguments[1] : undefined;
  const scalar = info.key?.kind === 'void';
  if (!map.key && scalar && (separate || e.name === 'len')) {
    if (separate) c.check(separate);
    const call = e.name === 'delete' ? 'delete() with two arguments' : `${e.name}()`;
    c.report('map-scalar', { call }, e);
  } else if (map.key) {
    c.check(map.key);
    c.useKey(info, map.key, map);
  } else if (separate) {
    c.check(separate);
    c.useKey(info, separate, e);
  } else if (e.name === 'delete') {
    if (info.key && !scalar) c.report('map-keyed', {}, e);
    else c.useKey(info, undefined, map);
  }
  map.type = info.value;
  map.keyed = info.key && info.key.kind !== 'void';
}

function unknownCall(c: Checker, e: CallNode): Type {
  const instead = LATER_FUNCTIONS.get(e.name);
  if (instead !== undefined) {
    c.report('not-supported-yet', { what: `${e.name}()`, remedy: instead }, e);
    return UNKNOWN;
  }
  for (const argument of e.arguments) c.check(argument);
  if (findMapFunction(e.name)) c.report('aggregation-place', { name: e.name }, e);
  else if (findBuiltin(e.name) && e.arguments.length === 0) {
    // Builtins may be written as calls.
    const { name, start, end } = e;
    Object.assign(e, { kind: 'identifier', name, start, end });
    return checkBuiltin(c, name, e);
  } else if (LIBRARY_MACROS.has(e.name)) reportRowCount(c, findBuiltin(e.name)!, e.arguments.length, e);
  else if (BUILTIN_NAMES.has(e.name)) c.report('not-supported-yet', { what: `${e.name}()` }, e);
  else if (!c.unread) {
    const names = [...FUNCTIONS.map(f => f.name), ...MAP_FUNCTIONS.map(f => f.name)];
    c.report('unknown-function', { name: e.name, remedy: didYouMean(e.name, names) }, e.nameRange);
  }
  return UNKNOWN;
}

/** What a flag may be given as. */
const TRUTHS: Readonly<Record<string, boolean>> = {
  '': true,
  '1': true,
  true: true,
  on: true,
  yes: true,
  '0': false,
  false: false,
  off: false,
  no: false,
};

const isLater = ({ options }: Checker) => options.portable && !options.fixedOptions;

/** The value is asked for as the program is loaded. */
function later(e: CallNode, option: OptionValue, type: Type): Type {
  e.option = option;
  return type;
}

/** `getopt(name, default, description)` is the constant that the command line gives. */
function checkOption(c: Checker, e: CallNode): Type {
  const [name, otherwise] = e.arguments;
  if (!name || e.arguments.length > 3) {
    c.report('option-count', {}, e);
    return UNKNOWN;
  }
  const text = c.text(name);
  if (text === undefined) {
    c.report('option-name', {}, name);
    return UNKNOWN;
  }
  const described = e.arguments[2];
  if (described && described.kind !== 'string') {
    c.report('option-description', {}, described);
    return UNKNOWN;
  }
  const given = c.options.named?.[text];
  const { start, end } = e;
  const kind = otherwise && c.check(otherwise).kind;
  if (kind === 'string') {
    Object.assign(e, given === undefined ? otherwise : { kind: 'string', value: given }, { start, end });
  } else if (kind === 'int') {
    const value = given === undefined ? c.integer(otherwise!) : parseNumber(given);
    if (value === undefined) {
      if (given === undefined) c.report('option-default', {}, otherwise!);
      else c.report('option-value', { name: text, given, wrong: 'expects an integer' }, e);
      return UNKNOWN;
    }
    if (isLater(c)) {
      // As the literal that would stand there, it goes with either sign.
      const flexible = value >= 0n ? { flexible: true as const } : {};
      const type: Type = { kind: 'int', size: 8, signed: true, ...flexible };
      return later(e, { name: text, default: value }, type);
    }
    Object.assign(e, { kind: 'integer', value, start, end });
  } else if (!otherwise || otherwise.kind === 'boolean') {
    const value =
      given === undefined
        ? ((otherwise as { value?: boolean } | undefined)?.value ?? false)
        : TRUTHS[given.toLowerCase()];
    if (value === undefined) {
      c.report('option-value', { name: text, given: given!, wrong: "expects a boolean (e.g. 'true')" }, e);
      return UNKNOWN;
    }
    if (isLater(c)) return later(e, { name: text, default: value }, BOOL);
    Object.assign(e, { kind: 'boolean', value, start, end });
  } else {
    c.report('option-default', {}, otherwise);
    return UNKNOWN;
  }
  return c.check(e as Expression);
}
