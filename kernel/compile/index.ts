/** Cells become objects here: finding clang, cutting vmlinux.h, compiling, and reading the layout back. */
export type { CompiledObject } from './cache.ts';
export { findClang } from './clang.ts';
export { type CompileInput, compileBpfC } from './compile.ts';
export { plain } from './contexts.ts';
export type { Arch } from './flags.ts';
export { compileGenerated, type GeneratedInput, type GeneratedSource, llvmOf } from './generated.ts';
export { mapSpan } from './maps.ts';
export { encodeParameters, type GlobalValue } from './parameters.ts';
export { type PreambleInput, readPreamble } from './preamble.ts';
export { attachSpec, resolveBinary } from './sections.ts';
export { encodeVariable } from './variables.ts';
