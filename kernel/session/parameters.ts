/** The parameters of a compiled cell, as somebody who wants to set them needs them. Pure. */
import { Elf } from '../btf/index.ts';
import type { CompiledObject } from '../compile/index.ts';
import type { Variable } from '../protocol.ts';
import { textAt } from '../views/index.ts';

/** Each with the text that it is given, else that of the value it has in the program. */
export function parametersOf({ elf, layout }: CompiledObject, given: Record<string, string>): Variable[] {
  const { sections } = new Elf(elf);
  return layout.globals.flatMap(global => {
    const { name, section, offset, type, parameter, c = '', about, aliases, preset } = global;
    const bytes = sections.find(one => one.name === section)?.bytes;
    if (!parameter || !bytes) return [];
    return [
      {
        name,
        type: c,
        value: given[name] ?? preset ?? textAt(bytes, type, offset),
        ...(about === undefined ? {} : { about }),
        ...(aliases ? { aliases } : {}),
      },
    ];
  });
}
