/** bpftrace programs: all are checked, what passes is compiled, some of that loaded. */
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { compileGenerated, readPreamble } from '../../kernel/compile/index.ts';
import { CellError } from '../../kernel/errors.ts';
import {
  type Compilation,
  compileBpftrace,
  type GeneratedCell,
  preambleOf,
} from '../../kernel/language/index.ts';
import { Corpus } from './corpus.ts';
import { tryToLoad } from './loading.ts';
import { mutant } from './mutate.ts';
import type { Subject, Watch } from './subject.ts';

/** What Linux refuses whatever is generated, by its words; some of it only of programs with certain words. */
const LIMITS: readonly { words: RegExp; of?: RegExp; why: string }[] = [
  { words: /Failed to resolve kernel symbol/, why: 'what the running Linux calls so is asked only then' },
  { words: /EPERM|not permitted/, why: 'this Linux does not let programs at functions of its own be loaded' },
  { words: /bpf_probe_write_user/, why: 'this Linux does not let programs write to processes' },
  {
    words: /infinite loop|jumps is too complex|program is too large/,
    of: /\bwhile\b/,
    why: 'the verifier follows every turn of a `while`: it must end, and soon',
  },
];

/** A program must be checked faster, ms. */
const LIMIT_MS = 1000;

/** The C in front of a program, as a run reads it. Throws CellError for what clang cannot read. */
async function preprocess(program: string) {
  const source = preambleOf(program);
  if (source === undefined) return {};
  const { items } = await readPreamble({ source, directory: tmpdir(), headers: [] });
  return { preamble: items };
}

export class Programs implements Subject {
  readonly #corpus = new Corpus();
  readonly #seen = new Set<string>();
  #passed = 0;
  #compiled = 0;

  constructor(private readonly watch: Watch) {}

  show(number: number): string {
    return mutant(number, this.#corpus);
  }

  async attempt(number: number): Promise<void> {
    const program = this.show(number);
    const { cell } = (await this.#check(number, program)) ?? {};
    this.watch.count('checked');
    if (!cell) return;
    this.watch.count('passed');
    const { compileOne } = this.watch.options;
    const key = createHash('sha256').update(cell.c).digest('base64');
    if (this.#seen.has(key) || compileOne === 0 || ++this.#passed % compileOne !== 0) return;
    this.#seen.add(key);
    try {
      const refused = await this.#load(cell, program);
      if (refused) this.watch.found({ number, what: 'refused while loading', detail: refused, program });
    } catch (error) {
      if (!(error instanceof CellError)) throw error;
      const [first] = error.diagnostics;
      const detail = `${first?.message}\n${first?.log?.split('\n').slice(0, 6).join('\n') ?? ''}`;
      this.watch.found({ number, what: 'refused by clang', detail, program });
    }
  }

  /** Undefined where the C in front of the program is none: that is its author's. */
  async #check(number: number, program: string): Promise<Compilation | undefined> {
    const preamble = await preprocess(program).catch(error => {
      if (!(error instanceof CellError)) throw error;
    });
    if (!preamble) return undefined;
    const { target, loader } = await this.watch.holder.connect();
    let took = 0;
    const compilation = await target.resolve(loader, view => {
      const from = performance.now();
      const result = compileBpftrace(program, { target: view, positional: [], unsafe: 'all', ...preamble });
      took = performance.now() - from;
      return result;
    });
    if (took > LIMIT_MS) this.watch.found({ number, what: 'slow', detail: `${took.toFixed(0)} ms`, program });
    return compilation;
  }

  /** Why Linux does not take it, if that is not for one of {@link LIMITS}. */
  async #load(cell: GeneratedCell, program: string): Promise<string | undefined> {
    const { holder, options, count } = this.watch;
    const { target } = await holder.connect();
    const object = await compileGenerated(cell, { btf: target.btf });
    count('compiled');
    if (options.loadOne === 0 || ++this.#compiled % options.loadOne !== 0) return undefined;
    try {
      await tryToLoad(holder, object);
      count('loaded');
    } catch (error) {
      if (!(error instanceof CellError)) throw error;
      const { message = '', log = '' } = error.diagnostics[0] ?? {};
      if (!LIMITS.some(({ words, of = /^/ }) => words.test(message) && of.test(program)))
        return `${message}\n${log.split('\n').slice(-12).join('\n')}`;
      count('beyond what Linux loads here');
    }
    return undefined;
  }
}
