/** Pointers that Linux's verifier follows from the program's context on, as functions of Linux's own want them. */
import type { Expression } from '../nodes.ts';
import type { StructType, Type } from '../types.ts';
import type { Generator } from './api.ts';

/** What a pointer or a struct by value leads to. */
export function structOf(type: Type): StructType | undefined {
  const struct = type.kind === 'pointer' ? type.to : type;
  return struct.kind === 'struct' ? struct : undefined;
}

/**
 * The expression as C that the verifier follows: pointers are loaded directly, because one that was read by a helper
 * is only a number to it. Each pointer on the way is a local, and a condition of `body`.
 */
export function followed(g: Generator, e: Expression, body: (c: string) => void): void {
  const type = e.type!;
  const struct = structOf(type);
  const load = (c: string) => {
    if (type.kind !== 'pointer' || !struct) {
      body(c);
      return;
    }
    g.needs(struct.name.replace(/^(?:struct|union) /, ''));
    const pointer = g.local(`${struct.name} *`, 'pointer', c);
    g.block(`if (${pointer})`, () => body(pointer));
  };
  const word = contextWord(g, e);
  if (e.kind === 'identifier' && e.name === 'ctx') {
    g.value(e);
    g.needs(struct!.name.replace(/^struct /, ''));
    body(`((${struct!.name} *)ctx)`);
  } else if (word !== undefined) load(`(void *)((__u64 *)ctx)[${word}]`);
  else if (e.kind === 'field' && structOf(e.object.type!)) {
    const arrow = e.object.type!.kind === 'pointer' ? '->' : '.';
    followed(g, e.object, c => load(`${c}${arrow}${e.name}`));
  } else load(`(void *)${g.value(e)}`);
}

/** Can the verifier follow it? */
export function canFollow(g: Generator, e: Expression): boolean {
  if (e.kind === 'identifier' && e.name === 'ctx') return g.probe.row.name === 'iter';
  if (contextWord(g, e) !== undefined) return true;
  return e.kind === 'field' && structOf(e.object.type!) !== undefined && canFollow(g, e.object);
}

/** The word of the context that holds a function's argument; the verifier knows the types of those of fentry and fexit. */
function contextWord({ probe }: Generator, e: Expression): number | undefined {
  if (probe.way !== 'fentry' || e.kind !== 'field' || e.object.type?.kind !== 'args') return undefined;
  return e.object.type.fields.find(({ name }) => name === e.name)?.word;
}
