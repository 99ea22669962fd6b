/** Types of Linux's modules: BTF of their own on top of Linux's, read when a function of theirs is asked about. */
import { TypeSource } from '../btf/index.ts';
import type { LoaderClient } from '../loader/client.ts';

export class ModuleTypes {
  /** Undefined: it has none. */
  readonly #sources = new Map<string, TypeSource | undefined>();

  constructor(private readonly linux: TypeSource) {}

  /**
   * The types that describe a function, which is one of these modules'; `vmlinux` is Linux itself. A module that was
   * not read yet is added to `missing`.
   */
  describing(name: string, modules: readonly string[], missing: Set<string>): TypeSource | undefined {
    const describes = (source: TypeSource | undefined) => source?.file.findFunction(name) !== undefined;
    if (describes(this.linux)) return this.linux;
    const others = modules.filter(module => module !== 'vmlinux');
    for (const module of others) if (!this.#sources.has(module)) missing.add(module);
    return others.map(module => this.#sources.get(module)).find(describes);
  }

  async read(loader: LoaderClient, module: string): Promise<void> {
    const reply = await loader.request('btf', { module }).catch(error => {
      if (loader.alive) return undefined;
      throw error;
    });
    this.#sources.set(module, reply && TypeSource.fromRaw(reply.binary, this.linux));
  }
}
