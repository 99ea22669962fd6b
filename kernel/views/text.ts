/** Typed bytes as bpftrace writes them: `5`, `(1, a)`, `{ .x = 1 }`, `[1,2]`, `0xffff`, `ENUM_NAME`. */

import type { DataType, Field } from '../layout.ts';
import { visible } from '../notebook/labels.ts';
import { enumName, escapeBytes, type Reader, readBytes, readFloat, readScalar, readText } from './decode.ts';
import { resolve } from './names.ts';
import { stackIdCell } from './stack-ids.ts';
import { stackText } from './stacks.ts';

/** Makes strings from traced processes safe for where they go. A terminal obeys control characters; nothing else does. */
export type Escape = (text: string) => string;
export const forTerminal: Escape = visible;
export const unchanged: Escape = text => text;

export function textOf(
  reader: Reader,
  type: DataType,
  at: number,
  safe: Escape,
  bits?: Field['bits'],
): string {
  switch (type.kind) {
    case 'int':
      return readScalar(reader, type, at, bits).toString();
    case 'bool':
      return readScalar(reader, type, at, bits) === 0 ? 'false' : 'true';
    case 'float':
      return String(readFloat(reader, type.size, at));
    case 'enum': {
      const value = readScalar(reader, type, at, bits);
      return enumName(type, value) ?? value.toString();
    }
    case 'pointer':
      return `0x${readScalar(reader, type, at, bits).toString(16)}`;
    case 'string':
    case 'packed-string':
      return safe(readText(reader, type, at));
    case 'bytes':
    case 'sized-bytes':
    case 'packed-bytes':
      return escapeBytes(readBytes(reader, type, at));
    case 'stack':
      return stackText(reader, type, at, safe);
    case 'stack-id':
      return safe(stackIdCell(reader, type, at));
    case 'array': {
      const parts: string[] = [];
      for (let i = 0; i < type.length; i++)
        parts.push(textOf(reader, type.element, at + i * type.element.size, safe));
      return `[${parts.join(',')}]`;
    }
    case 'tuple':
      return `(${fieldTexts(reader, type.fields, at, safe).join(', ')})`;
    case 'struct':
    case 'union': {
      const texts = fieldTexts(reader, type.fields, at, safe);
      return texts.length
        ? `{ ${type.fields.map((field, i) => `.${field.name} = ${texts[i]}`).join(', ')} }`
        : '{}';
    }
    default:
      return safe(resolve(reader, type, at));
  }
}

const fieldTexts = (reader: Reader, fields: Field[], at: number, safe: Escape) =>
  fields.map(field => textOf(reader, field.type, at + field.offset, safe, field.bits));

/** The parts of a key, as they stand between the brackets of `@m[…]`; a lone tuple loses its parentheses. */
export function keyText(reader: Reader, key: Field[], safe: Escape): string {
  if (key.length === 1 && key[0]!.type.kind === 'tuple')
    return fieldTexts(reader, key[0]!.type.fields, key[0]!.offset, safe).join(', ');
  return fieldTexts(reader, key, 0, safe).join(', ');
}
