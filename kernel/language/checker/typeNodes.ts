/** Types as written, resolved. */
import type { Expression, TypeNode } from '../nodes.ts';
import { aggregationType, pointer, sizeOf, string, type Type, UNKNOWN, widen } from '../types.ts';
import type { Checker } from './checker.ts';
import { assignsMap, typeOperand } from './expressions.ts';

/** `from`: what is cast to the type, which gives an array without a length its own. */
export function resolveType(c: Checker, node: TypeNode, from?: Type): Type {
  let type: Type | undefined;
  const suffixes = [...node.suffixes];
  if (assignsMap(node.typeof)) c.report('map-assigned', { name: 'typeof or typeinfo' }, node);
  if (node.typeof) type = widen(typeOperand(c, node.typeof));
  else if (node.name === 'string') {
    const first = suffixes[0];
    let size = c.config.max_strlen;
    if (first?.kind === 'array') {
      suffixes.shift();
      if (first.length) {
        const length = lengthOf(c, first.length);
        if (length === undefined) return UNKNOWN;
        size = length;
      }
    }
    type = string(size);
  } else type = c.ctypes.named(node.name, 'none', c.binary) ?? aggregationType(node.name);
  if (!type) {
    if (!c.unread) c.report('unknown-type', { name: node.name }, node);
    return UNKNOWN;
  }
  let made: Type = type;
  for (const suffix of suffixes) {
    if (suffix.kind === 'pointer') made = pointer(made, 'none');
    else {
      const size = sizeOf(made) || 1;
      let length = from ? Math.max(1, Math.floor(sizeOf(from) / size)) : 0;
      if (suffix.length) {
        const given = lengthOf(c, suffix.length);
        if (given === undefined) return UNKNOWN;
        length = given;
      }
      made = { kind: 'array', element: made, length, space: 'none' };
    }
  }
  return made;
}

/** No value of a program is longer. */
const MOST_ELEMENTS = 2n ** 31n - 1n;

/** What stands in the brackets of a type. */
function lengthOf(c: Checker, e: Expression): number | undefined {
  const type = c.check(e);
  const length = c.integer(e);
  if (length !== undefined && length >= 0n && length <= MOST_ELEMENTS) return Number(length);
  if (type.kind !== 'unknown') c.report('type-length', {}, e);
  return undefined;
}
