/** Types as written, resolved. */
import type { TypeNode } from '../nodes.ts';
import { pointer, scalar, string, type Type, UNKNOWN } from '../types.ts';
import type { Checker } from './checker.ts';

export function resolveType(c: Checker, node: TypeNode): Type {
  let type: Type | undefined;
  const suffixes = [...node.suffixes];
  if (node.typeof) type = node.typeof.kind === 'type' ? resolveType(c, node.typeof) : c.check(node.typeof);
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
  } else type = scalar(node.name) ?? c.struct(node.name, 'none');
  if (!type) {
    const tagged = /^(?:struct|union|enum) /.test(node.name);
    c.report(
      tagged ? 'not-supported-yet' : 'unknown-type',
      tagged ? { what: `the type ${node.name}` } : { name: node.name },
      node,
    );
    return UNKNOWN;
  }
  for (const suffix of suffixes) {
    if (suffix.kind === 'pointer') type = pointer(type, 'none');
    else {
      c.report('not-supported-yet', { what: 'an array type' }, node);
      return UNKNOWN;
    }
  }
  return type;
}
