/** Types as written, resolved. */
import type { TypeNode } from '../nodes.ts';
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
        c.check(first.length);
        size = Number(c.integer(first.length) ?? size);
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
        c.check(suffix.length);
        length = Number(c.integer(suffix.length) ?? 0n);
      }
      made = { kind: 'array', element: made, length, space: 'none' };
    }
  }
  return made;
}
