/** Fields that say something of each other: the number of a stack and its map, an address and its family. */
import type { DataType, Field, MapLayout, Neighbour } from '../layout.ts';

type StackType = Extract<DataType, { kind: 'stack' }>;

/** A map of stacks. */
interface StackMap {
  symbol: string;
  type: StackType;
}

export const stackMaps = (maps: MapLayout[]): StackMap[] =>
  maps.flatMap(({ symbol, type, value }) => {
    if (type !== 'stack_trace') return [];
    const stack = value.kind === 'struct' ? value.fields[0]?.type : value;
    return stack?.kind === 'stack' ? [{ symbol, type: stack }] : [];
  });

/** The fields of a record, key or value, of which those that belong together are one. */
export const joined = (fields: Field[], stacks: StackMap[]): Field[] =>
  withFamilies(withLengths(withStacks(fields, stacks)));

/** A type, of whose fields those that belong together are one. */
export function joinedType(type: DataType, stacks: StackMap[]): DataType {
  return type.kind === 'struct' ? { ...type, fields: joined(type.fields, stacks) } : type;
}

const STACK_ID = /stack_?id|^(k|u|kern|kernel|user)_?stack$/;
const OF_PROGRAM = /^u|user/;
/** Whose stack it is: the process rather than the thread. */
const OWNERS = [/^tgid$/, /^pid$/, /tgid/, /pid/];

function withStacks(fields: Field[], stacks: StackMap[]): Field[] {
  return fields.map((field): Field => {
    const { name, type } = field;
    if (type.kind === 'struct') return { ...field, type: joinedType(type, stacks) };
    if (isStack(field)) return { ...field, type: addressesOf(type) };
    if (type.kind !== 'int' || type.size < 4 || field.bits || !STACK_ID.test(name)) return field;
    const space = OF_PROGRAM.test(name) ? 'user' : 'kernel';
    // Programs with a map for each name them as they name the numbers.
    const map = stacks.find(({ symbol }) => OF_PROGRAM.test(symbol) === (space === 'user')) ?? stacks[0];
    if (!map) return field;
    const owner = OWNERS.flatMap(pattern =>
      fields.filter(one => pattern.test(one.name) && one.type.kind === 'int'),
    )[0];
    const stack: StackType = { ...map.type, space };
    const pid = owner && pidOf(field, owner);
    const size = type.size === 8 ? 8 : 4;
    return {
      ...field,
      type: { kind: 'stack-id', size, map: map.symbol, stack, ...(space === 'user' && pid ? { pid } : {}) },
    };
  });
}

const ADDRESS_BYTES = 8;
const isStack = ({ name, type }: Field) =>
  /stack$|^stack|^callers$/.test(name) &&
  type.kind === 'array' &&
  type.element.kind === 'int' &&
  type.element.size === ADDRESS_BYTES;

/** Addresses up to the first zero, as bpf_get_stack() writes them; whose they are is not told. */
const addressesOf = ({ size }: DataType): StackType => ({
  kind: 'stack',
  size,
  space: 'either',
  mode: 'bpftrace',
  limit: size / ADDRESS_BYTES,
});

/** Of both numbers that one integer holds, the process stands in the upper half. */
function pidOf(field: Field, { offset, type }: Field): Neighbour {
  const upper = type.kind === 'int' && type.display === 'pid-tgid' ? 4 : 0;
  return { distance: offset + upper - field.offset, size: 4 };
}

/** Texts of which a number beside them tells the length. */
function withLengths(fields: Field[]): Field[] {
  return fields.map((field): Field => {
    const { name, type, offset } = field;
    if (type.kind !== 'string' || !type.words) return field;
    const length = fields.find(
      other => other.type.kind === 'int' && LENGTHS.some(end => other.name === name + end),
    );
    if (!length) return field;
    const words = { length: { distance: length.offset - offset, size: length.type.size } };
    return { ...field, type: { ...type, words } };
  });
}

const LENGTHS = ['_size', '_len', '_length'];

const FAMILY = /^(af|family|sa_family|addr_family|ip_?ver(sion)?|version|proto_?ver)$/;

/** Both forms of an address lie in one place, and a field beside them says which it is: shown is that one. */
function withFamilies(fields: Field[]): Field[] {
  const family = fields.find(({ name }) => FAMILY.test(name));
  if (!family) return fields;
  return fields.flatMap((field): Field[] => {
    const { type, offset } = field;
    if (
      type.kind === 'union' &&
      type.fields.some(one => isIpv4(one.type)) &&
      type.fields.some(one => isIpv6(one.type))
    )
      return [{ ...field, type: addressOf(field, family) }];
    const partner = fields.find(other => other !== field && other.offset === offset);
    if (!partner) return [field];
    if (isIpv4(type) && isIpv6(partner.type)) return [];
    if (!isIpv6(type) || !isIpv4(partner.type)) return [field];
    const name = partner.name.replace(/_?(v4|ip4|ipv4)$/, '') || partner.name;
    return [{ name, offset, type: addressOf(field, family) }];
  });
}

const addressOf = (address: Field, family: Field): DataType => ({
  kind: 'inet',
  size: 16,
  family: { distance: family.offset - address.offset, size: family.type.size },
});

const isIpv4 = (type: DataType) =>
  (type.kind === 'int' && type.display === 'ipv4') || (type.kind === 'inet' && type.size === 4);
const isIpv6 = (type: DataType) => type.kind === 'inet' && type.size === 16;
