/**
 * What the files of programs tell while a cell is compiled. They may have been built anew before the next one is, so
 * nothing is kept for longer.
 */
import { resolveBinary } from '../compile/index.ts';
import type { LanguageTarget } from '../language/index.ts';
import type { DataType, FunctionParameter, SourceLineSites } from '../layout.ts';
import type { LoaderClient } from '../loader/client.ts';
import type { LoaderRequests } from '../loader/protocol.ts';
import { returnInstructions } from './returnInstructions.ts';

/** Questions of work that cannot wait for answers. */
class Questions<Question, Answer> {
  /** By question, as JSON; undefined = nobody knows. */
  readonly #answers = new Map<string, Answer | undefined>();
  #open = new Map<string, Question>();

  get(question: Question): Answer | undefined {
    const key = JSON.stringify(question);
    if (!this.#answers.has(key)) this.#open.set(key, question);
    return this.#answers.get(key);
  }

  get size(): number {
    return this.#open.size;
  }

  /** Those that were asked since. */
  take(): Question[] {
    const taken = [...this.#open.values()];
    this.#open = new Map();
    return taken;
  }

  set(question: Question, answer: Answer | undefined): void {
    this.#answers.set(JSON.stringify(question), answer);
  }
}

/** Requests that are about a file. */
type FileQuestion =
  | 'bpfPrograms'
  | 'binaries'
  | 'userSymbols'
  | 'usdt'
  | 'userCode'
  | 'parameters'
  | 'sourceType'
  | 'sourceLine'
  | 'inlined';

type LoadedProgram = LoaderRequests['bpfPrograms']['result']['programs'][number];

interface FunctionPlace {
  path: string;
  offset: number;
  size: number;
}

export class ProgramFiles {
  readonly #symbols = new Questions<
    LoaderRequests['userSymbols']['params'],
    LoaderRequests['userSymbols']['result']
  >();
  readonly #programs = new Questions<Record<string, never>, LoadedProgram[]>();
  readonly #binaries = new Questions<LoaderRequests['binaries']['params'], string[]>();
  readonly #usdt = new Questions<LoaderRequests['usdt']['params'], LoaderRequests['usdt']['result']>();
  readonly #returns = new Questions<FunctionPlace, number[]>();
  readonly #parameters = new Questions<{ path: string; address: number }, FunctionParameter[]>();
  readonly #types = new Questions<LoaderRequests['sourceType']['params'], DataType>();
  readonly #inlined = new Questions<
    LoaderRequests['inlined']['params'],
    NonNullable<LoaderRequests['inlined']['result']['place']>
  >();
  readonly #lines = new Questions<LoaderRequests['sourceLine']['params'], SourceLineSites>();

  constructor(
    private readonly loader: LoaderClient,
    private readonly arch: LanguageTarget['arch'],
  ) {}

  readonly view: Pick<
    LanguageTarget,
    | 'bpfPrograms'
    | 'binaries'
    | 'userSymbols'
    | 'usdt'
    | 'functionReturns'
    | 'parameters'
    | 'sourceType'
    | 'sourceLine'
    | 'inlined'
  > = {
    parameters: (path, address) => this.#parameters.get({ path, address }),
    sourceType: (path, name) => this.#types.get({ path, name }),
    inlined: (path, name) => this.#inlined.get({ path, name }),
    sourceLine: (path, file, line, column) => this.#lines.get({ path, file, line, column }),
    bpfPrograms: () => this.#programs.get({}),
    binaries: (name, pid) => this.#binaries.get({ name, ...(pid === undefined ? {} : { pid }) }),
    userSymbols: (binary, pattern, cpp) => this.#symbols.get({ binary, pattern, cpp }),
    usdt: binary => this.#usdt.get({ binary }),
    functionReturns: (path, offset, size) => this.#returns.get({ path, offset, size }),
  };

  /** Was anything asked that is not known yet? */
  get asked(): boolean {
    return [
      this.#programs,
      this.#binaries,
      this.#symbols,
      this.#usdt,
      this.#returns,
      this.#parameters,
      this.#types,
      this.#lines,
      this.#inlined,
    ].some(({ size }) => size > 0);
  }

  async find(): Promise<void> {
    await Promise.all([
      ...this.#symbols.take().map(async wanted => {
        this.#symbols.set(wanted, (await this.#request('userSymbols', wanted))?.result);
      }),
      ...this.#programs.take().map(async wanted => {
        this.#programs.set(wanted, (await this.#request('bpfPrograms', wanted))?.result.programs);
      }),
      ...this.#binaries.take().map(async wanted => {
        this.#binaries.set(wanted, (await this.#request('binaries', wanted))?.result.paths);
      }),
      ...this.#usdt.take().map(async wanted => {
        this.#usdt.set(wanted, (await this.#request('usdt', wanted))?.result);
      }),
      ...this.#types.take().map(async wanted => {
        this.#types.set(wanted, (await this.#request('sourceType', wanted))?.result.type ?? undefined);
      }),
      ...this.#lines.take().map(async wanted => {
        this.#lines.set(wanted, (await this.#request('sourceLine', wanted))?.result);
      }),
      ...this.#inlined.take().map(async wanted => {
        this.#inlined.set(wanted, (await this.#request('inlined', wanted))?.result.place ?? undefined);
      }),
      this.#findReturns(this.#returns.take()),
      this.#findParameters(this.#parameters.take()),
    ]);
  }

  async #findParameters(functions: { path: string; address: number }[]): Promise<void> {
    for (const path of new Set(functions.map(({ path }) => path))) {
      const wanted = functions.filter(each => each.path === path);
      const addresses = wanted.map(({ address }) => address);
      const found = await this.#request('parameters', { path, addresses });
      for (const [i, each] of wanted.entries())
        this.#parameters.set(each, found?.result.functions[i] ?? undefined);
    }
  }

  /** Code that cannot be read has none. */
  async #findReturns(places: FunctionPlace[]): Promise<void> {
    for (const path of new Set(places.map(({ path }) => path))) {
      const functions = places.filter(place => place.path === path);
      const reply = await this.#request('userCode', { path, functions });
      const code = reply?.binary ?? Buffer.alloc(0);
      let start = 0;
      const codes = functions.map(({ size }) => {
        start += size;
        return code.subarray(start - size, start);
      });
      const found = await returnInstructions(codes, this.arch);
      for (const [i, place] of functions.entries()) this.#returns.set(place, found[i]);
    }
  }

  /** A file that there is not, or that is no program, tells nothing. */
  async #request<M extends FileQuestion>(method: M, params: LoaderRequests[M]['params']) {
    try {
      return await this.loader.request(method, params);
    } catch (error) {
      if (this.loader.alive) return undefined;
      throw error;
    }
  }
}

/** The target to a program that stands in a folder: paths of files are relative to that. */
export const seenFrom = (directory: string, target: LanguageTarget): LanguageTarget => ({
  ...target,
  usdt: binary => target.usdt?.(resolveBinary(binary, directory)),
  binaries: (name, pid) => target.binaries?.(resolveBinary(name, directory), pid),
  userSymbols: (binary, pattern, cpp) => target.userSymbols?.(resolveBinary(binary, directory), pattern, cpp),
});
