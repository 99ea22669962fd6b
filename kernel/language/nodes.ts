/**
 * The tree of a bpftrace program. Positions are offsets into the source, end exclusive. The checker writes
 * `type` (and a few resolved facts) onto expressions; the parser leaves them out.
 */
import type { Field } from '../layout.ts';
import type { Constant } from './constant.ts';
import type { Callable, VariableInfo } from './symbols.ts';
import type { Type } from './types.ts';

export interface Range {
  start: number;
  end: number;
}

interface Typed extends Range {
  /** Written by the checker. */
  type?: Type;
  /** The value that it has in every run; written by the checker. */
  constant?: Constant | undefined;
}

/** Only this arm is compiled; written by the checker. */
export type Taken = 'then' | 'else' | undefined;

export type BinaryOperator =
  | '||'
  | '&&'
  | '|'
  | '^'
  | '&'
  | '=='
  | '!='
  | '<'
  | '>'
  | '<='
  | '>='
  | '<<'
  | '>>'
  | '+'
  | '-'
  | '*'
  | '/'
  | '%';
export type AssignOperator = '=' | '+=' | '-=' | '*=' | '/=' | '%=' | '&=' | '|=' | '^=' | '<<=' | '>>=';
export type UnaryOperator = '++' | '--' | '&' | '*' | '-' | '!' | '~' | '+';

export interface IntegerNode extends Typed {
  kind: 'integer';
  value: bigint;
}
export interface BooleanNode extends Typed {
  kind: 'boolean';
  value: boolean;
}
export interface StringNode extends Typed {
  kind: 'string';
  value: string;
  /** What is left of a text behind more characters than it has; written by the checker. */
  cut?: boolean;
}
/** A builtin, an enumerator, a `#define`d name, or a macro called without parentheses. */
export interface IdentifierNode extends Typed {
  kind: 'identifier';
  name: string;
}
export interface VariableNode extends Typed {
  kind: 'variable';
  name: string;
  /** An argument of a macro that is read and not changed there. */
  byValue?: boolean;
  variable?: VariableInfo;
}
export interface MapNode extends Typed {
  kind: 'map';
  name: string;
  key?: Expression;
  /** Has the map keys? Written by the checker where a function is about the map itself. */
  keyed?: boolean | undefined;
  /** As of a variable. */
  byValue?: boolean;
}
/** `$1`; `$#` has index 0. */
export interface PositionalNode extends Typed {
  kind: 'positional';
  index: number;
}
export interface UnaryNode extends Typed {
  kind: 'unary';
  operator: UnaryOperator;
  postfix: boolean;
  operand: Expression;
}
export interface BinaryNode extends Typed {
  kind: 'binary';
  operator: BinaryOperator;
  left: Expression;
  right: Expression;
}
/** `then` is missing in the short form `a ?: b`. */
export interface TernaryNode extends Typed {
  kind: 'ternary';
  condition: Expression;
  then?: Expression;
  else: Expression;
  taken?: Taken;
}
/** `a.name`, `a->name`, `a.0`. */
export interface FieldNode extends Typed {
  kind: 'field';
  object: Expression;
  name: string;
  arrow: boolean;
  nameRange: Range;
  /** Which field of a struct it is; written by the checker. */
  field?: Field;
}
export interface IndexNode extends Typed {
  kind: 'index';
  object: Expression;
  index: Expression;
}
export interface CastNode extends Typed {
  kind: 'cast';
  to: TypeNode;
  operand: Expression;
}
export interface CallNode extends Typed {
  kind: 'call';
  name: string;
  nameRange: Range;
  arguments: Expression[];
  /** A function of the program or of its imports; written by the checker. */
  called?: Callable;
  /** getopt() whose value is not known before the program is loaded; written by the checker. */
  option?: OptionValue;
}
/** A named parameter, and what it is unless it is given. */
export interface OptionValue {
  name: string;
  default: bigint | boolean;
}
export interface TupleNode extends Typed {
  kind: 'tuple';
  elements: Expression[];
}
export interface RecordNode extends Typed {
  kind: 'record';
  fields: { name: string; value: Expression }[];
}
export interface SizeofNode extends Typed {
  kind: 'sizeof';
  of: TypeNode | Expression;
}
export interface OffsetofNode extends Typed {
  kind: 'offsetof';
  of: TypeNode | Expression;
  /** Names of fields; `[2]` is an element. */
  path: string[];
}
/** The name of a type where a value stands: an argument of a macro. */
export interface TypeofNode extends Typed {
  kind: 'typeof';
  of: TypeNode | Expression;
}
export interface TypeinfoNode extends Typed {
  kind: 'typeinfo';
  of: TypeNode | Expression;
  /** What it says; written by the checker. */
  record?: RecordNode;
}
/** `{ statements; value }`. */
export interface BlockNode extends Typed {
  kind: 'block';
  statements: Statement[];
  value?: Expression;
  /** It is the body of a macro that is called here. */
  expanded?: Range;
}
export interface IfExpressionNode extends Typed {
  kind: 'if-expression';
  condition: Expression;
  then: BlockNode;
  else: BlockNode;
  taken?: Taken;
}
/** `comptime e`. */
export interface ComptimeNode extends Typed {
  kind: 'comptime';
  operand: Expression;
}
/** Stands where the parser found no expression; a diagnostic has been made. */
export interface MissingNode extends Typed {
  kind: 'missing';
}

export type Expression =
  | IntegerNode
  | BooleanNode
  | StringNode
  | IdentifierNode
  | VariableNode
  | MapNode
  | PositionalNode
  | UnaryNode
  | BinaryNode
  | TernaryNode
  | FieldNode
  | IndexNode
  | CastNode
  | CallNode
  | TupleNode
  | RecordNode
  | SizeofNode
  | OffsetofNode
  | TypeofNode
  | TypeinfoNode
  | BlockNode
  | IfExpressionNode
  | ComptimeNode
  | MissingNode;

/** `struct foo *[4]`, `uint8`, `string[64]`, `typeof($x)`. Suffixes read left to right. */
export interface TypeNode extends Range {
  kind: 'type';
  /** `uint64`, `struct task_struct`, `string`; empty for typeof. */
  name: string;
  typeof?: Expression | TypeNode;
  suffixes: ({ kind: 'pointer' } | { kind: 'array'; length?: Expression })[];
}

export interface ExpressionStatement extends Range {
  kind: 'expression';
  expression: Expression;
}
export interface AssignStatement extends Range {
  kind: 'assign';
  target: Expression;
  operator: AssignOperator;
  value: Expression;
}
/** `_ = e`. */
export interface DiscardStatement extends Range {
  kind: 'discard';
  value: Expression;
}
export interface LetStatement extends Range {
  kind: 'let';
  variable: VariableNode;
  declared?: TypeNode;
  value?: Expression;
}
export interface IfStatement extends Range {
  kind: 'if';
  condition: Expression;
  then: BlockNode;
  else?: BlockNode | IfStatement;
  taken?: Taken;
}
export interface WhileStatement extends Range {
  kind: 'while';
  condition: Expression;
  body: BlockNode;
}
export interface UnrollStatement extends Range {
  kind: 'unroll';
  count: Expression;
  body: BlockNode;
}
export interface ForStatement extends Range {
  kind: 'for';
  variable: VariableNode;
  over:
    | { kind: 'range'; from: Expression; to: Expression }
    | { kind: 'map'; map: MapNode }
    | { kind: 'missing' };
  body: BlockNode;
}
export interface JumpStatement extends Range {
  kind: 'break' | 'continue';
}
export interface ReturnStatement extends Range {
  kind: 'return';
  value?: Expression;
}
export interface BlockStatement extends Range {
  kind: 'block-statement';
  block: BlockNode;
}
export interface ImportStatement extends Range {
  kind: 'import';
  path: string;
}

export type Statement =
  | ExpressionStatement
  | AssignStatement
  | DiscardStatement
  | LetStatement
  | IfStatement
  | WhileStatement
  | UnrollStatement
  | ForStatement
  | JumpStatement
  | ReturnStatement
  | BlockStatement
  | ImportStatement;

/** One attach point as written: `tracepoint:sched:sched_switch`. */
export interface AttachPointNode extends Range {
  text: string;
  /** What stands before `=` in front of it. */
  name?: string;
}

export interface ProbeNode extends Range {
  kind: 'probe';
  attachPoints: AttachPointNode[];
  predicate?: Expression;
  body: BlockNode;
}
export interface ConfigEntry extends Range {
  name: string;
  value: string;
  valueRange: Range;
}
export interface MapDeclaration extends Range {
  kind: 'map-declaration';
  name: string;
  mapKind: string;
  kindRange: Range;
  entries: Expression[];
}
export interface MacroParameter extends Range {
  kind: 'expression' | 'variable' | 'map' | 'type';
  name: string;
}
export interface MacroNode extends Range {
  kind: 'macro';
  name: string;
  parameters: MacroParameter[];
  body: BlockNode;
}
export interface FunctionNode extends Range {
  kind: 'function';
  name: string;
  nameRange: Range;
  parameters: { variable: VariableNode; type: TypeNode }[];
  returns?: TypeNode;
  body: BlockNode;
}

/** A stretch of the C preamble: one directive, or one struct, union or enum definition. */
export interface PreambleItem extends Range {
  kind: 'include' | 'define' | 'directive' | 'definition';
  text: string;
  /** From a header: what of it cannot be read is left out. */
  foreign?: boolean;
}

export interface ProgramNode {
  preamble: PreambleItem[];
  config: ConfigEntry[];
  imports: ImportStatement[];
  maps: MapDeclaration[];
  macros: MacroNode[];
  functions: FunctionNode[];
  probes: ProbeNode[];
}
