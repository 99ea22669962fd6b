/** What the compiler needs to know of an ELF64 little-endian object file: sections, symbols, relocations. */

export interface ElfSection {
  name: string;
  type: number;
  flags: number;
  /** Empty for a section without bytes in the file (.bss). */
  bytes: Buffer;
  size: number;
  link: number;
  info: number;
}

export interface ElfSymbol {
  name: string;
  type: number;
  /** STB_LOCAL 0, STB_GLOBAL 1, STB_WEAK 2. */
  binding: number;
  section: number;
  value: number;
  size: number;
}

export interface ElfRelocation {
  offset: number;
  type: number;
  symbol: number;
}

export const SHT = { symtab: 2, nobits: 8, rel: 9, dynsym: 11 } as const;
export const SHF_EXECINSTR = 4;
export const STT = { object: 1, func: 2, section: 3 } as const;
export const STB_GLOBAL = 1;

const R_BPF_64_ABS32 = 3;
const R_BPF_64_NODYLD32 = 4;

export class Elf {
  readonly sections: ElfSection[];
  readonly symbols: ElfSymbol[];

  /** @throws Error when the bytes are not an ELF64 little-endian file */
  constructor(bytes: Uint8Array) {
    const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (file.length < 64 || file.readUInt32BE(0) !== 0x7f454c46 || file[4] !== 2 || file[5] !== 1) {
      throw new Error('not a 64-bit little-endian ELF file');
    }
    const headers = readU64(file, 0x28);
    const entry = file.readUInt16LE(0x3a);
    const names = file.readUInt16LE(0x3e);
    const raw = Array.from({ length: file.readUInt16LE(0x3c) }, (_, i) => {
      const at = headers + i * entry;
      const [type, offset, size] = [
        file.readUInt32LE(at + 4),
        readU64(file, at + 0x18),
        readU64(file, at + 0x20),
      ];
      return {
        nameOffset: file.readUInt32LE(at),
        type,
        flags: readU64(file, at + 8),
        bytes: type === SHT.nobits ? Buffer.alloc(0) : file.subarray(offset, offset + size),
        size,
        link: file.readUInt32LE(at + 0x28),
        info: file.readUInt32LE(at + 0x2c),
      };
    });
    this.sections = raw.map(({ nameOffset, ...section }) => ({
      name: cString(raw[names]?.bytes, nameOffset),
      ...section,
    }));
    this.symbols = this.#readSymbols(SHT.symtab);
  }

  /** Names of the functions that the file defines, those of stripped files as far as others may call them. */
  functions(): string[] {
    return [...this.symbols, ...this.#readSymbols(SHT.dynsym)]
      .filter(({ type, section }) => type === STT.func && section !== 0)
      .map(({ name }) => name);
  }

  section(name: string): ElfSection | undefined {
    return this.sections.find(section => section.name === name);
  }

  /** Relocations that apply to the section of this name. */
  relocations(name: string): ElfRelocation[] {
    const target = this.sections.findIndex(section => section.name === name);
    const table = this.sections.find(section => section.type === SHT.rel && section.info === target);
    if (!table) return [];
    return Array.from({ length: table.bytes.length / 16 }, (_, i) => ({
      offset: readU64(table.bytes, i * 16),
      type: table.bytes.readUInt32LE(i * 16 + 8),
      symbol: table.bytes.readUInt32LE(i * 16 + 12),
    }));
  }

  /** A copy of the section's bytes with its 32-bit relocations applied: offsets of variables in .BTF. */
  relocated(name: string): Buffer | undefined {
    const section = this.section(name);
    if (!section) return undefined;
    const bytes = Buffer.from(section.bytes);
    for (const { offset, type, symbol } of this.relocations(name)) {
      if (type !== R_BPF_64_ABS32 && type !== R_BPF_64_NODYLD32) continue;
      bytes.writeUInt32LE((bytes.readUInt32LE(offset) + (this.symbols[symbol]?.value ?? 0)) >>> 0, offset);
    }
    return bytes;
  }

  #readSymbols(kind: number): ElfSymbol[] {
    const table = this.sections.find(section => section.type === kind);
    if (!table) return [];
    const names = this.sections[table.link]?.bytes;
    return Array.from({ length: table.bytes.length / 24 }, (_, i) => {
      const at = i * 24;
      const info = table.bytes[at + 4]!;
      return {
        name: cString(names, table.bytes.readUInt32LE(at)),
        type: info & 0xf,
        binding: info >> 4,
        section: table.bytes.readUInt16LE(at + 6),
        value: readU64(table.bytes, at + 8),
        size: readU64(table.bytes, at + 16),
      };
    });
  }
}

/** Offsets and sizes in a file stay below 2^53. */
const readU64 = (bytes: Buffer, at: number) => Number(bytes.readBigUInt64LE(at));

function cString(bytes: Buffer | undefined, offset: number): string {
  return bytes ? bytes.toString('latin1', offset, bytes.indexOf(0, offset)) : '';
}
