/** One question about a process's code. What it opens and reads for the answer is looked at once. */
import type { CodeSymbol } from '../protocol.ts';
import type { Image, Images } from './images.ts';
import type { Mapping } from './mappings.ts';
import type { PerfMap } from './perfMap.ts';
import type { TracedProcess } from './processes.ts';

/** Not anonymous memory, nor a file that never had a name (`/memfd:…`). */
const isFile = ({ path, deleted }: Mapping) => path.startsWith('/') && !path.startsWith('//') && !deleted;

export class Lookup {
  readonly #images = new Map<Mapping, Image | undefined>();
  /** It grows all the time. */
  #perfMap: { now: PerfMap | undefined } | undefined;

  constructor(
    private readonly process: TracedProcess,
    private readonly images: Images,
  ) {}

  find(address: number): CodeSymbol | undefined {
    const mapping = this.process.mappingAt(address);
    if (!mapping) return this.#compiled(address);
    const offset = address - mapping.start + mapping.offset;
    const found = this.#imageOf(mapping)?.find(offset);
    if (found) return { ...found, module: mapping.path };
    // Only memory without a file of its own holds code that was made in it.
    return isFile(mapping) ? { offset, module: mapping.path } : this.#compiled(address);
  }

  #compiled(address: number): CodeSymbol | undefined {
    this.#perfMap ??= { now: this.process.perfMap() };
    const found = this.#perfMap.now?.table.find(address);
    return found && { ...found, module: `/tmp/perf-${this.process.pid}.map` };
  }

  #imageOf(mapping: Mapping): Image | undefined {
    if (mapping.path === '[vdso]') return this.images.vdso();
    if (!this.#images.has(mapping)) this.#images.set(mapping, this.images.open(this.process.places(mapping)));
    return this.#images.get(mapping);
  }
}
