/**
 * The functions that Go's own table names: the linker writes it for the runtime (src/internal/abi/symtab.go), so that
 * it is there in stripped programs, too.
 */
import type { ElfFile } from './elfFile.ts';
import { type Entry, SymbolTable } from './table.ts';

/** The second is that of programs that can be loaded anywhere. */
const SECTIONS = ['.gopclntab', '.data.rel.ro.gopclntab'] as const;
const MOST_BYTES = 256 << 20;
/** As of Go 1.18 and 1.20; tables of older ones are laid out differently. */
const MAGIC: readonly number[] = [0xfffffff0, 0xfffffff1];
const NUL = 0;
const HEADER = 72;
const ENTRY = 8;
const MOST_NAME = 4096;

type Sections = Pick<ElfFile, 'section'>;

/** An address, as the linker placed it, and bytes. */
export interface GoFunction {
  name: string;
  address: number;
  size: number;
}

/** For naming code. */
export function goSymbols(elf: Sections): SymbolTable | undefined {
  const table = read(elf);
  return table && new SymbolTable(table.entries, table.names, NUL);
}

export function goFunctions(elf: Sections): GoFunction[] {
  const { entries, names } = read(elf) ?? { entries: [], names: Buffer.alloc(0) };
  return entries.map(({ name, address, size }) => {
    const text = names.subarray(name, name + MOST_NAME);
    return { name: text.toString('utf8', 0, Math.max(0, text.indexOf(NUL))), address, size };
  });
}

interface Table {
  entries: Entry[];
  /** Each ended by a zero. */
  names: Buffer;
}

/** Undefined where there is no such table, or it does not say where the code begins. */
function read(elf: Sections): Table | undefined {
  const bytes = SECTIONS.map(name => elf.section(name, MOST_BYTES)).find(Boolean);
  if (!bytes || bytes.length < HEADER || !MAGIC.includes(bytes.readUInt32LE(0)) || bytes[7] !== 8)
    return undefined;
  const word = (index: number) => Number(bytes.readBigUInt64LE(8 + index * 8));
  const [count, start, namesAt, functionsAt] = [word(0), word(2), word(3), word(7)];
  const functions = bytes.subarray(functionsAt);
  // Zero where it is known only once the program is loaded.
  if (start === 0 || (count + 1) * ENTRY > functions.length) return undefined;
  const entries: Entry[] = [];
  for (let at = 0; at < count * ENTRY; at += ENTRY) {
    const entry = functions.readUInt32LE(at);
    const about = functions.readUInt32LE(at + 4);
    if (about + ENTRY > functions.length) return undefined;
    entries.push({
      address: start + entry,
      size: functions.readUInt32LE(at + ENTRY) - entry,
      name: functions.readUInt32LE(about + 4),
      rank: 0,
    });
  }
  return { entries, names: bytes.subarray(namesAt) };
}
