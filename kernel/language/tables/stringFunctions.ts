/** Functions on strings. */

import { bytesOf, textOf } from '../../utf8.ts';
import type { CheckContext } from '../checker/context.ts';
import { equalStrings } from '../generator/strings.ts';
import type { Expression } from '../nodes.ts';
import type { Config } from '../symbols.ts';
import { parameterText } from '../target.ts';
import {
  type AddressSpace,
  baseName,
  INT64,
  isInteger,
  sizeOf,
  string,
  type Type,
  typeName,
} from '../types.ts';
import type { FunctionRow } from './rows.ts';

/** Address space of what a value points at: its own, else the probe's. */
function spaceOf(type: Type, probe: CheckContext['probe']): AddressSpace {
  if (type.kind === 'pointer' && type.space !== 'none') return type.space;
  return probe.row.space === 'user' ? 'user' : 'none';
}

/** From this size on the NUL counts, so that sizes stay powers of two; smaller strings have room for it besides. */
const NUL_COUNTS = 1024;

/** What str() gives where nobody says how long it may be. */
export const fullString = ({ max_strlen: most, str_trunc_trailer: trailer }: Config): Type =>
  most < NUL_COUNTS ? string(most + 1, trailer) : string(most);

/** Text that is known: a parameter of the command line is taken as it is written, and so is a number. */
function givenText(e: Expression, context: CheckContext): string | undefined {
  if (e.kind === 'positional') return parameterText(context.options, e);
  return context.text(e) ?? (e.kind === 'integer' ? String(e.value) : undefined);
}

/** The first `length` bytes of a text. */
const firstBytes = (text: string, length: bigint | undefined) =>
  length === undefined ? text : textOf(bytesOf(text).subarray(0, Number(length)));

export const text: readonly FunctionRow[] = [
  {
    name: 'str',
    signature: 'str(pointer[, length])',
    docs: 'Reads the string that a pointer points at, up to its NUL and at most `length` bytes with it (max_strlen without it if left out). A text longer than max_strlen is shown with str_trunc_trailer behind it. str($1) gives a parameter as text.',
    since: '17',
    example:
      'tracepoint:syscalls:sys_enter_openat { printf("%s\\n", str(args.filename)); exit(); } interval:ms:500 { exit(); }',
    arguments: [1, 2],
    type: (call, context) => {
      const [first, length] = call.arguments;
      const given = length && context.typeOf(length);
      if (given && !isInteger(given) && given.kind !== 'unknown')
        context.report('argument-type', { name: 'str', expected: 'int', given: baseName(given) }, length);
      const limit = length && context.integer(length);
      if (limit !== undefined && limit < 0n)
        context.report('negative-length', { name: 'str', given: String(limit) }, length!);
      const constant = givenText(first!, context);
      if (constant !== undefined && (!length || (limit !== undefined && limit >= 0n))) {
        const value = firstBytes(constant, limit);
        Object.assign(call, { kind: 'string', value });
        return string(bytesOf(value).length + 1);
      }
      const type = context.typeOf(first!);
      if (type.kind === 'string') return type;
      if (!['pointer', 'int', 'unknown', 'array'].includes(type.kind)) {
        const given = typeName(type);
        const wanted = `a string, integer or a pointer type as first argument (${given} provided)`;
        context.report('argument-kind', { name: 'str', wanted }, first!);
      }
      const full = fullString(context.config);
      if (limit === undefined || limit < 0n) return full;
      if (limit < BigInt(context.config.max_strlen)) return string(Math.max(1, Number(limit)));
      const { max_strlen: most } = context.config;
      if (limit > BigInt(most)) context.report('string-shortened', { given: String(limit), most }, length!);
      return full;
    },
    into: (call, g, destination, size) => {
      const [first, length] = call.arguments;
      const type = first!.type!;
      if (type.kind === 'string') return g.into(first!, destination, size);
      const ours = type.kind === 'array';
      const pointer = ours ? `(__u64)${g.value(first!)}` : g.value(first!);
      // An array need not end in a NUL: there is room for one behind it.
      const whole = ours ? sizeOf(type) + 1 : size;
      const most = Math.min(size, whole, (call.type as { size: number }).size);
      const constant = !length || (length.type!.kind === 'int' && length.type!.literal !== undefined);
      // The NUL is one of the bytes that are asked for.
      const bytes = constant ? most : g.local('__u64', 'bytes', `at_most(${g.value(length)}, ${most})`);
      return g.readString(ours ? 'kernel' : spaceOf(type, g.probe), destination, bytes, pointer, call);
    },
  },
  {
    name: 'strncmp',
    signature: 'strncmp(a, b, n)',
    docs: 'Compares the first n bytes of two strings: 0 when they are equal.',
    since: '17',
    example: 'begin { if (strncmp(comm, "bash", 2) == 0) { printf("ba\\n"); } exit(); }',
    arguments: [3, 3],
    type: (call, context) => {
      for (const argument of call.arguments.slice(0, 2)) {
        const type = context.typeOf(argument);
        if (type.kind !== 'string' && type.kind !== 'unknown')
          context.report(
            'argument-type',
            { name: 'strncmp', expected: 'string', given: baseName(type) },
            argument,
          );
      }
      const n = context.integer(call.arguments[2]!);
      if (n === undefined || n < 0n)
        context.report(
          'constant-argument',
          { reason: 'Builtin strncmp requires a non-negative literal' },
          call.arguments[2]!,
        );
      return INT64;
    },
    lower: (call, g) => {
      const [a, b, n] = call.arguments;
      const { type } = n!;
      const limit = type?.kind === 'int' ? Number(type.literal ?? 0n) : 0;
      return limit === 0 ? '0' : `!${equalStrings(g as Parameters<typeof equalStrings>[0], a!, b!, limit)}`;
    },
  },
];
