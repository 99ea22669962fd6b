/** Where programs run, as the compiler sees it: types, tracepoint formats and names, all from the loader's side. */
import { statSync } from 'node:fs';
import { TypeSource } from '../btf/index.ts';
import type { LanguageTarget } from '../language/index.ts';
import type { FunctionFacts } from '../layout.ts';
import type { LoaderClient } from '../loader/client.ts';
import type { LoaderRequests } from '../loader/protocol.ts';
import { functionModules, functionNames } from './kernelFunctions.ts';
import { ModuleTypes } from './moduleTypes.ts';
import { ProgramFiles } from './programFiles.ts';

/** A cgroup's id is the inode number of its folder; undefined when there is no such folder. */
function cgroupId(path: string): bigint | undefined {
  try {
    const found = statSync(path, { bigint: true });
    return found.isDirectory() ? found.ino : undefined;
  } catch {
    return undefined;
  }
}

/** What the compiler asked for and was not there yet. */
interface Missing {
  formats: Set<string>;
  /** Section and name of each function asked about. */
  functions: Set<string>;
  /** Functions that there is something to say of. */
  facts: Set<string>;
  /** Modules with a function that was asked about. */
  modules: Set<string>;
  /** The functions that can be probed. */
  traceable: boolean;
}

/** Functions of Linux's own that can be probed, by their modules, and why they cannot be in some way. */
export interface Traceable {
  modules: ReadonlyMap<string, string[]>;
  obstacles: LoaderRequests['missing']['result']['missing'];
}

type Host = LoaderRequests['hello']['result'];

export class Target {
  readonly #formats = new Map<string, string | undefined>();
  #traceable?: Traceable;
  readonly #functions = new Map<string, boolean>();
  readonly #facts = new Map<string, FunctionFacts>();
  readonly #types = new Map<string, ReturnType<TypeSource['type']>>();
  readonly #modules: ModuleTypes;

  private constructor(
    readonly host: Host,
    readonly btf: TypeSource,
    readonly tracepoints: string[],
  ) {
    this.#modules = new ModuleTypes(btf);
  }

  static async read(loader: LoaderClient): Promise<Target> {
    const [btf, probes] = await Promise.all([
      loader.request('btf', {}),
      loader.request('probes', { kind: 'tracepoint' }).catch(() => ({ result: { names: [] } })),
    ]);
    return new Target(loader.host, TypeSource.fromRaw(btf.binary), probes.result.names);
  }

  get arch(): 'x64' | 'arm64' {
    return this.host.arch === 'arm64' ? 'arm64' : 'x64';
  }

  /**
   * Calls `work`, which asks for formats as it goes and cannot wait: what it missed is fetched, and it is
   * called again, until it missed nothing.
   */
  async resolve<T>(loader: LoaderClient, work: (target: LanguageTarget) => T): Promise<T> {
    const files = new ProgramFiles(loader, this.arch);
    for (;;) {
      const missing: Missing = {
        formats: new Set(),
        functions: new Set(),
        facts: new Set(),
        modules: new Set(),
        traceable: false,
      };
      const result = work({ ...this.#view(missing), ...files.view });
      const { formats, functions, facts, modules, traceable } = missing;
      const asked = [formats, functions, facts, modules].some(({ size }) => size > 0);
      if (!asked && !traceable && !files.asked) return result;
      await Promise.all([
        ...(traceable ? [this.traceable(loader)] : []),
        ...[...formats].map(name => this.#fetch(loader, name)),
        files.find(),
        ...[...functions].map(question => this.#ask(loader, question)),
        ...[...facts].map(name => this.#findFacts(loader, name)),
        ...[...modules].map(module => this.#modules.read(loader, module)),
      ]);
    }
  }

  /** The functions of Linux that can be probed. */
  async traceable(loader: LoaderClient): Promise<Traceable> {
    this.#traceable ??= await this.#readTraceable(loader);
    return this.#traceable;
  }

  /** The types that describe a function that can be probed: Linux's own, or a module's. */
  async describing(loader: LoaderClient, name: string): Promise<TypeSource | undefined> {
    const { modules } = await this.traceable(loader);
    for (;;) {
      const missing = new Set<string>();
      const found = this.#modules.describing(name, modules.get(name) ?? [], missing);
      if (missing.size === 0) return found;
      for (const module of missing) await this.#modules.read(loader, module);
    }
  }

  async format(loader: LoaderClient, name: string): Promise<string | undefined> {
    if (!this.#formats.has(name)) await this.#fetch(loader, name);
    return this.#formats.get(name);
  }

  #view(missing: Missing): LanguageTarget {
    const traceable = () => {
      if (!this.#traceable) missing.traceable = true;
      return this.#traceable;
    };
    return {
      arch: this.arch,
      cpus: this.host.cpus,
      tracepoints: () => this.tracepoints,
      type: name => {
        if (!this.#types.has(name)) this.#types.set(name, this.btf.type(name));
        return this.#types.get(name);
      },
      variable: name => this.btf.variable(name),
      enumeration: name => this.btf.enumeration(name),
      // Who asks about a module's function has asked for those that can be probed.
      functionType: name =>
        this.#modules.describing(name, this.#traceable?.modules.get(name) ?? [], missing.modules)?.func(name),
      kernelFunction: (name, section) => {
        if (this.btf.func(name) === undefined || section === undefined)
          return this.btf.func(name) !== undefined;
        const question = `${section} ${name}`;
        if (!this.#functions.has(question)) missing.functions.add(question);
        return this.#functions.get(question);
      },
      cgroup: cgroupId,
      functions: () => traceable()?.modules,
      functionFacts: name => {
        if (!this.#facts.has(name)) missing.facts.add(name);
        return this.#facts.get(name);
      },
      obstacle: way => traceable()?.obstacles[way],
      tracepointFormat: (category, event) => {
        const name = `${category}:${event}`;
        if (!this.#formats.has(name)) missing.formats.add(name);
        return this.#formats.get(name);
      },
    };
  }

  /** Where Linux does not list them, all that it describes are taken. */
  async #readTraceable(loader: LoaderClient): Promise<Traceable> {
    const [list, { result }] = await Promise.all([
      loader.request('functions', {}),
      loader.request('missing', {}),
    ]);
    const described = () => new Map(functionNames(this.btf).map(name => [name, ['vmlinux']]));
    const listed =
      list.binary.length > 0 ? functionModules(Buffer.from(list.binary).toString('latin1')) : described();
    return { modules: listed, obstacles: result.missing };
  }

  /** May programs of a section's kind call a function? */
  async #ask(loader: LoaderClient, question: string): Promise<void> {
    const [section = '', name = ''] = question.split(' ');
    const { result } = await loader.request('function', { name, section });
    this.#functions.set(question, result.allowed);
  }

  async #findFacts(loader: LoaderClient, name: string): Promise<void> {
    this.#facts.set(name, (await loader.request('functionFacts', { name })).result);
  }

  async #fetch(loader: LoaderClient, name: string): Promise<void> {
    const colon = name.indexOf(':');
    const about = { category: name.slice(0, colon), event: name.slice(colon + 1) };
    // A name that cannot be one is answered with an error: there is no such event.
    const reply = await loader.request('tracepoint', about).catch(error => {
      if (loader.alive) return { result: { format: null } };
      throw error;
    });
    this.#formats.set(name, reply.result.format ?? undefined);
  }
}
