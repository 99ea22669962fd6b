/** Symbol tables of programs and libraries, read once for each file and kept within bounds. */
import { closeSync, fstatSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { native } from '../../../native/addon.ts';
import { ElfFile, openFile, readerOf } from './elfFile.ts';
import { parseMappings } from './mappings.ts';
import type { FilePlace } from './processes.ts';
import type { Found, SymbolTable } from './table.ts';

/** Tables are forgotten, oldest first, beyond this many bytes. */
const MOST_BYTES = 256 << 20;
/** Bytes that packed symbols may become. */
const MOST_PACKED = 32 << 20;
const DEBUG_FOLDER = '/usr/lib/debug';

export interface Image {
  /** By the place in the file. */
  find(offset: number): Found | undefined;
}

interface Loaded extends Image {
  weight: number;
}

/** Even of a file without symbols something is kept: that it has none. */
const LEAST_WEIGHT = 1024;

const NOTHING: Loaded = { find: () => undefined, weight: LEAST_WEIGHT };

export class Images {
  /** By identity of the file. */
  readonly #images = new Map<string, Loaded>();
  #weight = 0;
  #vdso: Loaded | undefined;

  /** The first of these files that can be read; undefined when none can. Debug files are found next to it. */
  open(places: FilePlace[]): Image | undefined {
    for (const { path, inode } of places) {
      const file = openFile(path);
      if (file === undefined) continue;
      try {
        const { dev, ino, size, mtimeMs } = fstatSync(file);
        if (inode !== undefined && inode !== ino) continue;
        return this.#kept(`${dev}:${ino}:${size}:${mtimeMs}`, () => load(file, size, path));
      } finally {
        closeSync(file);
      }
    }
    return undefined;
  }

  /** The same in every process: this one's is read. */
  vdso(): Image {
    this.#vdso ??= loadVdso();
    return this.#vdso;
  }

  #kept(key: string, make: () => Loaded): Image {
    const known = this.#images.get(key);
    const image = known ?? make();
    // Asked for last, forgotten last.
    this.#images.delete(key);
    this.#images.set(key, image);
    if (!known) this.#weight += image.weight;
    for (const [old, { weight }] of this.#images) {
      if (this.#weight <= MOST_BYTES || old === key) break;
      this.#images.delete(old);
      this.#weight -= weight;
    }
    return image;
  }
}

function load(file: number, size: number, path: string): Loaded {
  try {
    const elf = new ElfFile(readerOf(file), size);
    const full = elf.symbols('symtab') ?? debugSymbols(elf, path) ?? packedSymbols(elf);
    const tables = [full, elf.symbols('dynsym')].filter(table => table !== undefined);
    return imageOf(elf, tables);
  } catch {
    return NOTHING;
  }
}

function imageOf(elf: ElfFile, tables: SymbolTable[]): Loaded {
  return {
    weight: tables.reduce((sum, { weight }) => sum + weight, LEAST_WEIGHT),
    find: offset => {
      const address = elf.addressAt(offset);
      if (address === undefined) return undefined;
      for (const table of tables) {
        const found = table.find(address);
        if (found) return { ...found, name: withoutVersion(found.name) };
      }
      return undefined;
    },
  };
}

/** `memcpy@@GLIBC_2.14` is memcpy. */
const withoutVersion = (name: string) => (name.indexOf('@') > 0 ? name.slice(0, name.indexOf('@')) : name);

/** What was stripped may lie in a file of its own, found by build id or by name. */
function debugSymbols(elf: ElfFile, path: string): SymbolTable | undefined {
  const { buildId, debugLink } = elf;
  const folder = dirname(path);
  // Seen from its process, and from here.
  const [, root = '', inside = ''] = /^(\/proc\/\d+\/root)?(.*)$/.exec(folder)!;
  const debugFolders = [...new Set([root + DEBUG_FOLDER, DEBUG_FOLDER])];
  const candidates = [
    ...(buildId && buildId.length > 2
      ? debugFolders.map(one => `${one}/.build-id/${buildId.slice(0, 2)}/${buildId.slice(2)}.debug`)
      : []),
    ...(debugLink && debugLink !== basename(path) ? [`${folder}/${debugLink}`] : []),
    ...(debugLink
      ? [`${folder}/.debug/${debugLink}`, ...debugFolders.map(one => `${one}${inside}/${debugLink}`)]
      : []),
  ];
  for (const candidate of candidates) {
    const file = openFile(candidate);
    if (file === undefined) continue;
    try {
      const debug = new ElfFile(readerOf(file), fstatSync(file).size);
      // A file of the same name may belong to another build.
      if (buildId !== undefined && debug.buildId !== buildId) continue;
      const table = debug.symbols('symtab');
      if (table) return table;
    } catch {
      // Not a debug file after all.
    } finally {
      closeSync(file);
    }
  }
  return undefined;
}

/** Symbols that were stripped may travel with the program, packed. */
function packedSymbols(elf: ElfFile): SymbolTable | undefined {
  const packed = elf.miniDebugInfo;
  if (!packed) return undefined;
  try {
    const bytes = native.unpackXz(packed, MOST_PACKED);
    return new ElfFile((at, length) => bytes.subarray(at, at + length), bytes.length).symbols('symtab');
  } catch {
    // Packed in another way: what is left has names all the same.
    return undefined;
  }
}

function loadVdso(): Loaded {
  const mapping = parseMappings(readFileSync('/proc/self/maps', 'latin1')).find(
    ({ path }) => path === '[vdso]',
  );
  const memory = openMemory();
  if (!mapping || memory === undefined) return NOTHING;
  try {
    const size = mapping.end - mapping.start;
    const bytes = readerOf(memory)(mapping.start, size);
    const elf = new ElfFile((position, length) => bytes.subarray(position, position + length), size);
    const table = elf.symbols('dynsym');
    return imageOf(elf, table ? [table] : []);
  } catch {
    return NOTHING;
  } finally {
    closeSync(memory);
  }
}

const openMemory = () => openFile('/proc/self/mem');
