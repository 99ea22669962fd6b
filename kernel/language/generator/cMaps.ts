/** Another cell's map of BPF C: declared as it is there, byte for byte. */
import type { DataType, Field } from '../../layout.ts';
import { PADDING } from '../cMaps.ts';
import type { MapInfo, SharedMap } from '../symbols.ts';
import { keyParts, type MapPlan } from './maps.ts';
import { structText } from './storage.ts';

export function planCMap(info: MapInfo, symbol: string, { c, aggregation }: SharedMap): MapPlan {
  const { type, maxEntries, flags = 0 } = c!;
  const parts = c!.key?.filter(({ name }) => !PADDING.test(name));
  const value = [{ name: 'value', offset: 0, type: c!.value }];
  const text = [
    ...(parts ? [exactStruct(`${symbol}_key`, parts, c!.keySize)] : []),
    exactStruct(`${symbol}_value`, value, c!.valueSize),
    `struct {\n\t__uint(type, BPF_MAP_TYPE_${type.toUpperCase()});\n\t__uint(max_entries, ${maxEntries});\n` +
      (flags ? `\t__uint(map_flags, ${flags});\n` : '') +
      `\t__type(key, ${parts ? `struct ${symbol}_key` : '__u32'});\n` +
      `\t__type(value, struct ${symbol}_value);\n} ${symbol} SEC(".maps");`,
  ];
  const types = parts ? keyParts(info.key!) : [];
  return {
    info,
    symbol,
    layout: {
      ...c!,
      name: info.name,
      symbol,
      ...(aggregation ? { aggregation } : {}),
      borrowed: true,
      printAtEnd: false,
    },
    key: parts?.map(({ name }, i) => ({ name, type: types[i]! })),
    valueType: `struct ${symbol}_value`,
    valueMember: 'value',
    text: text.join('\n'),
  };
}

/** A struct whose members are where the other program has them. */
function exactStruct(name: string, fields: Field[], size: number): string {
  const members: string[] = [];
  let at = 0;
  const skip = (to: number) => {
    if (to > at) members.push(`__u8 gap_${at}[${to - at}]`);
    at = to;
  };
  for (const { name, offset, type } of fields) {
    skip(offset);
    members.push(member(name, type));
    at += type.size;
  }
  skip(size);
  return structText(name, members).replace(/;$/, ' __attribute__((packed));');
}

const WORDS: Readonly<Record<number, string>> = { 1: '8', 2: '16', 4: '32', 8: '64' };

function member(name: string, type: DataType): string {
  const isBytes = ['string', 'struct', 'union', 'array', 'bytes'].includes(type.kind);
  const bits = isBytes ? undefined : WORDS[type.size];
  if (!bits) return `${type.kind === 'string' ? 'char' : '__u8'} ${name}[${type.size}]`;
  return `__${'signed' in type && type.signed ? 's' : 'u'}${bits} ${name}`;
}
