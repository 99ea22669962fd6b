/** Functions of Linux that programs may call: their declarations, as newer vmlinux.h have them. */
import { BTF_KIND, type BtfFile, type TypeSource } from '../btf/index.ts';
import { typeSpelling } from '../btf/spelling.ts';
import type { UsedNames } from './cut.ts';

/** How Linux marks them in its BTF, since 6.9. */
const MARK = 'bpf_kfunc';

const known = new WeakMap<BtfFile, Map<string, number>>();

/** Types of the functions' prototypes, by their names. */
function kfuncsOf(file: BtfFile): Map<string, number> {
  let found = known.get(file);
  if (!found) {
    found = new Map();
    const mark = file.stringOffset(MARK);
    for (let id = file.first; mark !== undefined && id < file.count; id++) {
      if (file.kind(id) !== BTF_KIND.declTag || file.nameOffset(id) !== mark) continue;
      const func = file.target(id);
      found.set(file.name(func), file.target(func));
    }
    known.set(file, found);
  }
  return found;
}

/**
 * Declarations of the functions that a program uses and does not declare itself; what they need of vmlinux.h is added
 * to the names that it uses.
 */
export function declareKfuncs({ file }: TypeSource, used: UsedNames, preprocessed: string): string {
  let text = '';
  for (const [name, prototype] of kfuncsOf(file)) {
    if (!used.words.has(name) || isDeclared(name, preprocessed)) continue;
    const returns = typeSpelling(file, file.target(prototype));
    const parameters = file
      .parameters(prototype)
      .map(({ type }) => (type ? typeSpelling(file, type) : '...'));
    const declaration = `${returns} ${name}(${parameters.join(', ') || 'void'})`;
    for (const [, tag, word] of declaration.matchAll(/(?:\b(struct|union|enum)\s+)?([A-Za-z_]\w*)/g))
      (tag ? used.tags : used.words).add(word!);
    text += `extern ${declaration} __attribute__((weak, section(".ksyms")));\n`;
  }
  return text;
}

const isDeclared = (name: string, text: string) =>
  new RegExp(`\\bextern\\b[^;{}]*\\b${name}\\s*\\(`).test(text);
