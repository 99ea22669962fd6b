/** Symbol tables and debug information of programs and libraries, read once for each file and kept within bounds. */
import { closeSync, readFileSync } from 'node:fs';
import { native } from '../../../native/addon.ts';
import { DebugInfo, type Located } from '../dwarf/debugInfo.ts';
import { sectionsOf } from '../dwarf/sections.ts';
import { BoundedCache } from './boundedCache.ts';
import { ElfFile, openFile, readerOf } from './elfFile.ts';
import { firstFile, inDebugFile, type OpenedFile, sharedPlaces, withFile } from './files.ts';
import { goSymbols } from './goTable.ts';
import { parseMappings } from './mappings.ts';
import type { FilePlace } from './processes.ts';
import type { Found, SymbolTable } from './table.ts';

/** Tables, and debug information, are forgotten beyond this many bytes each. */
const MOST_BYTES = 256 << 20;
/** Bytes that packed symbols may become. */
const MOST_PACKED = 32 << 20;

export interface Image {
  /** By the place in the file. */
  find(offset: number): Found | undefined;
}

/** What an image's debug information tells. */
export interface ImageSource {
  /** Absent where there is none. */
  info?: DebugInfo;
  /** Files and lines, by the place in the file. */
  locate(offset: number): Located | undefined;
  /** The place in the file of what the linker placed at an address. */
  offsetOf(address: number): number | undefined;
}

type Weighed<Thing> = Thing & { weight: number };

/** Even of a file without symbols something is kept: that it has none. */
const LEAST_WEIGHT = 1024;

const NOTHING: Weighed<Image> = { find: () => undefined, weight: LEAST_WEIGHT };
const NO_SOURCE: Weighed<ImageSource> = {
  locate: () => undefined,
  offsetOf: () => undefined,
  weight: LEAST_WEIGHT,
};

export class Images {
  /** By identity of the file, as its debug information is. */
  readonly #images = new BoundedCache<string, Weighed<Image>>(MOST_BYTES);
  readonly #sources = new BoundedCache<string, Weighed<ImageSource>>(MOST_BYTES);
  #vdso: Image | undefined;

  constructor(
    /** Where debug files are looked for before the usual places. */
    private readonly debugFolders: readonly string[] = [],
  ) {}

  /** The first of these files that can be read; undefined when none can. Debug files are found next to it. */
  open(places: FilePlace[]): Image | undefined {
    return firstFile(places, ({ key, ...opened }) =>
      this.#images.get(key, () => load(opened, this.debugFolders)),
    );
  }

  /** As {@link open}: what is known of where its code comes from, which may be nothing. */
  source(places: FilePlace[]): ImageSource | undefined {
    return firstFile(places, ({ key, ...opened }) =>
      this.#sources.get(key, () => loadSource(opened, this.debugFolders)),
    );
  }

  /** The same in every process: this one's is read. */
  vdso(): Image {
    this.#vdso ??= loadVdso();
    return this.#vdso;
  }
}

function load({ file, size, path }: OpenedFile, folders: readonly string[]): Weighed<Image> {
  try {
    const elf = new ElfFile(readerOf(file), size);
    const full =
      elf.symbols('symtab') ??
      inDebugFile(elf, path, folders, debug => debug.symbols('symtab')) ??
      packedSymbols(elf) ??
      goSymbols(elf);
    const tables = [full, elf.symbols('dynsym')].filter(table => table !== undefined);
    return imageOf(elf, tables);
  } catch {
    return NOTHING;
  }
}

function loadSource({ file, size, path }: OpenedFile, folders: readonly string[]): Weighed<ImageSource> {
  try {
    const elf = new ElfFile(readerOf(file), size);
    const info =
      debugInfoOf(elf, path, folders) ??
      inDebugFile(elf, path, folders, (debug, path) => debugInfoOf(debug, path, folders));
    if (!info) return NO_SOURCE;
    return {
      info,
      weight: info.weight + LEAST_WEIGHT,
      offsetOf: address => elf.offsetOf(address),
      locate: offset => {
        const address = elf.addressAt(offset);
        return address === undefined ? undefined : info.locate(address);
      },
    };
  } catch {
    return NO_SOURCE;
  }
}

/** What several packages' files have in common lies in a file of its own. */
function debugInfoOf(elf: ElfFile, path: string, folders: readonly string[]): DebugInfo | undefined {
  const sections = sectionsOf(elf, MOST_BYTES);
  if (!sections) return undefined;
  const { shared } = elf;
  const common =
    shared &&
    withFile(sharedPlaces(shared, path, folders), common => {
      if (common.buildId !== shared.buildId) return undefined;
      return sectionsOf(common, MOST_BYTES);
    });
  return common
    ? new DebugInfo({ ...sections, shared: common }, new DebugInfo(common))
    : new DebugInfo(sections);
}

function imageOf(elf: ElfFile, tables: SymbolTable[]): Weighed<Image> {
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

function loadVdso(): Image {
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
