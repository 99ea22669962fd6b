/** Fields as columns: what is made of parts is opened. */
import type { Field } from '../layout.ts';
import { DISPLAYS } from './displays.ts';

/**
 * Fields with nested structs and unions opened, names dotted, offsets from the start; integers that are several numbers
 * are opened into those.
 */
export function leaves(fields: Field[], at = 0, prefix = ''): Field[] {
  return fields.flatMap(field => {
    const name = prefix ? `${prefix}.${field.name}` : field.name;
    const { type, offset } = field;
    if ((type.kind === 'struct' || type.kind === 'union') && type.fields.length)
      return leaves(type.fields, at + offset, name);
    const parts = type.kind === 'int' && type.display && !field.bits && DISPLAYS[type.display].parts;
    if (parts) return leaves(parts, at + offset, prefix);
    return [{ ...field, name, offset: at + offset }];
  });
}

/** The leaves of a key: tuples are opened, too. */
export const keyLeaves = (fields: Field[]): Field[] => leaves(fields.flatMap(openTuple));

const openTuple = (field: Field): Field[] =>
  field.type.kind === 'tuple'
    ? field.type.fields.flatMap(part => openTuple({ ...part, offset: part.offset + field.offset }))
    : [field];
