/** Reads the tracefs `format` text of an event: its arguments, where they stand and what they are. */
import { type ArgsField, scalar, string, type Type, UNKNOWN } from './types.ts';

const LINE =
  /^\s*field:(?<location>__data_loc |__rel_loc )?(?<declaration>[^;]+);\s*offset:(?<offset>\d+);\s*size:(?<size>\d+);\s*signed:(?<signed>\d);/gm;
/** Strings behind a `__data_loc` have no declared bound. */
const UNBOUNDED = 0;

/** The fields a probe can read: all but the common ones, which BPF programs may not. */
export function parseFormat(text: string, userMemory: boolean): ArgsField[] {
  const fields: ArgsField[] = [];
  for (const { groups } of text.matchAll(LINE)) {
    const { location, declaration, offset, size, signed } = groups as Record<string, string>;
    const declared = declaration!.trim();
    const array = /^(.*?)\[([^\]]*)\]$/.exec(declared.replace(/\s*\[\]\s+(\w+)$/, ' $1[]'));
    const [, base, name] = /^(.*?)(\w+)$/.exec((array ? array[1]! : declared).trim()) ?? [];
    if (!name || name.startsWith('common_')) continue;
    const bytes = Number(size);
    const element = elementType(base!.trim(), bytes, signed === '1', userMemory);
    let type: Type = element;
    if (location)
      type = isChar(base!)
        ? string(UNBOUNDED)
        : { kind: 'array', element: scalar(base!.trim()) ?? UNKNOWN, length: UNBOUNDED, space: 'kernel' };
    else if (array) {
      const one = scalar(base!.trim()) ?? { kind: 'int', size: 8, signed: false };
      const width = one.kind === 'int' ? one.size : 1;
      type = isChar(base!)
        ? string(bytes)
        : { kind: 'array', element: one, length: Math.floor(bytes / width), space: 'kernel' };
    }
    fields.push({
      name,
      declaration: declared,
      offset: Number(offset),
      size: bytes,
      type,
      ...(location ? { location: location.startsWith('__rel') ? 'relative' : 'data' } : {}),
    });
  }
  return fields;
}

const isChar = (base: string) => /^(?:const\s+)?char$/.test(base.trim());

/** Syscall arguments are 8 bytes wide whatever their type; the declared one says how many count. */
function elementType(base: string, bytes: number, signed: boolean, userMemory: boolean): Type {
  const pointed = /^(.*?)((?:\s*(?:const)?\*\s*(?:const)?)+)$/.exec(base);
  if (pointed) {
    const space = userMemory ? 'user' : 'kernel';
    let type: Type = pointee(pointed[1]!.trim());
    for (const _ of pointed[2]!.replaceAll(/[^*]/g, '')) type = { kind: 'pointer', to: type, space };
    return type;
  }
  const known = scalar(base);
  if (
    known &&
    (known.kind === 'bool' ||
      (known.kind === 'int' && known.size <= bytes && (known.size === bytes || userMemory)))
  )
    return known;
  const size = ([1, 2, 4, 8] as const).find(s => s === bytes) ?? 8;
  return { kind: 'int', size, signed };
}

/** What a pointer points at; structs are looked up by name when a field of theirs is asked for. */
function pointee(text: string): Type {
  const name = text
    .replaceAll(/\b(?:const|volatile|__user)\b/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  const known = scalar(name);
  if (known) return known;
  if (/^(?:struct|union) \w+$/.test(name))
    return { kind: 'struct', name, space: 'kernel', size: 0, fields: [] };
  return { kind: 'void' };
}
