import { BTF_KIND, type TypeSource } from '../btf/index.ts';
import { typeSpelling } from '../btf/spelling.ts';
import type { DataType, GlobalLayout } from '../layout.ts';

const SECTION = /^\.(rodata|data|bss)(\.|$)/;

/** Ours, and those of libbpf's headers. */
const HIDDEN = /^(?:ebpfnb|__bpf_usdt|____)_/;

const FEWEST_SLOTS = 8;

/** The variables of the program's data sections; `const volatile` ones are parameters. */
export function readGlobals(btf: TypeSource): GlobalLayout[] {
  return btf.datasecs().flatMap(section => {
    const kind = SECTION.exec(section)?.[1];
    if (!kind) return [];
    return btf.datasec(section).flatMap((variable): GlobalLayout[] => {
      const { id, typeId, name, offset } = variable;
      const type = btf.declared(typeId, { owner: '', name }, id);
      if (!type || HIDDEN.test(name)) return [];
      // Without volatile the compiler has already put the value into the code.
      const parameter = kind === 'rodata' && isVolatile(btf, typeId);
      if (kind === 'rodata' && !parameter) return [];
      const c = typeSpelling(btf.file, typeId).replaceAll(/\b(?:const|volatile) /g, '');
      const histogram = !parameter && histogramIn(name, type);
      return [{ name, section, offset, type, parameter, c, ...(histogram ? { histogram } : {}) }];
    });
  });
}

/** The customs of maps' values: a struct with an array `slots`; and an array of numbers by its name. */
function histogramIn(name: string, type: DataType): GlobalLayout['histogram'] {
  if (type.kind === 'array' && type.element.kind === 'struct') {
    const each = histogramIn(name, type.element);
    return each && { ...each, each: true };
  }
  const slots = type.kind === 'struct' ? type.fields.find(field => field.name === 'slots')?.type : type;
  const counts = slots?.kind === 'array' && slots.element.kind === 'int' && slots.length >= FEWEST_SLOTS;
  return counts && (type.kind === 'struct' || /^(?:hists?|slots)$|_hist$/.test(name))
    ? { slots: 'slots' }
    : undefined;
}

/** An array's qualifiers stand at its elements. */
function isVolatile({ file }: TypeSource, typeId: number): boolean {
  for (let id = typeId; ; ) {
    const kind = file.kind(id);
    if (kind === BTF_KIND.volatile) return true;
    if (kind === BTF_KIND.array) id = file.array(id).element;
    else if (kind === BTF_KIND.const || kind === BTF_KIND.typedef) id = file.target(id);
    else return false;
  }
}
