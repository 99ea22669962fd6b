/** Functions on strings. */

import type { CheckContext } from '../checker/context.ts';
import { equalStrings } from '../generator/strings.ts';
import { INT64, isInteger, string, type Type } from '../types.ts';
import type { FunctionRow } from './rows.ts';

const READERS = { kernel: 'read_string', user: 'read_user_string', none: 'read_any_string' } as const;

/** How a pointer's bytes are read: by its own address space, else by the probe's. */
function reader(type: Type, probe: CheckContext['probe']): string {
  if (type.kind === 'pointer' && type.space !== 'none') return READERS[type.space];
  return READERS[probe.row.space === 'user' ? 'user' : 'none'];
}

export const text: readonly FunctionRow[] = [
  {
    name: 'str',
    signature: 'str(pointer[, length])',
    docs: 'Reads the string that a pointer points at, up to its NUL and at most `length` bytes (max_strlen if left out). str($1) gives a parameter as text.',
    since: '17',
    example:
      'tracepoint:syscalls:sys_enter_openat { printf("%s\\n", str(args.filename)); exit(); } interval:ms:500 { exit(); }',
    arguments: [1, 2],
    type: (call, context) => {
      const [first, length] = call.arguments;
      const constant = context.text(first!);
      if (constant !== undefined) return string(new TextEncoder().encode(constant).length + 1);
      const type = context.typeOf(first!);
      if (type.kind === 'string') return type;
      if (!['pointer', 'int', 'unknown', 'array'].includes(type.kind)) {
        context.report(
          'argument-type',
          { name: 'str', expected: 'integer, pointer or string', given: type.kind },
          first!,
        );
      }
      const limit = length && context.integer(length);
      if (length && !isInteger(context.typeOf(length)) && context.typeOf(length).kind !== 'unknown') {
        context.report(
          'argument-type',
          { name: 'str', expected: 'integer', given: context.typeOf(length).kind },
          length,
        );
      }
      const most = BigInt(context.config.max_strlen);
      return string(Number(limit !== undefined && limit >= 0n && limit < most ? limit + 1n : most));
    },
    into: (call, g, destination, size) => {
      const [first, length] = call.arguments;
      const type = first!.type!;
      if (type.kind === 'string') return g.into(first!, destination, size);
      const read = reader(type, g.probe);
      const pointer = g.value(first!);
      const most = Math.min(size, (call.type as { size: number }).size);
      if (!length || (length.type!.kind === 'int' && length.type!.literal !== undefined))
        return `${read}(${destination}, ${most}, ${pointer})`;
      // The NUL counts, so one byte more than the length is read.
      const bytes = g.local('__u64', 'bytes', `${g.value(length)} + 1`);
      g.emit(`if (${bytes} > ${most})`);
      g.emit(`\t${bytes} = ${most};`);
      return `${read}(${destination}, ${bytes}, ${pointer})`;
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
            { name: 'strncmp', expected: 'string', given: type.kind },
            argument,
          );
      }
      const n = context.integer(call.arguments[2]!);
      if (n === undefined)
        context.report('literal-needed', { name: 'strncmp', what: 'number of bytes' }, call.arguments[2]!);
      else if (n < 0n)
        context.report(
          'argument-range',
          { name: 'strncmp', what: 'bytes', least: 0, most: context.config.max_strlen, given: String(n) },
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
