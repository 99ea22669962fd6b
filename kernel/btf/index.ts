/** BTF, the type information of Linux and of object files: reading it, and writing it out as C. */
export { Elf } from './elf.ts';
export { BtfFile } from './file.ts';
export { dumpIds } from './header.ts';
export { BTF_KIND, type BtfMember } from './kinds.ts';
export { programLines, type SourceLine } from './lines.ts';
export { type FunctionPrototype, TypeSource, type Variable } from './source.ts';
export { typeSpelling } from './spelling.ts';
