/** One question about a process's code. What it opens and reads for the answer is looked at once. */
import type { Located, LocatedFunction } from '../dwarf/debugInfo.ts';
import type { CodeSymbol, Unnamed } from '../protocol.ts';
import { demangled } from './demangle.ts';
import type { Image, ImageSource, Images } from './images.ts';
import type { Mapping } from './mappings.ts';
import type { PerfMap } from './perfMap.ts';
import type { TracedProcess } from './processes.ts';
import type { Found } from './table.ts';

export interface LookupOptions {
  /** Names as their authors wrote them. */
  demangle: boolean;
  /** Files and lines, too. */
  lines?: boolean;
  /** The addresses are where calls return to: what is meant is in front of them. */
  returns?: boolean;
}

/** Not anonymous memory, nor shared memory that only looks like a file. */
const isFile = ({ path }: Mapping) => path.startsWith('/') && !/^\/(?:\/|memfd:|dev\/zero$|SYSV)/.test(path);

export class Lookup {
  readonly #images = new Map<Mapping, Image | undefined>();
  readonly #sources = new Map<Mapping, ImageSource | undefined>();
  /** It grows all the time. */
  #perfMap: { now: PerfMap | undefined } | undefined;

  constructor(
    private readonly process: TracedProcess,
    private readonly images: Images,
    private readonly options: LookupOptions,
  ) {}

  find(address: number): CodeSymbol {
    const back = this.options.returns ? 1 : 0;
    const found = this.#at(address - back);
    const { name, offset, module } = found;
    if (name === undefined && module === undefined) return found;
    return {
      ...found,
      ...(name === undefined ? {} : { name: this.#written(name) }),
      offset: offset + back,
    };
  }

  #at(address: number): CodeSymbol {
    const mapping = this.process.mappingAt(address);
    if (!mapping)
      return this.#compiled(address) ?? { offset: 0, unnamed: this.process.ended ? 'ended' : 'unmapped' };
    const offset = address - mapping.start + mapping.offset;
    const module = mapping.path;
    const located = this.options.lines ? this.#sourceOf(mapping)?.locate(offset) : undefined;
    const found = nearer(this.#imageOf(mapping)?.find(offset), located?.function);
    if (found) return { ...found, module, ...this.#fromSource(located) };
    // Only memory without a file of its own holds code that was made in it.
    if (!isFile(mapping)) return this.#compiled(address) ?? { offset: 0, unnamed: 'compiled' };
    return { offset, module, unnamed: this.#unnamed(mapping) };
  }

  #unnamed(mapping: Mapping): Unnamed {
    if (this.#imageOf(mapping)) return 'stripped';
    return mapping.deleted ? 'removed' : 'unreadable';
  }

  #compiled(address: number): CodeSymbol | undefined {
    this.#perfMap ??= { now: this.process.perfMap() };
    const found = this.#perfMap.now?.table.find(address);
    return found && { ...found, module: `/tmp/perf-${this.process.pid}.map` };
  }

  #fromSource(located: Located | undefined): Pick<CodeSymbol, 'source' | 'inlined'> {
    if (!located) return {};
    const inlined = located.inlined.map(({ name, place }: LocatedFunction) => ({
      name: this.#written(name),
      ...(place ? { source: place } : {}),
    }));
    return {
      ...(located.place ? { source: located.place } : {}),
      ...(inlined.length > 0 ? { inlined } : {}),
    };
  }

  #written(name: string): string {
    return this.options.demangle ? demangled(name) : name;
  }

  #imageOf(mapping: Mapping): Image | undefined {
    if (mapping.path === '[vdso]') return this.images.vdso();
    if (!this.#images.has(mapping)) this.#images.set(mapping, this.images.open(this.process.places(mapping)));
    return this.#images.get(mapping);
  }

  #sourceOf(mapping: Mapping): ImageSource | undefined {
    if (!this.#sources.has(mapping))
      this.#sources.set(mapping, this.images.source(this.process.places(mapping)));
    return this.#sources.get(mapping);
  }
}

/** Of the names that symbols and debug information have for code, the one that begins later: symbols may be missing. */
const nearer = (symbol: Found | undefined, function_: Found | undefined): Found | undefined =>
  symbol && function_ ? (function_.offset < symbol.offset ? function_ : symbol) : (symbol ?? function_);
