/** The parameters of a compiled cell, as somebody who wants to set them needs them. Pure. */
import { Elf } from '../btf/index.ts';
import type { CompiledObject } from '../compile/index.ts';
import type { Variable } from '../protocol.ts';
import { textAt } from '../views/index.ts';

/** Each with the text that it is given, else that of the value it has in the program. */
export function parametersOf({ elf, layout }: CompiledObject, given: Record<string, string>): Variable[] {
  const { sections } = new Elf(elf);
  return layout.globals.flatMap(({ name, section, offset, type, parameter, c = '' }) => {
    const bytes = sections.find(one => one.name === section)?.bytes;
    if (!parameter || !bytes) return [];
    return [{ name, type: c, value: given[name] ?? textAt(bytes, type, offset) }];
  });
}
