/**
 * What names need of an ELF file that nobody vouches for: its code symbols, build id and debug link. Only these
 * parts are read, by bounds that the file's size sets; anything odd means no symbols.
 */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import { type Entry, SymbolTable } from './table.ts';

interface Section {
  name: string;
  type: number;
  flags: number;
  offset: number;
  size: number;
  link: number;
}

interface Segment {
  /** In the file, and in memory before it is moved. */
  offset: number;
  address: number;
  size: number;
  executable: boolean;
}

const NUL = 0;
const HEADER = 64;
const SECTION_HEADER = 64;
const SEGMENT_HEADER = 56;
const SYMBOL = 24;
const SHT = { symtab: 2, note: 7, nobits: 8, dynsym: 11 } as const;
const SHF = { execinstr: 4, compressed: 0x800 } as const;
/** Head of a packed section: kind, bytes when unpacked, alignment. */
const COMPRESSION_HEADER = 24;
const ELFCOMPRESS_ZLIB = 1;
const PT_LOAD = 1;
const PF_X = 1;
const STT = { notype: 0, func: 2, ifunc: 10 } as const;
const NT_GNU_BUILD_ID = 3;
const SECTIONS_IN_FILE = 0xff00;
/** Those that Go's linker puts into programs and libraries of every kind, and that strip leaves there. */
const GO_SECTIONS: readonly string[] = ['.note.go.buildid', '.go.buildinfo'];
/** Symbols and their names beyond this are left alone. */
const MOST_BYTES = 256 << 20;

/** Opens what is a regular file; waits for nothing that is not. */
export function openFile(path: string, flags = 0): number | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY | flags);
    if (fstatSync(file).isFile()) return file;
  } catch {
    // It may not be read, or it went away.
  }
  if (file !== undefined) closeSync(file);
  return undefined;
}

/** Reads by position from a file that the caller opened, or from memory. */
export type ReadAt = (position: number, length: number) => Buffer;

export const readerOf =
  (file: number): ReadAt =>
  (position, length) => {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(file, bytes, 0, length, position));
  };

export class ElfFile {
  readonly #read: ReadAt;
  readonly #sections: Section[];
  readonly #segments: Segment[];

  /** @throws Error for what is not a 64-bit little-endian ELF file */
  constructor(
    read: ReadAt,
    /** Bytes of the file. */
    private readonly size: number,
  ) {
    this.#read = read;
    const header = this.#part(0, HEADER);
    if (header.length < HEADER || header.readUInt32BE(0) !== 0x7f454c46 || header[4] !== 2 || header[5] !== 1)
      throw new Error('not a 64-bit little-endian ELF file');
    this.#segments = this.#readSegments(number(header, 0x20), header.readUInt16LE(0x38));
    this.#sections = this.#readSections(
      number(header, 0x28),
      header.readUInt16LE(0x3c),
      header.readUInt16LE(0x3e),
    );
  }

  /** The place in the file of what symbols have at an address. */
  offsetOf(address: number): number | undefined {
    const segment = this.#segments.find(one => address >= one.address && address - one.address < one.size);
    return segment && address - segment.address + segment.offset;
  }

  /** The address that symbols use for a place in the file. */
  addressAt(offset: number): number | undefined {
    const segment = this.#segments.find(one => offset >= one.offset && offset - one.offset < one.size);
    return segment && offset - segment.offset + segment.address;
  }

  /** Code symbols of the full table, else of the dynamic one; undefined when the file has none of this kind. */
  symbols(kind: 'symtab' | 'dynsym'): SymbolTable | undefined {
    const section = this.#sections.find(one => one.type === SHT[kind]);
    const names = section && this.#sections[section.link];
    if (!names || section.size + names.size > MOST_BYTES) return undefined;
    const table = this.#bytes(section);
    const entries: Entry[] = [];
    for (let at = 0; at + SYMBOL <= table.length; at += SYMBOL) {
      const entry = this.#entry(table, at);
      if (entry) entries.push(entry);
    }
    if (entries.length === 0) return undefined;
    const text = this.#bytes(names);
    return new SymbolTable(ranked(entries, text), text, NUL);
  }

  /** Hexadecimal. */
  get buildId(): string | undefined {
    for (const section of this.#sections) {
      if (section.type !== SHT.note || section.size > 4096) continue;
      const notes = this.#bytes(section);
      for (let at = 0; at + 12 <= notes.length; ) {
        const [nameSize, size, type] = [0, 4, 8].map(part => notes.readUInt32LE(at + part)) as [
          number,
          number,
          number,
        ];
        const description = at + 12 + align4(nameSize);
        if (type === NT_GNU_BUILD_ID && notes.toString('latin1', at + 12, at + 15) === 'GNU')
          return notes.toString('hex', description, description + size);
        at = description + align4(size);
      }
    }
    return undefined;
  }

  has(name: string): boolean {
    return this.#sections.some(one => one.name === name && one.type !== SHT.nobits);
  }

  /** A section by its name, unpacked; undefined when there is none, or none of at most so many bytes. */
  section(name: string, most: number): Buffer | undefined {
    const section = this.#sections.find(one => one.name === name && one.type !== SHT.nobits);
    if (!section || section.size > most) return undefined;
    const bytes = this.#bytes(section);
    if (!(section.flags & SHF.compressed)) return bytes;
    if (bytes.length < COMPRESSION_HEADER || bytes.readUInt32LE(0) !== ELFCOMPRESS_ZLIB) return undefined;
    const size = number(bytes, 8);
    if (size > most) return undefined;
    try {
      return inflateSync(bytes.subarray(COMPRESSION_HEADER), { maxOutputLength: Math.max(size, 1) });
    } catch {
      return undefined;
    }
  }

  /** Name of the file that holds what was stripped. */
  get debugLink(): string | undefined {
    const section = this.#sections.find(one => one.name === '.gnu_debuglink');
    if (!section || section.size > 4096) return undefined;
    const name = text(this.#bytes(section), 0);
    return /^[^/]+$/.test(name) ? name : undefined;
  }

  /** The file that holds what its debug information shares with others'. */
  get shared(): { name: string; buildId: string } | undefined {
    const bytes = this.section('.gnu_debugaltlink', 4096);
    const end = bytes?.indexOf(NUL) ?? -1;
    if (!bytes || end < 0) return undefined;
    return { name: bytes.toString('latin1', 0, end), buildId: bytes.toString('hex', end + 1) };
  }

  /** A small ELF file in xz's format, with symbols that were stripped; undefined when there is none. */
  get miniDebugInfo(): Buffer | undefined {
    const section = this.#sections.find(one => one.name === '.gnu_debugdata');
    return section && section.size <= MOST_BYTES ? this.#bytes(section) : undefined;
  }

  /** Is it written in Go, or has it parts that are? */
  get isGo(): boolean {
    return this.#sections.some(({ name }) => GO_SECTIONS.includes(name));
  }

  /** Instructions at a place in the file. @throws Error for what is not code: nothing else of a file is handed out */
  code(offset: number, size: number): Buffer {
    const isCode = this.#segments.some(
      one => one.executable && offset >= one.offset && offset + size <= one.offset + one.size,
    );
    if (!isCode) throw new Error('not code');
    return this.#part(offset, size);
  }

  #entry(table: Buffer, at: number): Entry | undefined {
    const info = table[at + 4]!;
    const type = info & 0xf;
    const index = table.readUInt16LE(at + 6);
    if (index === 0 || index >= SECTIONS_IN_FILE) return undefined;
    const function_ = type === STT.func || type === STT.ifunc;
    // Labels of assembly are code where their section is.
    if (!function_ && !(type === STT.notype && (this.#sections[index]?.flags ?? 0) & SHF.execinstr))
      return undefined;
    const [name, size] = [table.readUInt32LE(at), number(table, at + 16)];
    if (name === 0) return undefined;
    // Global 1, weak 2, local 0.
    const binding = [0, 2, 1][info >> 4] ?? 0;
    return {
      address: number(table, at + 8),
      size,
      name,
      rank: (size > 0 ? 8 : 0) + (function_ ? 4 : 0) + binding,
    };
  }

  #readSegments(offset: number, count: number): Segment[] {
    const bytes = this.#part(offset, count * SEGMENT_HEADER);
    const segments: Segment[] = [];
    for (let at = 0; at + SEGMENT_HEADER <= bytes.length; at += SEGMENT_HEADER)
      if (bytes.readUInt32LE(at) === PT_LOAD)
        segments.push({
          offset: number(bytes, at + 8),
          address: number(bytes, at + 16),
          size: number(bytes, at + 32),
          executable: (bytes.readUInt32LE(at + 4) & PF_X) !== 0,
        });
    return segments;
  }

  #readSections(offset: number, count: number, namesAt: number): Section[] {
    const bytes = this.#part(offset, count * SECTION_HEADER);
    const sections: (Section & { nameAt: number })[] = [];
    for (let at = 0; at + SECTION_HEADER <= bytes.length; at += SECTION_HEADER)
      sections.push({
        name: '',
        nameAt: bytes.readUInt32LE(at),
        type: bytes.readUInt32LE(at + 4),
        flags: number(bytes, at + 8),
        offset: number(bytes, at + 24),
        size: number(bytes, at + 32),
        link: bytes.readUInt32LE(at + 40),
      });
    const names =
      sections[namesAt] && sections[namesAt].size < 1 << 20 ? this.#bytes(sections[namesAt]) : undefined;
    for (const section of sections) section.name = names ? text(names, section.nameAt) : '';
    return sections;
  }

  #bytes({ type, offset, size }: Section): Buffer {
    return type === SHT.nobits ? Buffer.alloc(0) : this.#part(offset, size);
  }

  /** Never more than the file has. */
  #part(offset: number, length: number): Buffer {
    return this.#read(offset, Math.max(0, Math.min(length, this.size - offset)));
  }
}

/** Of aliases the plainest name is shown: `malloc` rather than `__libc_malloc`. */
function ranked(entries: Entry[], names: Buffer): Entry[] {
  for (const entry of entries) {
    const underscores = names[entry.name] === 0x5f ? (names[entry.name + 1] === 0x5f ? 2 : 1) : 0;
    // A mangled name begins with an underscore, too.
    const mangled = underscores === 1 && (names[entry.name + 1] === 0x5a || names[entry.name + 1] === 0x52);
    entry.rank = entry.rank * 4 + (mangled ? 3 : 3 - underscores);
  }
  return entries;
}

const align4 = (bytes: number) => (bytes + 3) & ~3;

/** Beyond 2^53 it is not exact, and lies outside of every file. */
const number = (bytes: Buffer, at: number) => Number(bytes.readBigUInt64LE(at));

function text(bytes: Buffer, at: number): string {
  const end = bytes.indexOf(0, at);
  return bytes.toString('latin1', at, end < 0 ? bytes.length : end);
}
