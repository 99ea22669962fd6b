/** The sections of an ELF file that hold debug information. */
import type { ElfFile } from '../symbols/elfFile.ts';

const NAMES = [
  'info',
  'abbrev',
  'str',
  'line',
  'line_str',
  'ranges',
  'rnglists',
  'addr',
  'str_offsets',
  'aranges',
] as const;

export interface Sections extends Record<(typeof NAMES)[number], Buffer> {
  /** What several files have in common, taken out of them (dwz). */
  shared?: Sections;
}

const NOTHING = Buffer.alloc(0);

/** Undefined when the file has none; those that are missing are empty. */
export function sectionsOf(elf: ElfFile, most: number): Sections | undefined {
  if (!elf.has('.debug_info') || !elf.has('.debug_abbrev')) return undefined;
  let left = most;
  const read = (name: string): Buffer => {
    const bytes = elf.section(name, left) ?? NOTHING;
    left -= bytes.length;
    return bytes;
  };
  return Object.fromEntries(NAMES.map(name => [name, read(`.debug_${name}`)])) as unknown as Sections;
}

/** Bytes they take. */
export const sectionBytes = (sections: Sections): number =>
  NAMES.reduce((sum, name) => sum + sections[name].length, 0) +
  (sections.shared ? sectionBytes(sections.shared) : 0);
