/** Functions that look into strings or make new ones. */
import { ERROR_TEXTS } from '../../errno.ts';
import type { CheckContext } from '../checker/context.ts';
import type { Generator } from '../generator/api.ts';
import type { CallNode, Expression } from '../nodes.ts';
import {
  BOOL,
  baseName,
  INT32,
  INT64,
  isInteger,
  sizeOf,
  string,
  type Type,
  typeName,
  UINT64,
} from '../types.ts';
import { SIGNAL_TEXTS } from './numberNames.ts';
import type { FunctionRow } from './rows.ts';
import { syscallNames } from './syscalls.ts';

const sizeOfString = (e: Expression | undefined) => (e?.type?.kind === 'string' ? e.type.size : 1);

/** What is said of what holds no characters. */
const STRING_LIKE: Partial<Record<Type['kind'], string>> = {
  array: 'string-like arrays must contain a char-like type',
  pointer: 'string-like pointers must point to a char-like type',
};

/** Why a value cannot be read as a string; undefined where it is one, or holds characters. */
export function notStringLike(type: Type): string | undefined {
  if (type.kind === 'string' || type.kind === 'unknown') return undefined;
  const element = type.kind === 'array' ? type.element : type.kind === 'pointer' ? type.to : undefined;
  if (element?.kind === 'int' && element.size === 1) return undefined;
  return STRING_LIKE[type.kind] ?? 'string-like values must be either strings, arrays or pointers';
}

/** Arguments that are strings, or characters in an array or behind a pointer, which are read as one. */
function wantStrings(call: CallNode, context: CheckContext, count: number): void {
  for (const argument of call.arguments.slice(0, count)) {
    const type = context.typeOf(argument);
    const reason = notStringLike(type);
    if (reason) context.report('string-like', { reason, name: call.name, given: typeName(type) }, argument);
    else if (type.kind === 'array' || type.kind === 'pointer') readAsString(argument, context);
  }
}

function readAsString(e: Expression, context: CheckContext): void {
  const { start, end } = e;
  const name = 'str';
  const read: CallNode = { kind: 'call', name, nameRange: { start, end }, arguments: [{ ...e }], start, end };
  Object.assign(e, read);
  context.check(e);
}

/** Where the bytes of a value are; those of a number are copied. */
function bytesOf(g: Generator, e: Expression): string {
  const isNumber = isInteger(e.type!) || e.type!.kind === 'pointer';
  return `(const char *)${isNumber ? `&${g.local('__u64', 'bytes', g.value(e))}` : g.value(e)}`;
}

/** A string's length without its NUL: reading it anywhere tells. */
function measure(g: Generator, e: Expression): string {
  const size = sizeOfString(e);
  const length = g.local('__u64', 'length', g.into(e, g.temporary(size), size));
  return `(${length} ? ${length} - 1 : 0)`;
}

interface Named {
  name: string;
  docs: string;
  since: string;
  example: string;
  /** By number; empty where there is none. */
  texts(g: Generator): readonly string[];
  /** Stands for all others. */
  unknown: string;
  /** Negative numbers mean the positive ones. */
  absolute?: boolean;
}

/** What these functions give, whatever is in their tables. */
const NAME_LENGTH = 64;

/** A function from a number to its name, by a table in read-only memory that ends with the unknown's. */
const named = ({ name, docs, since, example, texts, unknown, absolute }: Named): FunctionRow => ({
  name,
  signature: `${name}(number)`,
  docs,
  since,
  example,
  arguments: [1, 1],
  type: (call, context) => {
    const [number] = call.arguments;
    const type = context.typeOf(number!);
    if (!isInteger(type) && type.kind !== 'unknown')
      context.report('argument-type', { name, expected: 'integer', given: baseName(type) }, number!);
    return string(NAME_LENGTH);
  },
  into: (call, g, destination, size) => {
    const rows = [...texts(g), ''].map(text => text || unknown);
    const width = Math.max(...rows.map(text => text.length)) + 1;
    g.constants(name, rows, width);
    const number = g.local('__s32', 'number', g.value(call.arguments[0]!));
    const index = g.local(
      '__u64',
      'index',
      `(__u32)${absolute ? `(${number} < 0 ? -${number} : ${number})` : number}`,
    );
    g.emit(`if (${index} > ${rows.length - 1})`);
    g.emit(`\t${index} = ${rows.length - 1};`);
    return `read_string(${destination}, ${Math.min(size, width)}, (__u64)${name}_texts[${index}])`;
  },
});

export const stringTools: readonly FunctionRow[] = [
  {
    name: 'strlen',
    signature: 'strlen(string)',
    docs: 'Number of bytes in a string, its NUL not counted.',
    since: '25',
    example: 'begin { print(strlen(comm)); exit(); }',
    arguments: [1, 1],
    type: (call, context) => {
      wantStrings(call, context, 1);
      return UINT64;
    },
    lower: (call, g) => measure(g, call.arguments[0]!),
  },
  {
    name: 'strcap',
    signature: 'strcap(string)',
    docs: 'Number of bytes a string has room for.',
    since: '25',
    example: 'begin { print(strcap(comm)); exit(); }',
    arguments: [1, 1],
    type: (call, context) => {
      const type = context.typeOf(call.arguments[0]!);
      // How much is behind a pointer, only its NUL tells.
      if (type.kind === 'pointer' && sizeOf(type.to) === 1)
        return context.check(Object.assign(call, { name: 'strlen' }));
      if (type.kind === 'array' && sizeOf(type.element) === 1)
        return context.check(
          Object.assign(call as Expression, { kind: 'integer', value: BigInt(sizeOf(type)) }),
        );
      wantStrings(call, context, 1);
      return { kind: 'int', size: 8, signed: true, literal: BigInt(sizeOfString(call.arguments[0])) };
    },
  },
  {
    name: 'strstr',
    signature: 'strstr(haystack, needle)',
    docs: 'Where the needle starts in the haystack; -1 when it does not occur.',
    since: '25',
    example: 'begin { print(strstr("hello world", "wor")); exit(); }',
    arguments: [2, 2],
    type: (call, context) => {
      wantStrings(call, context, 2);
      return INT64;
    },
    lower: find,
  },
  {
    name: 'strcontains',
    signature: 'strcontains(haystack, needle)',
    docs: 'Whether the needle occurs in the haystack.',
    since: '17',
    example: 'begin { if (strcontains("hello", "ell")) { print("yes"); } exit(); }',
    arguments: [2, 2],
    type: (call, context) => {
      wantStrings(call, context, 2);
      return BOOL;
    },
    lower: (call, g) => `(${find(call, g)} >= 0)`,
  },
  {
    name: 'str_concat',
    signature: 'str_concat(a, b)',
    docs: 'Both strings in a row.',
    since: '26',
    example: 'begin { print(str_concat(comm, "!")); exit(); }',
    arguments: [2, 2],
    type: (call, context) => {
      wantStrings(call, context, 2);
      return string(sizeOfString(call.arguments[0]) + sizeOfString(call.arguments[1]) - 1);
    },
    into: (call, g, destination, size) => {
      const [a, b] = call.arguments;
      const first = Math.min(size, sizeOfString(a));
      const length = g.local('__u64', 'length', g.into(a!, destination, first));
      g.emit(`if (${length})`);
      g.emit(`\t${length} -= 1;`);
      const room = Math.max(1, Math.min(sizeOfString(b), size - first + 1));
      const more = g.local('__u64', 'more', g.into(b!, `(char *)${destination} + ${length}`, room));
      return `${length} + ${more}`;
    },
  },
  {
    name: 'memcmp',
    signature: 'memcmp(a, b, n)',
    docs: 'Compares the first n bytes of two values: 0 when they are equal, else the sign of the first difference.',
    since: '25',
    example: 'begin { print(memcmp("abc", "abd", 2)); exit(); }',
    arguments: [3, 3],
    type: (call, context) => {
      const [, , count] = call.arguments;
      const type = context.typeOf(count!);
      if (!isInteger(type) && type.kind !== 'unknown')
        context.report(
          'argument-type',
          { name: 'memcmp', expected: 'integer', given: baseName(type) },
          count!,
        );
      return INT32;
    },
    lower: (call, g) => {
      const [a, b, n] = call.arguments;
      const [left, right] = [bytesOf(g, a!), bytesOf(g, b!)];
      const most = Math.min(g.dataType(a!.type!).size, g.dataType(b!.type!).size);
      return `(__s64)compare_bytes(${left}, ${right}, at_most(${g.value(n!)}, ${most}))`;
    },
  },
  named({
    name: 'strerror',
    docs: 'The text of an errno value, negative or not.',
    since: '17',
    example: 'begin { print(strerror(2)); exit(); }',
    texts: () => ERROR_TEXTS,
    unknown: 'Unknown error',
    absolute: true,
  }),
  named({
    name: 'signal_name',
    docs: 'The text of a signal, as strsignal() has it.',
    since: '26',
    example: 'begin { print(signal_name(9)); exit(); }',
    texts: () => SIGNAL_TEXTS,
    unknown: 'N/A',
  }),
  named({
    name: 'syscall_name',
    docs: 'The name of a system call by its number.',
    since: '25',
    example: 'begin { print(syscall_name(0)); exit(); }',
    texts: g => syscallNames(g.options.target.arch),
    unknown: 'Unknown syscall',
  }),
];

function find(call: CallNode, g: Generator): string {
  const [haystack, needle] = call.arguments;
  return `find_text(${g.value(haystack!)}, ${sizeOfString(haystack)}, ${g.value(needle!)}, ${sizeOfString(needle)})`;
}
