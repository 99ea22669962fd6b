/**
 * What editors may know of the target while one types. It comes from the loader when one runs or may be started
 * without asking; else from what every user may read, which is BTF. It never makes anybody be asked for a password.
 */
import { readFileSync } from 'node:fs';
import { arch, cpus, release } from 'node:os';
import { BTF_KIND, TypeSource } from '../btf/index.ts';
import { compileBpfC, readPreamble } from '../compile/index.ts';
import { CellError } from '../errors.ts';
import { type Answer, type Given, type Question, toAnswer } from '../language/editor/index.ts';
import { type LanguageTarget, sharedMapsOf } from '../language/index.ts';
import { includedHeaders } from '../notebook/index.ts';
import type { HeaderFile, TargetOutline } from '../protocol.ts';
import { fileImporter } from './importer.ts';
import type { Connection, LoaderHolder } from './loader.ts';
import { KINDS } from './probeKinds.ts';
import { userFunctions, userTracepoints } from './userSymbols.ts';

/** Names that BTF gives away: `prefix` of a type or function, and what becomes of the rest. */
interface Trace {
  kind: number;
  prefix: string;
  names(rest: string): string[];
}

const named = (kind: number): Trace => ({ kind, prefix: '', names: name => [name] });

const TRACES: Readonly<Record<string, Trace>> = {
  kprobe: named(BTF_KIND.func),
  kretprobe: named(BTF_KIND.func),
  fentry: named(BTF_KIND.func),
  fexit: named(BTF_KIND.func),
  rawtracepoint: { kind: BTF_KIND.typedef, prefix: 'btf_trace_', names: event => [event] },
  struct: named(BTF_KIND.struct),
  union: named(BTF_KIND.union),
  enum: named(BTF_KIND.enum),
  iter: { kind: BTF_KIND.struct, prefix: 'bpf_iter__', names: name => [name] },
  // System calls are the only tracepoints whose names are those of functions.
  tracepoint: {
    kind: BTF_KIND.func,
    prefix: arch() === 'arm64' ? '__arm64_sys_' : '__x64_sys_',
    names: call => [`syscalls:sys_enter_${call}`, `syscalls:sys_exit_${call}`],
  },
};

/** What files tell, which every user reads as far as he may. */
const OF_FILES: Readonly<Record<string, typeof userFunctions>> = {
  uprobe: userFunctions,
  uretprobe: userFunctions,
  usdt: userTracepoints,
};

/** Questions that are the kernel's own to answer, with the rights of the user. */
const OF_HOST: Readonly<Record<string, (btf: () => TypeSource | null, ...given: string[]) => unknown>> = {
  import: (_, directory = '', path = '', from) => fileImporter(directory)(path, from),
  preamble: async (_, source = '', directory = '', ...cells) => {
    try {
      return await readPreamble({ source, directory, headers: headersOf(cells) });
    } catch (error) {
      if (error instanceof CellError) return { diagnostics: error.diagnostics };
      throw error;
    }
  },
  maps: async (known, source = '', directory = '', ...cells) => {
    const btf = known();
    if (!btf) return undefined;
    try {
      const headers = includedHeaders(source, headersOf(cells));
      return sharedMapsOf((await compileBpfC({ source, directory, headers, btf })).layout);
    } catch (error) {
      if (error instanceof CellError) return undefined;
      throw error;
    }
  },
};

/** Names and texts in turn. */
const headersOf = (cells: readonly string[]): HeaderFile[] =>
  cells.flatMap((name, i) => (i % 2 === 0 ? [{ name, source: cells[i + 1] ?? '' }] : []));

export class Knowledge {
  #btf: TypeSource | null | undefined;

  constructor(readonly holder: LoaderHolder) {}

  async outline(): Promise<TargetOutline> {
    const connection = await this.holder.connectUnasked();
    return {
      id: [release(), bootId(), connection ? 'all' : 'btf'].join(' '),
      arch: (connection?.target.arch ?? arch()) === 'arm64' ? 'arm64' : 'x64',
      cpus: connection?.target.host.cpus ?? cpus().length,
      complete: connection !== undefined,
    };
  }

  /** `of`: the program or library whose functions are meant, for user probes. */
  async names(provider: string, of = ''): Promise<string[]> {
    const own = Object.hasOwn(OF_FILES, provider) ? OF_FILES[provider] : undefined;
    if (own) return own(of, undefined).map(name => name.slice(name.indexOf(':') + 1));
    const connection = await this.holder.connectUnasked();
    const kind = KINDS.find(({ prefix }) => prefix === provider);
    if (connection && kind) return (await kind.names(connection, { verbose: false }, of)).filter(Boolean);
    const trace = Object.hasOwn(TRACES, provider) ? TRACES[provider] : undefined;
    const btf = connection?.target.btf ?? this.#ownBtf();
    return trace && btf ? traces(btf, trace) : [];
  }

  /** The types of the target; null where only root can read them. */
  async btf(): Promise<TypeSource | null> {
    return (await this.holder.connectUnasked())?.target.btf ?? this.#ownBtf();
  }

  /** In the order of the questions. A method that there is not is answered as what is not known. */
  async answer(questions: readonly Question[]): Promise<Answer[]> {
    const connection = await this.holder.connectUnasked();
    const far = await this.#ofTarget(questions, connection);
    const btf = () => connection?.target.btf ?? this.#ownBtf();
    return Promise.all(
      questions.map(async ([method, ...given], i) =>
        Object.hasOwn(OF_HOST, method)
          ? toAnswer(await OF_HOST[method]!(btf, ...given.map(String)))
          : far[i]!,
      ),
    );
  }

  async #ofTarget(questions: readonly Question[], connection: Connection | undefined): Promise<Answer[]> {
    const answer = (target: Partial<LanguageTarget>) =>
      questions.map(([method, ...given]) => {
        const ask = Object.hasOwn(target, method) ? target[method as keyof LanguageTarget] : undefined;
        return toAnswer(
          typeof ask === 'function' ? (ask as (...given: Given[]) => unknown)(...given) : undefined,
        );
      });
    if (connection) return connection.target.resolve(connection.loader, answer);
    const btf = this.#ownBtf();
    if (!btf) return questions.map(() => null);
    return answer({
      type: name => btf.type(name),
      variable: name => btf.variable(name),
      enumeration: name => btf.enumeration(name),
      functionType: name => btf.func(name),
      kernelFunction: name => btf.func(name) !== undefined,
    });
  }

  /** The BTF of this Linux, which every user may read; null where there is none. */
  #ownBtf(): TypeSource | null {
    if (this.#btf === undefined) {
      try {
        this.#btf = TypeSource.fromRaw(readFileSync('/sys/kernel/btf/vmlinux'));
      } catch {
        this.#btf = null;
      }
    }
    return this.#btf;
  }
}

function traces({ file }: TypeSource, { kind, prefix, names }: Trace): string[] {
  const found = new Set<string>();
  for (let id = file.first; id < file.count; id++) {
    if (file.kind(id) !== kind) continue;
    const name = file.name(id);
    if (name === '') continue;
    if (name.startsWith(prefix)) for (const one of names(name.slice(prefix.length))) found.add(one);
  }
  return [...found].sort();
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}
