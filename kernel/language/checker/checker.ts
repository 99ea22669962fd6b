/** The checker's state, and what expressions, statements and table rows ask of it. */
import type { ErrorCode, Severity } from '../../errors.ts';
import type { More, Reporter, Source } from '../diagnostics.ts';
import { memberNames } from '../generator/names.ts';
import type { Expression, FunctionNode, MapNode, Range, VariableNode } from '../nodes.ts';
import { commentedAssignment } from '../paste.ts';
import type {
  Callable,
  Config,
  FunctionInstance,
  MapInfo,
  Origin,
  ProbeInstance,
  ProbePoint,
  VariableInfo,
} from '../symbols.ts';
import type { CompileOptions } from '../target.ts';
import { asNumber, type StructType, type Type, typeName, UNKNOWN, VOID, widen } from '../types.ts';
import { fitsInto, isWithin, unify } from '../unify.ts';
import { constantOf } from './constants.ts';
import type { CheckContext } from './context.ts';
import type { CTypes } from './cTypes.ts';
import { checkExpression, constantText } from './expressions.ts';
import { checkEnd, checkSignature } from './functions.ts';
import type { Macros } from './macros.ts';
import { hasRoom } from './sharedMaps.ts';
import { checkBody, checkCondition } from './statements.ts';

export interface CheckerInput {
  options: CompileOptions;
  config: Config;
  maps: Map<string, MapInfo>;
  keyNames: Map<string, string[]>;
  reporter: Reporter;
  source: Source;
  ctypes: CTypes;
  macros: Macros;
  functions: readonly FunctionInstance[];
  externals: readonly Callable[];
  /** Nobody reads the program's imports and headers: what is unknown may be theirs. */
  unread: boolean;
  pass: number;
}

export class Checker implements CheckContext {
  readonly options: CompileOptions;
  readonly config: Config;
  readonly maps: Map<string, MapInfo>;
  readonly ctypes: CTypes;
  readonly macros: Macros;
  readonly functions: readonly FunctionInstance[];
  readonly externals: readonly Callable[];
  readonly unread: boolean;
  /** 0 for the first. */
  readonly pass: number;
  readonly #keyNames: Map<string, string[]>;
  readonly #reporter: Reporter;
  #instance: ProbeInstance | undefined;
  /** Visible scratch variables, innermost block last. */
  readonly #scopes: Map<string, VariableInfo>[] = [];
  /** A type was found or widened in this pass: another one is needed. */
  changed = false;
  /** Depth of loops around the statement being checked. */
  loops = 0;
  /** Names of C's that are being replaced by what they stand for, outermost first. */
  readonly defines: string[] = [];
  /** Calls of macros whose bodies are being checked, outermost first. */
  readonly expansions: Range[] = [];
  /** What is checked never runs: a constant condition leaves it out. */
  dead = false;

  constructor(input: CheckerInput) {
    const { options, config, maps, keyNames, reporter, ctypes, macros, functions, externals, pass } = input;
    this.functions = functions;
    this.externals = externals;
    this.unread = input.unread;
    this.pass = pass;
    this.ctypes = ctypes;
    this.macros = macros;
    this.options = options;
    this.config = config;
    this.maps = maps;
    this.#keyNames = keyNames;
    this.#reporter = reporter;
  }

  /** Reports a variable that nobody assigned; a comment may have swallowed the line that did. */
  undefinedVariable(variable: VariableNode): void {
    const line = commentedAssignment(this.#reporter.source.text, variable.name);
    const remedy = line
      ? `The comment in line ${line} holds an assignment to it: is a line break missing there?`
      : '';
    this.report('undefined-variable', { name: ownName(variable.name), remedy }, variable);
  }

  get probe(): ProbePoint {
    return this.#instance!.point;
  }

  report(
    code: ErrorCode,
    values: Record<string, string | number>,
    at: Range,
    severity?: Severity,
    more?: More,
  ): void {
    const { expansions } = this;
    this.#reporter.report(code, values, at, severity, expansions.length > 0 ? { ...more, expansions } : more);
  }

  /** How much has been reported in this pass. */
  get told(): number {
    return this.#reporter.diagnostics.length;
  }

  /** Says that something of the language is not built yet. */
  later(at: Range, what: string): Type {
    this.report('not-supported-yet', { what }, at);
    return UNKNOWN;
  }

  check(expression: Expression): Type {
    const type = this.checkObject(expression);
    return type.kind === 'args' ? this.check(asRecord(expression, type)) : type;
  }

  /** As {@link check}, for what a field is taken of: `args` is no value by itself. */
  checkObject(expression: Expression): Type {
    const type = checkExpression(this, expression);
    expression.type = type;
    expression.constant = constantOf(this, expression);
    return type;
  }

  typeOf(expression: Expression): Type {
    return expression.type ?? UNKNOWN;
  }

  integer(expression: Expression): bigint | undefined {
    const { constant } = expression;
    return typeof constant === 'bigint' ? constant : undefined;
  }

  text(expression: Expression): string | undefined {
    return constantText(this, expression);
  }

  struct(name: string, space: StructType['space']): StructType | undefined {
    const found = this.ctypes.named(name, space);
    return found?.kind === 'struct' ? found : undefined;
  }

  /** The program that the probe is in, whose own types go before Linux's. */
  get binary(): string | undefined {
    return this.function ? undefined : this.probe.binary;
  }

  linuxVariable(name: string): Type | undefined {
    const type = this.options.target.variable?.(name);
    return type && this.ctypes.fromData(type, 'kernel', false);
  }

  /** The function that is being checked, outside of probes. */
  get function(): FunctionInstance | undefined {
    return this.functions.find(own => own === this.#instance);
  }

  /** Checks a function's signature and block. */
  functionBlock(node: FunctionNode, instance: FunctionInstance): void {
    this.#instance = instance;
    instance.variables.length = 0;
    this.scope(() => {
      checkSignature(this, node, instance);
      checkBody(this, instance.body);
      checkEnd(this, node, instance);
    });
  }

  /** Checks one probe's predicate and block. */
  probeBlock(instance: ProbeInstance): void {
    this.#instance = instance;
    instance.variables.length = 0;
    this.scope(() => {
      if (instance.predicate) checkCondition(this, instance.predicate);
      checkBody(this, instance.body);
    });
  }

  // --- scratch variables ------------------------------------------------------------------------

  scope(body: () => void): void {
    this.#scopes.push(new Map());
    body();
    for (const { name, origin, assigned } of this.#scopes.pop()!.values())
      if (!assigned) this.report('variable-never-assigned', { name: ownName(name) }, origin.at);
  }

  lookup(name: string): VariableInfo | undefined {
    return this.#scopes.findLast(scope => scope.has(name))?.get(name);
  }

  /** Makes a variable in the innermost block; what earlier passes learnt of it is kept on the node. */
  declare(node: VariableNode, type: Type, typed: boolean, as: Origin['as'], at: Range): VariableInfo {
    const info: VariableInfo = node.variable ?? {
      name: node.name,
      type: widen(type),
      typed,
      range: { start: node.start, end: node.end },
      origin: { as, at: { start: at.start, end: at.end } },
      assigned: false,
    };
    node.variable = info;
    info.assigned = false;
    info.readEarly = undefined;
    this.#scopes.at(-1)!.set(node.name, info);
    this.#instance!.variables.push(info);
    return info;
  }

  /** An assigned value's type joins the variable's. */
  assign(info: VariableInfo, type: Type, at: Range): void {
    info.assigned = true;
    const joined = unify(info.type, type);
    if (!joined || isWithin(info.type, type)) {
      this.mismatch(info, type, at);
      return;
    }
    if (info.typed) return;
    if (differs(joined, info.type)) {
      info.type = widen(joined);
      this.changed = true;
    }
    this.warnOfSign(type, info.type, at);
  }

  /** A value that has another sign than what it is kept in. */
  warnOfSign(from: Type, to: Type, at: Range): void {
    if (!fitsInto(from, to)) this.report('sign-mismatch', { from: typeName(from), to: typeName(to) }, at);
  }

  /** Reports a value of another type than the variable or map had where it was first met. */
  mismatch(info: VariableInfo | MapInfo, given: Type, at: Range): void {
    const line = this.#reporter.source.position(info.range.start).line + 1;
    const [code, expected] =
      'value' in info
        ? (['map-type-mismatch', info.value] as const)
        : (['type-mismatch', info.type] as const);
    const name = ownName(info.name);
    const related = [{ message: `${info.name} has its type from here`, at: info.range }];
    const values = { name, given: typeName(given), expected: typeName(expected), line };
    this.report(code, values, at, undefined, { related });
  }

  // --- maps -------------------------------------------------------------------------------------

  map(node: MapNode): MapInfo {
    let info = this.maps.get(node.name);
    if (!info) {
      info = {
        name: node.name,
        key: undefined,
        value: UNKNOWN,
        range: { start: node.start, end: node.end },
        written: false,
      };
      this.maps.set(node.name, info);
      this.changed = true;
    }
    return info;
  }

  /** Joins the key of one use with the map's. `key` is undefined where the map is used without one. */
  useKey(info: MapInfo, key: Expression | undefined, at: Range): void {
    const given = key ? asNumber(widen(this.typeOf(key))) : VOID;
    if (given.kind === 'unknown') return;
    // It is of no use once the program is over.
    const context = key && (key.kind === 'tuple' ? key.elements : [key]).find(isContext);
    if (context) this.report('map-key-type', { given: 'context' }, context);
    if (
      key &&
      (given.kind === 'aggregation' ||
        given.kind === 'args' ||
        given.kind === 'void' ||
        (given.kind === 'tuple' && given.elements.length === 0))
    ) {
      const empty = given.kind === 'void' || given.kind === 'tuple';
      this.report(empty ? 'key-type' : 'map-key-type', { given: typeName(given) }, key);
      return;
    }
    if (info.key === undefined) {
      info.key = given;
      this.changed = true;
      if (key)
        this.#keyNames.set(
          info.name,
          memberNames(key.kind === 'tuple' ? key.elements : [key], ['bucket', '_gap'], 'key'),
        );
      return;
    }
    const joined = unify(info.key, given);
    const fits = info.borrowed ? hasRoom(given, info.key) : !isWithin(info.key, given);
    if (!joined || !fits || (joined.kind === 'void') !== (given.kind === 'void'))
      this.#keyMismatch(info, given, at);
    else if (!info.borrowed && differs(joined, info.key)) {
      info.key = joined;
      this.changed = true;
    }
  }

  #keyMismatch({ name, key, borrowed, range }: MapInfo, given: Type, at: Range): void {
    const more = borrowed ? {} : { related: [{ message: `${name} has its key from here`, at: range }] };
    const remedy = borrowed
      ? `${name} is another cell's map here. Use it as that cell does, or assign to it to have one of this cell's own.`
      : '';
    if (key!.kind === 'void') this.report('map-without-key', { name, remedy }, at, undefined, more);
    else if (given.kind === 'void') this.report('map-needs-key', { name, remedy }, at, undefined, more);
    else {
      const values = { name, given: typeName(given), expected: typeName(key!), remedy };
      this.report('map-key-mismatch', values, at, undefined, more);
    }
  }

  /** An assigned value's type joins the map's. */
  assignMap(info: MapInfo, type: Type, at: Range): void {
    info.written = true;
    if (type.kind === 'unknown') return;
    const joined = unify(info.value, type);
    if (!joined || isWithin(info.value, type)) {
      this.mismatch(info, type, at);
      return;
    }
    if (differs(joined, info.value)) {
      info.value = widen(joined);
      this.changed = true;
    }
    this.warnOfSign(type, info.value, at);
  }
}

/** All arguments, by name: turns `args` into a record of its fields. */
function asRecord(e: Expression, { fields }: Type & { kind: 'args' }): Expression {
  const { start, end } = e;
  const object = structuredClone(e);
  const fieldOf = ({ name }: { name: string }) => ({
    name,
    value: {
      kind: 'field',
      object: structuredClone(object),
      name,
      arrow: false,
      nameRange: { start, end },
      start,
      end,
    },
  });
  return Object.assign(e, { kind: 'record', fields: fields.map(fieldOf), type: undefined }) as Expression;
}

const isContext = (e: Expression) => e.kind === 'identifier' && e.name === 'ctx';

/** A variable's name as written: in a macro's expansion it has a suffix. */
const ownName = (name: string) => name.replace(/\.\d+$/, '');

function differs(a: Type, b: Type): boolean {
  if (a.kind !== b.kind || typeName(a) !== typeName(b)) return true;
  if (a.kind === 'aggregation' && b.kind === 'aggregation')
    return a.signed !== b.signed || a.display !== b.display;
  return (
    a.kind === 'int' &&
    b.kind === 'int' &&
    (a.enum?.values !== b.enum?.values || a.display !== b.display || !a.flexible !== !b.flexible)
  );
}
