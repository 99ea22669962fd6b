/** How C writes a type, by its BTF id. */
import type { BtfFile } from './file.ts';
import { BTF_KIND } from './kinds.ts';

const TAGS: Record<number, string> = {
  [BTF_KIND.struct]: 'struct',
  [BTF_KIND.union]: 'union',
  [BTF_KIND.enum]: 'enum',
  [BTF_KIND.enum64]: 'enum',
};

const QUALIFIERS: Record<number, string> = {
  [BTF_KIND.const]: 'const',
  [BTF_KIND.volatile]: 'volatile',
  [BTF_KIND.restrict]: 'restrict',
};

/** `struct file *`, `char **`, `const char *`, `unsigned int`, `char[16]`, `void (*)(int)`. */
export function typeSpelling(file: BtfFile, id: number): string {
  const kind = file.kind(id);
  if (kind === BTF_KIND.void) return 'void';
  const target = () => typeSpelling(file, file.target(id));
  if (kind === BTF_KIND.ptr) return pointer(file, file.target(id));
  if (kind === BTF_KIND.typeTag) return target();
  if (kind === BTF_KIND.array) {
    const { element, length } = file.array(id);
    return `${typeSpelling(file, element)}[${length}]`;
  }
  if (kind === BTF_KIND.funcProto) return prototype(file, id, '');
  if (kind === BTF_KIND.fwd) return `${file.flag(id) ? 'union' : 'struct'} ${file.name(id)}`;
  const qualifier = QUALIFIERS[kind];
  // What is constant is the pointer, not what it points to.
  if (qualifier) return target().endsWith('*') ? `${target()} ${qualifier}` : `${qualifier} ${target()}`;
  const tag = TAGS[kind];
  return tag ? `${tag} ${file.name(id) || '{ … }'}` : file.name(id);
}

function pointer(file: BtfFile, target: number): string {
  if (file.kind(target) === BTF_KIND.funcProto) return prototype(file, target, '(*)');
  const pointee = typeSpelling(file, target);
  return pointee.endsWith('*') ? `${pointee}*` : `${pointee} *`;
}

function prototype(file: BtfFile, id: number, name: string): string {
  const parameters = file.parameters(id).map(({ type }) => (type ? typeSpelling(file, type) : '...'));
  return `${typeSpelling(file, file.target(id))} ${name}(${parameters.join(', ')})`;
}
