/** Rows of the language's tables and what the checker found, as Markdown. */
import type { SharedMap } from '../symbols.ts';
import type { Documented } from '../tables/rows.ts';
import { type ArgsField, type Type, typeName } from '../types.ts';

export const code = (text: string) => `\`\`\`bpftrace\n${text}\n\`\`\``;

/** A row's documentation, without its signature. */
export function documentation(row: Documented & { probes?: readonly string[] }): string {
  const notes = [
    row.probes ? `Only in ${row.probes.map(name => `\`${name}\``).join(', ')}.` : '',
    row.since === '17' ? '' : `Since version 0.${row.since} of bpftrace.`,
  ].filter(Boolean);
  return [row.docs, ...notes, code(row.example)].join('\n\n');
}

export const describeRow = (row: Documented & { probes?: readonly string[] }) =>
  [code(row.signature), documentation(row)].join('\n\n');

/** `uint64`; empty where it is not known. */
export const describeType = (type: Type | undefined) =>
  type && type.kind !== 'unknown' ? typeName(type) : '';

/** `@start[uint32]: uint64` */
export function describeMap(name: string, { key, value }: Pick<SharedMap, 'key' | 'value'>): string {
  const keys =
    key.kind === 'void' ? '' : `[${key.kind === 'tuple' ? key.elements.map(typeName) : typeName(key)}]`;
  const is = describeType(value);
  return `${name}${keys.replaceAll(',', ', ')}${is ? `: ${is}` : ''}`;
}

/** The arguments of a probe, a row each. */
export function describeArguments(fields: readonly ArgsField[]): string {
  const rows = fields.map(
    ({ name, type, declaration }) => `| \`${name}\` | \`${describeType(type)}\` | \`${declaration}\` |`,
  );
  return ['| args. | type | in C |', '|---|---|---|', ...rows].join('\n');
}
