/** Functions that are answered while compiling. */
import { literalNeeded } from '../checker/arguments.ts';
import { isTrue } from '../constant.ts';
import type { Expression } from '../nodes.ts';
import { BOOL, type Type, typeName, VOID } from '../types.ts';
import type { FunctionRow } from './rows.ts';
import { notStringLike } from './stringTools.ts';

/** A question about an expression's type. */
const question = (
  name: string,
  docs: string,
  answer: (type: Type, about: Expression) => boolean,
): FunctionRow => ({
  name,
  signature: `${name}(expression)`,
  docs,
  since: '25',
  example: `begin { print(${name}(comm)); exit(); }`,
  arguments: [1, 1],
  type: () => BOOL,
  constant: ({ arguments: [about] }) =>
    about?.type && about.type.kind !== 'unknown' ? answer(about.type, about) : undefined,
  lower: call => (answer(call.arguments[0]!.type!, call.arguments[0]!) ? '1' : '0'),
});

const isInt = (type: Type): type is Type & { kind: 'int' } => type.kind === 'int';

export const compileTime: readonly FunctionRow[] = [
  question('is_str', 'Whether this is a string.', type => type.kind === 'string'),
  question('is_ptr', 'Whether this is a pointer.', type => type.kind === 'pointer'),
  question('is_array', 'Whether this is an array.', type => type.kind === 'array'),
  question('is_integer', 'Whether this is an integer.', isInt),
  question(
    'is_unsigned_integer',
    'Whether this is an integer without a sign.',
    type => isInt(type) && !type.signed,
  ),
  {
    name: 'is_scalar',
    signature: 'is_scalar(@map)',
    docs: 'Whether this map has no keys.',
    since: '25',
    example: 'begin { @m = 1; print(is_scalar(@m)); exit(); }',
    arguments: [1, 1],
    mapArgument: true,
    type: (call, context) => {
      const [map] = call.arguments;
      if (map?.kind !== 'map' || map.key)
        context.report('map-needed', { name: 'is_scalar', which: 'for the first argument' }, call);
      return BOOL;
    },
    constant: ({ arguments: [map] }) =>
      map?.kind === 'map' && map.keyed !== undefined ? !map.keyed : undefined,
    lower: ({ arguments: [map] }) => (map?.kind === 'map' && !map.keyed ? '1' : '0'),
  },
  question('is_literal', 'Whether this is a constant.', (_, { constant }) => constant !== undefined),
  {
    name: 'default_str_length',
    signature: 'default_str_length()',
    docs: 'The configured max_strlen.',
    since: '25',
    example: 'begin { print(default_str_length()); exit(); }',
    arguments: [0, 0],
    type: (_, context) => ({
      kind: 'int',
      size: 8,
      signed: false,
      literal: BigInt(context.config.max_strlen),
    }),
  },
  {
    name: 'static_assert',
    signature: 'static_assert(condition, "message")',
    docs: 'Refuses to compile when the condition is a constant that is false.',
    since: '25',
    example: 'begin { static_assert(1 + 1 == 2, "sums"); exit(); }',
    arguments: [2, 2],
    effect: true,
    type: (call, context) => {
      const [condition, message] = call.arguments;
      const value = condition!.constant;
      if (value === undefined) literalNeeded(context, 'static_assert', condition!, 'bool', 'condition');
      else if (!isTrue(value) && !context.dead)
        context.report('failed', { message: context.text(message!) ?? '' }, call);
      return VOID;
    },
    lower: () => '',
  },
  {
    name: 'fail',
    signature: 'fail("format"[, constant, …])',
    docs: 'Refuses to compile where it stands: for macros that were given what they cannot take.',
    since: '25',
    example: 'macro never() { fail("not this one") } begin { exit(); }',
    arguments: [1, 127],
    effect: true,
    type: (call, context) => {
      const [format, ...values] = call.arguments;
      const text = context.text(format!);
      if (text === undefined && format!.constant !== undefined) {
        literalNeeded(context, 'fail', format!, 'string', 'format string');
        return VOID;
      }
      const unknown = text === undefined ? format : values.find(value => value.constant === undefined);
      if (unknown)
        context.report('constant-argument', { reason: 'fail() arguments need to be literals' }, unknown);
      else if (!context.dead) {
        const shown = values.map(value => String(value.constant));
        context.report('failed', { message: text!.replaceAll(/%\w+/g, () => shown.shift() ?? '') }, call);
      }
      return VOID;
    },
    lower: () => '',
  },
  {
    name: 'assert_str',
    signature: 'assert_str(expression)',
    docs: 'Refuses to compile when the expression is no string, and holds no characters.',
    since: '25',
    example: 'begin { assert_str(comm); exit(); }',
    arguments: [1, 1],
    effect: true,
    type: (call, context) => {
      const type = context.typeOf(call.arguments[0]!);
      const reason = notStringLike(type);
      if (reason && !context.dead)
        context.report('string-like', { reason, name: 'assert_str', given: typeName(type) }, call);
      return VOID;
    },
    lower: () => '',
  },
];
