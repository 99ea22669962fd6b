/** Typed bytes as bpftrace's JSON: numbers unless a double cannot hold them, enums and pointers as numbers. */
import type { DataType, Field } from '../layout.ts';
import { visibleBytes } from '../utf8.ts';
import { type Int, type Reader, readBytes, readFloat, readScalar, readText } from './decode.ts';
import { resolve } from './names.ts';
import { stackIdCell } from './stack-ids.ts';
import { stackText } from './stacks.ts';

/** JSON text of characters only, safe to print on a terminal: DEL and C1 controls are escaped, too. */
export const jsonString = (text: string) => jsonLine(visibleBytes(text));

/** Any JSON-safe value on one line, as {@link jsonString}. */
export const jsonLine = (value: unknown) =>
  JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Digits, in quotes where a double would round them. */
export const jsonInt = (value: Int) =>
  typeof value === 'number' || BigInt(Number(value)) === value ? value.toString() : `"${value}"`;

export function jsonOf(reader: Reader, type: DataType, at: number, bits?: Field['bits']): string {
  switch (type.kind) {
    case 'int':
    case 'enum':
    case 'pointer':
      return jsonInt(readScalar(reader, type, at, bits));
    case 'bool':
      return readScalar(reader, type, at, bits) === 0 ? 'false' : 'true';
    case 'float': {
      const value = readFloat(reader, type.size, at);
      return Number.isFinite(value) ? String(value) : 'null';
    }
    case 'string':
    case 'packed-string':
      return jsonString(readText(reader, type, at));
    case 'bytes':
    case 'sized-bytes':
    case 'packed-bytes':
      return `[${readBytes(reader, type, at).join(',')}]`;
    case 'stack-id':
      return jsonString(stackIdCell(reader, type, at));
    case 'stack':
      return jsonString(stackText(reader, type, at, text => text));
    case 'array': {
      const parts: string[] = [];
      for (let i = 0; i < type.length; i++)
        parts.push(jsonOf(reader, type.element, at + i * type.element.size));
      return `[${parts.join(',')}]`;
    }
    case 'tuple':
      return `[${type.fields.map(field => jsonOf(reader, field.type, at + field.offset, field.bits)).join(',')}]`;
    case 'struct':
    case 'union':
      return `{${type.fields
        .map(
          field => `${jsonString(field.name)}: ${jsonOf(reader, field.type, at + field.offset, field.bits)}`,
        )
        .join(', ')}}`;
    default:
      return jsonString(resolve(reader, type, at));
  }
}
