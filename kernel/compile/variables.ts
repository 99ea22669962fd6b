import { CellError, problem } from '../errors.ts';
import type { DataType, GlobalLayout } from '../layout.ts';
import { encode, type GlobalValue } from './parameters.ts';

/**
 * A new value for a global variable of a running program, or for a part of one: `limit`, `config.enabled`,
 * `thresholds[2]`. Texts are those of parameters.
 * @throws CellError `no-variable`, `constant-variable`, `bad-variable`
 */
export function encodeVariable(globals: GlobalLayout[], path: string, text: string): GlobalValue {
  // A static variable of a function is called FUNCTION.NAME, so the longest name that there is counts.
  const global = globals.toSorted(longestFirst).find(({ name }) => leadsTo(path, name));
  if (!global) throw new CellError([unknown(globals, path)]);
  if (global.parameter)
    throw new CellError([problem('constant-variable', { name: global.name, value: text })]);
  const refuse = (reason: string) =>
    new CellError([problem('bad-variable', { name: path, value: text, reason })]);
  const part = partOf(global.type, path.slice(global.name.length));
  if ('reason' in part) throw refuse(part.reason);
  const encoded = encode(part.type, text);
  if ('reason' in encoded) throw refuse(encoded.reason);
  return { section: global.section, offset: global.offset + part.offset, bytes: encoded.bytes };
}

const longestFirst = (a: GlobalLayout, b: GlobalLayout) => b.name.length - a.name.length;

const leadsTo = (path: string, name: string) =>
  path.startsWith(name) && /^(?:$|[.[])/.test(path.slice(name.length));

function unknown(globals: GlobalLayout[], name: string) {
  const known = globals.flatMap(global => (global.parameter ? [] : [global.name])).join(', ');
  const remedy = known
    ? `It has: ${known}.`
    : 'A variable that can be set is a global that is not const, like: int limit = 10;';
  return problem('no-variable', { name, remedy });
}

/** What `.field` and `[3]` lead to, from a type on. */
function partOf(whole: DataType, path: string): { type: DataType; offset: number } | { reason: string } {
  let type = whole;
  let offset = 0;
  for (const [step, field, index] of path.matchAll(/\.(\w+)|\[(\d+)\]|./g)) {
    if (field !== undefined && (type.kind === 'struct' || type.kind === 'union')) {
      const found = type.fields.find(({ name }) => name === field);
      if (!found) return { reason: `it has no field ${field}` };
      if (found.bits) return { reason: `${field} is a bitfield, which cannot be set` };
      offset += found.offset;
      type = found.type;
    } else if (index !== undefined && type.kind === 'array') {
      if (Number(index) >= type.length) return { reason: `it has ${type.length} elements` };
      offset += Number(index) * type.element.size;
      type = type.element;
    } else return { reason: `${step} leads nowhere in a ${type.kind}` };
  }
  return { type, offset };
}
