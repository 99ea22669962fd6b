import { type ElfSymbol, SHF_EXECINSTR, STB_GLOBAL, STT } from '../btf/elf.ts';
import type { Elf } from '../btf/index.ts';
import { type Diagnostic, problem, type Span } from '../errors.ts';
import type { ProgramLayout } from '../layout.ts';
import { attachSpec } from './sections.ts';

/** The section of subprograms: functions without SEC(). */
const SUBPROGRAMS = '.text';

/** The programs of an object by their SEC() texts, in the order of the file. */
export function readPrograms(elf: Elf, source: string, directory: string): ProgramLayout[] {
  return functions(elf)
    .map(symbol => ({ symbol, section: elf.sections[symbol.section]!.name }))
    .filter(({ symbol, section }) => section !== SUBPROGRAMS && symbol.binding === STB_GLOBAL)
    .map(({ symbol, section }) => {
      const span = definition(source, symbol.name);
      return {
        symbol: symbol.name,
        probe: section,
        attach: attachSpec(section, directory),
        ...(span ? { span } : {}),
      };
    });
}

/** Warns of functions that look like programs, but have no SEC() and are called by none. */
export function strayFunctions(elf: Elf, source: string): Diagnostic[] {
  const called = new Set<ElfSymbol | undefined>();
  for (const section of elf.sections) {
    if ((section.flags & SHF_EXECINSTR) === 0) continue;
    for (const { symbol } of elf.relocations(section.name)) called.add(elf.symbols[symbol]);
  }
  return functions(elf)
    .filter(symbol => elf.sections[symbol.section]?.name === SUBPROGRAMS && symbol.binding === STB_GLOBAL)
    .filter(symbol => !called.has(symbol))
    .map(symbol =>
      problem('not-a-program', { name: symbol.name }, { span: definition(source, symbol.name) }),
    );
}

function functions(elf: Elf): ElfSymbol[] {
  return elf.symbols
    .filter(
      symbol =>
        symbol.type === STT.func && ((elf.sections[symbol.section]?.flags ?? 0) & SHF_EXECINSTR) !== 0,
    )
    .sort((a, b) => a.section - b.section || a.value - b.value);
}

/** Where the source defines the function; BPF_PROG(name, …) and plain definitions alike. */
function definition(source: string, name: string): Span | undefined {
  const pattern = new RegExp(`(?:\\b|\\()${name}\\b(?=\\s*[(,])`);
  const line = source.split('\n').findIndex(text => pattern.test(text.replace(/\/\/.*$/, '')));
  if (line < 0) return undefined;
  const column = source.split('\n')[line]!.search(new RegExp(`\\b${name}\\b`));
  return { start: { line, column }, end: { line, column: column + name.length } };
}
