/** Functions on bytes, numbers and addresses. */
import type { Generator } from '../generator/api.ts';
import type { Expression } from '../nodes.ts';
import {
  type AddressSpace,
  BOOL,
  BUFFER_COUNT,
  baseName,
  isInteger,
  sizeOf,
  string,
  type Type,
  UNKNOWN,
} from '../types.ts';
import type { FunctionRow } from './rows.ts';

/** Bytes of an IPv4 or IPv6 address in network order; undefined when the text is none. */
export function addressBytes(text: string): number[] | undefined {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) {
    const parts = text.split('.').map(Number);
    return parts.every(p => p < 256) ? parts : undefined;
  }
  if (!text.includes(':') || !/^[0-9a-fA-F:.]+$/.test(text)) return undefined;
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const groups = (half: string) =>
    half === ''
      ? []
      : half
          .split(':')
          .flatMap(g =>
            g.includes('.')
              ? (addressBytes(g) ?? [-1])
              : g === '' || g.length > 4
                ? [-1]
                : [Number.parseInt(g, 16) >> 8, Number.parseInt(g, 16) & 255],
          );
  const [head, tail] = [groups(halves[0]!), groups(halves[1] ?? '')];
  const gap = 16 - head.length - tail.length;
  if ([...head, ...tail].includes(-1) || (halves.length === 2 ? gap < 2 : gap !== 0)) return undefined;
  return [...head, ...Array<number>(gap).fill(0), ...tail];
}

/** Room for the longest IPv6 address. */
const ADDRESS_TEXT = string(46);

/** Writes an address as text; gives its length, NUL included. */
function writeAddress(address: Expression, g: Generator, destination: string, size: number): string {
  const type = address.type!;
  const bytes = type.kind === 'int' ? 4 : sizeOf(type);
  const copy = g.fresh('address');
  if (type.kind === 'int') g.emit(`__u64 ${copy} = ${g.value(address)};`);
  else {
    g.emit(`__u8 ${copy}[${Math.max(8, bytes)}] = {};`);
    g.copy(copy, bytes, address);
  }
  g.include('ebpfnb/address.h');
  return `write_address(${destination}, ${size}, (const __u8 *)${type.kind === 'int' ? '&' : ''}${copy}, ${bytes})`;
}

const UINT8: Type = { kind: 'int', size: 1, signed: false };

/** A pointer forced into an address space. */
const force = (name: 'kptr' | 'uptr', space: AddressSpace): FunctionRow => ({
  name,
  signature: `${name}(pointer)`,
  docs: `The same address, read as ${space === 'user' ? "the process's" : "Linux's own"} memory.`,
  since: '17',
  example: `begin { print(${name}((uint8 *)0)); exit(); }`,
  arguments: [1, 1],
  type: (call, context) => {
    const type = context.typeOf(call.arguments[0]!);
    if (type.kind === 'pointer') return { ...type, space };
    if (isInteger(type)) return { kind: 'pointer', to: { kind: 'void' }, space };
    if (type.kind !== 'unknown')
      context.report(
        'argument-type',
        { name, expected: 'integer or pointer', given: baseName(type) },
        call.arguments[0]!,
      );
    return UNKNOWN;
  },
  lower: (call, g) => g.value(call.arguments[0]!),
});

export const bytes: readonly FunctionRow[] = [
  {
    name: 'buf',
    signature: 'buf(data[, length])',
    docs: 'Raw bytes: of an array, or `length` bytes of a string or behind a pointer. Print them with %r, %rx or %rh.',
    since: '17',
    example: 'begin { printf("%r %rx\\n", buf("ab\\0", 3), buf("ab", 2)); exit(); }',
    arguments: [1, 2],
    type: (call, context) => {
      const [data, length] = call.arguments;
      const type = context.typeOf(data!);
      if (!['array', 'string', 'pointer', 'int', 'unknown'].includes(type.kind)) {
        const wanted = `an integer, string, or array argument but saw ${baseName(type)}`;
        context.report('argument-kind', { name: 'buf', wanted }, data!);
        return UNKNOWN;
      }
      if (!length) {
        if (type.kind === 'array') return { kind: 'buffer', size: sizeOf(type) };
        const wanted = `a length argument for non-array type ${baseName(type)}`;
        context.report('argument-kind', { name: 'buf', wanted }, call);
        return UNKNOWN;
      }
      const bytes = context.integer(length);
      const given = context.typeOf(length);
      if (!isInteger(given) && given.kind !== 'unknown') {
        context.report('argument-type', { name: 'buf', expected: 'int', given: baseName(given) }, length);
        return UNKNOWN;
      }
      if (bytes !== undefined && bytes < 0n) {
        context.report('negative-length', { name: 'buf', given: String(bytes) }, length);
        return UNKNOWN;
      }
      const own = type.kind === 'array' || type.kind === 'string';
      const most = own ? Math.max(1, sizeOf(type)) : context.config.max_strlen;
      if (bytes !== undefined && bytes > 0n)
        return { kind: 'buffer', size: Math.min(Number(bytes), context.config.max_strlen) };
      return { kind: 'buffer', size: BUFFER_COUNT + Math.min(most, context.config.max_strlen), sized: true };
    },
    store: (call, g, destination) => {
      const [data, length] = call.arguments;
      const { size, sized } = call.type as Type & { kind: 'buffer' };
      if (!sized) {
        g.copy(destination, size, data!);
        return;
      }
      const bytes = g.local('__u64', 'length', `at_most(${g.value(length!)}, ${size - BUFFER_COUNT})`);
      g.emit(`*(__u32 *)${destination} = ${bytes};`);
      g.copy(`${destination} + ${BUFFER_COUNT}`, bytes, data!);
    },
    into: (call, g, destination, size) => {
      const [data, length] = call.arguments;
      const bytes = g.local('__u64', 'length', `at_most(${g.value(length!)}, ${size - BUFFER_COUNT})`);
      g.copy(destination, bytes, data!);
      return bytes;
    },
  },
  {
    name: 'bswap',
    signature: 'bswap(integer)',
    docs: 'The integer with its bytes in reverse order.',
    since: '17',
    example: 'begin { printf("%x\\n", bswap((uint16)0x1234)); exit(); }',
    arguments: [1, 1],
    type: (call, context) => {
      const type = context.typeOf(call.arguments[0]!);
      if (type.kind === 'int') return { kind: 'int', size: type.size, signed: false };
      if (type.kind !== 'unknown')
        context.report(
          'argument-type',
          { name: 'bswap', expected: 'integer', given: baseName(type) },
          call.arguments[0]!,
        );
      return UNKNOWN;
    },
    lower: (call, g) => {
      const { size } = call.type as { size: number };
      const value = g.value(call.arguments[0]!);
      return size === 1 ? `(__u64)(__u8)${value}` : `(__u64)__builtin_bswap${size * 8}(${value})`;
    },
  },
  {
    name: 'pton',
    signature: 'pton("address")',
    docs: 'The bytes of an IPv4 or IPv6 address in network order.',
    since: '17',
    example: 'begin { print(pton("127.0.0.1")); exit(); }',
    arguments: [1, 1],
    type: (call, context) => {
      const text = context.text(call.arguments[0]!);
      if (text === undefined) {
        const wanted = 'an string literal at the first argument';
        context.report('argument-kind', { name: 'pton', wanted }, call.arguments[0]!);
        return UNKNOWN;
      }
      const bytes = addressBytes(text);
      if (!bytes) {
        const wanted = /[.:]/.test(text)
          ? 'a valid IPv4/IPv6 address'
          : 'an string argument of an IPv4/IPv6 address';
        context.report('bad-address', { wanted, given: text }, call.arguments[0]!);
        return UNKNOWN;
      }
      return { kind: 'array', element: UINT8, length: bytes.length, space: 'kernel' };
    },
    store: (call, g, destination) => {
      const address = addressBytes(g.text(call.arguments[0]!) ?? '') ?? [];
      g.emit(
        `__builtin_memcpy(${destination}, "${address.map(byte => `\\${byte.toString(8).padStart(3, '0')}`).join('')}", ${address.length});`,
      );
    },
  },
  {
    name: 'ntop',
    signature: 'ntop([family, ]address)',
    docs: 'An IPv4 or IPv6 address as text: of an integer, or of an array of 4 or 16 bytes. The family, 2 or 10, is told by the size.',
    since: '17',
    example: 'begin { printf("%s %s\\n", ntop(0x0100007f), ntop(pton("::1"))); exit(); }',
    arguments: [1, 2],
    type: (call, context) => {
      const address = call.arguments.at(-1)!;
      const type = context.typeOf(address);
      const sized = type.kind === 'array' || type.kind === 'string';
      if (sized && ![4, 16].includes(sizeOf(type))) context.report('address-size', {}, address);
      if (!sized && type.kind !== 'int' && type.kind !== 'unknown') {
        const wanted = `an integer or array argument, got ${baseName(type)}`;
        context.report('argument-kind', { name: 'ntop', wanted }, address);
      }
      const [family] = call.arguments;
      const given = context.typeOf(family!);
      if (family !== address && !isInteger(given) && given.kind !== 'unknown')
        context.report('argument-type', { name: 'ntop', expected: 'int', given: baseName(given) }, family!);
      return ADDRESS_TEXT;
    },
    into: (call, g, destination, size) => writeAddress(call.arguments.at(-1)!, g, destination, size),
  },
  {
    name: 'macaddr',
    signature: 'macaddr(bytes)',
    docs: 'A MAC address as text, of an array of at least 6 bytes, or of those behind a pointer.',
    since: '17',
    example: 'struct A { char mac[6]; } begin { print(macaddr(((struct A *)0).mac)); exit(); }',
    arguments: [1, 1],
    type: (call, context) => {
      const type = context.typeOf(call.arguments[0]!);
      const [address] = call.arguments;
      const { kind } = type;
      const bytes = kind === 'array' || kind === 'string' ? sizeOf(type) : 0;
      if (address?.kind === 'string') context.report('mac-literal', {}, address);
      else if (bytes > 0 && bytes < 6) context.report('mac-size', {}, address!);
      else if (bytes === 0 && !['pointer', 'int', 'unknown'].includes(kind))
        context.report(
          'argument-type',
          { name: 'macaddr', expected: 'array or pointer', given: baseName(type) },
          address!,
        );
      return string(18);
    },
    into: (call, g, destination, size) => {
      const address = g.fresh('address');
      g.emit(`__u8 ${address}[8] = {};`);
      g.copy(address, 6, call.arguments[0]!);
      g.include('ebpfnb/address.h');
      return `write_address(${destination}, ${size}, ${address}, 6)`;
    },
  },
  force('kptr', 'kernel'),
  force('uptr', 'user'),
  {
    name: 'is_err',
    signature: 'is_err(pointer)',
    docs: 'Whether a pointer that Linux returned carries an error number instead of an address.',
    since: '26',
    example: 'begin { print(is_err((uint8 *)0)); exit(); }',
    arguments: [1, 1],
    type: () => BOOL,
    lower: (call, g) => `((__u64)${g.value(call.arguments[0]!)} >= -4095ULL)`,
  },
];
