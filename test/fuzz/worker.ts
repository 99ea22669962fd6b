/** One of the threads that try mutants: checks all, compiles what passes, loads some of that. It attaches nothing. */
import { createHash } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { compileGenerated } from '../../kernel/compile/index.ts';
import { CellError } from '../../kernel/errors.ts';
import { type Compilation, compileBpftrace, type GeneratedCell } from '../../kernel/language/index.ts';
import { UNSAFE_ACTIONS } from '../../kernel/loader/protocol.ts';
import { LoadedObject } from '../../kernel/session/loadedObject.ts';
import { type Connection, LoaderHolder } from '../../kernel/session/loader.ts';
import { Corpus } from './corpus.ts';
import { mutant } from './mutate.ts';

export interface Task {
  /** Numbers of the mutants: `first`, `first + step`, … below `end`. */
  first: number;
  step: number;
  end: number;
  /** Of those that pass, one in so many is compiled, and of these one in so many loaded; 0 = none. */
  compileOne: number;
  loadOne: number;
  /** Where the number of the one in work is written, for whoever watches. */
  current: SharedArrayBuffer;
}

export interface Finding {
  number: number;
  what: 'crash' | 'slow' | 'refused by clang' | 'refused while loading';
  detail: string;
  program: string;
}

export interface Tally {
  checked: number;
  passed: number;
  compiled: number;
  loaded: number;
  /** Refused for a reason of {@link LIMITS}. */
  limited: number;
}

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

const task = workerData as Task;
const current = new Int32Array(task.current);
const corpus = new Corpus();
const tally: Tally = { checked: 0, passed: 0, compiled: 0, loaded: 0, limited: 0 };
const seen = new Set<string>();
const holder = new LoaderHolder({ consent: async () => true });

const found = (finding: Finding) => parentPort!.postMessage({ finding });

async function check(number: number, program: string, connection: Connection): Promise<Compilation> {
  let took = 0;
  const compilation = await connection.target.resolve(connection.loader, target => {
    const from = performance.now();
    const result = compileBpftrace(program, { target, positional: [], unsafe: 'all' });
    took = performance.now() - from;
    return result;
  });
  if (took > LIMIT_MS) found({ number, what: 'slow', detail: `${took.toFixed(0)} ms`, program });
  return compilation;
}

/** Why Linux does not take it, if that is not for one of {@link LIMITS}. */
async function load(
  cell: GeneratedCell,
  program: string,
  connection: Connection,
): Promise<string | undefined> {
  const { elf, layout } = await compileGenerated(cell, { btf: connection.target.btf });
  tally.compiled++;
  if (task.loadOne === 0 || tally.compiled % task.loadOne !== 0) return undefined;
  const object = new LoadedObject(connection.loader, holder.newSession(), layout, {
    language: 'bpftrace',
    source: '',
  });
  try {
    await object.open(elf, { allow: [...UNSAFE_ACTIONS], logged: false });
    await object.load([], []);
    tally.loaded++;
  } catch (error) {
    if (!(error instanceof CellError)) throw error;
    const [refused] = error.diagnostics;
    const { message = '', log = '' } = refused ?? {};
    if (!LIMITS.some(({ words, of = /^/ }) => words.test(message) && of.test(program)))
      return `${message}\n${log.split('\n').slice(-12).join('\n')}`;
    tally.limited++;
  } finally {
    await object.close();
  }
  return undefined;
}

async function attempt(number: number, connection: Connection): Promise<void> {
  const program = mutant(number, corpus);
  const { cell, diagnostics } = await check(number, program, connection);
  tally.checked++;
  // What nobody wrote wrong is ours: the C in front of a program is the user's.
  if (!cell || diagnostics.some(({ severity }) => severity === 'error')) return;
  tally.passed++;
  const key = createHash('sha256').update(cell.c).digest('base64');
  if (seen.has(key) || task.compileOne === 0 || tally.passed % task.compileOne !== 0) return;
  seen.add(key);
  try {
    const refused = await load(cell, program, connection);
    if (refused) found({ number, what: 'refused while loading', detail: refused, program });
  } catch (error) {
    if (!(error instanceof CellError)) throw error;
    const [first] = error.diagnostics;
    const detail = `${first?.message}\n${first?.log?.split('\n').slice(0, 6).join('\n') ?? ''}`;
    found({ number, what: 'refused by clang', detail, program });
  }
}

const connection = await holder.connect();
for (let number = task.first; number < task.end; number += task.step) {
  Atomics.store(current, 0, number);
  try {
    await attempt(number, connection);
  } catch (error) {
    found({
      number,
      what: 'crash',
      detail: (error as Error).stack ?? String(error),
      program: mutant(number, corpus),
    });
  }
  if (tally.checked % 200 === 0) parentPort!.postMessage({ tally });
}
parentPort!.postMessage({ tally });
holder.close();
