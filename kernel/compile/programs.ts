import { type ElfSymbol, SHF_EXECINSTR, STB_GLOBAL, STT } from '../btf/elf.ts';
import type { Elf } from '../btf/index.ts';
import { type Diagnostic, problem, type Span } from '../errors.ts';
import type { ProgramLayout } from '../layout.ts';
import { sectionFix, sectionsFor } from './fixes.ts';
import { attachSpec } from './sections.ts';

/** The section of subprograms: functions without SEC(). */
const SUBPROGRAMS = '.text';

/** libbpf does not load a program whose SEC() begins like this unless it is told to. */
const SWITCHED_OFF = '?';

/** The programs of an object by their SEC() texts, in the order of the file; notes tell of those that are left out. */
export function readPrograms(
  elf: Elf,
  source: string,
  directory: string,
): { programs: ProgramLayout[]; notes: Diagnostic[] } {
  const found = functions(elf)
    .map(symbol => ({ symbol, section: elf.sections[symbol.section]!.name }))
    .filter(({ symbol, section }) => section !== SUBPROGRAMS && symbol.binding === STB_GLOBAL)
    .map(({ symbol, section }): ProgramLayout => {
      const span = definition(source, symbol.name);
      return {
        symbol: symbol.name,
        probe: section,
        attach: attachSpec(section, directory),
        ...(span ? { span } : {}),
      };
    });
  const isOff = ({ probe }: ProgramLayout) => probe.startsWith(SWITCHED_OFF);
  return {
    programs: found.filter(program => !isOff(program)),
    notes: found
      .filter(isOff)
      .map(({ probe, span }) => problem('section-switched-off', { section: probe }, { span })),
  };
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
    .map(({ name }) => {
      const span = definition(source, name);
      if (!span) return problem('not-a-program', { name, sections: 'SEC("…")' });
      const sections = sectionsFor(source, span).map(section => `SEC("${section}")`);
      return {
        ...problem('not-a-program', { name, sections: sections.join(' or ') }, { span }),
        fix: sectionFix(source, span),
      };
    });
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
