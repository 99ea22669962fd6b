/** Functions of imported C sources, as the language sees them. */
import { type CFunction, readFunctions } from '../cFunctions.ts';
import { importedName } from '../generator/imported.ts';
import type { Callable } from '../symbols.ts';
import type { ImportedFile } from '../target.ts';
import { pointer, type Type, UNKNOWN, VOID } from '../types.ts';
import type { CTypes } from './cTypes.ts';

export function externalFunctions(sources: readonly ImportedFile[], ctypes: CTypes): Callable[] {
  const typed = (text: string) => typeOf(text, ctypes);
  return sources.flatMap(({ text }) =>
    readFunctions(text).map(
      ({ name, returns, parameters }: CFunction): Callable => ({
        name,
        symbol: importedName(name),
        returns: typed(returns),
        parameters: parameters.map(one => ({ name: one.name, type: typed(one.type), c: one.type })),
      }),
    ),
  );
}

/** A type as C writes it; pointers are to Linux's own memory. */
function typeOf(text: string, ctypes: CTypes): Type {
  const [, base, stars] = /^([^*]*?)\s*((?:\*\s*)*)$/.exec(text) ?? [];
  if (base === undefined) return UNKNOWN;
  let type: Type = base === 'void' ? VOID : (ctypes.named(base, 'kernel') ?? UNKNOWN);
  for (const _ of stars!.replaceAll(/[^*]/g, ''))
    type = pointer(type.kind === 'unknown' ? VOID : type, 'kernel');
  return type;
}
