/**
 * A target that is far away. The language asks it as it goes and cannot wait: what it does not know yet becomes a
 * question, and the work is done again when there are answers.
 */
import type { LanguageTarget } from '../target.ts';
import type { Catalogue } from './analysis.ts';

/**
 * A method of {@link LanguageTarget} and what it is given; or `import`, a folder, a path and the file it is seen
 * from; or `preamble`, its text, a folder, and the names and texts of header cells; or `maps`, the same of a BPF C cell,
 * whose answer is what bpftrace cells may know of its maps.
 */
export type Question = [method: string, ...given: Given[]];
export type Given = string | number | boolean;
/** An answer as JSON: integers beyond doubles are `{ bigint: "…" }`, maps `{ map: [[key, value], …] }`, what is not known is null. */
export type Answer = null | boolean | number | string | Answer[] | { [name: string]: Answer };

export interface Far {
  answers(questions: Question[]): Promise<Answer[]>;
  names(provider: string, of: string | undefined): Promise<string[]>;
}

export interface RemoteOutline {
  arch: LanguageTarget['arch'];
  cpus: number;
  /** Does it know all there is, so that what it does not know is not there? */
  complete: boolean;
}

/** Rounds of questions; each follows from the answers before it. */
const MOST_ROUNDS = 20;
/** A probe with a wildcard has thousands of questions. Those of one round do not keep the other side from its work. */
const MOST_QUESTIONS = 1000;
/** Asked together: what is asked next depends on all of them. */
const TOGETHER: Readonly<Record<string, Given[]>> = {
  obstacle: ['kprobe', 'kprobe_multi', 'kprobe_session', 'uprobe_multi', 'fentry'],
};

export class RemoteTarget {
  /** What was asked, as JSON, and what it means; undefined = it does not know either. */
  readonly #answers = new Map<string, unknown>();
  readonly #names = new Map<string, string[]>();
  readonly #target: LanguageTarget;
  #questions = new Map<string, Question>();
  #lists = new Map<string, [provider: string, of: string | undefined]>();

  constructor(
    outline: RemoteOutline,
    readonly far: Far,
  ) {
    const known: Pick<LanguageTarget, 'arch' | 'cpus' | 'partial' | 'tracepoints'> = {
      arch: outline.arch,
      cpus: outline.cpus,
      partial: !outline.complete,
      tracepoints: () => [...this.#list('tracepoint')],
    };
    // Whatever else a target can be asked, now or later, is a question.
    this.#target = new Proxy(known as LanguageTarget, {
      get: (own, method: string) =>
        method in own
          ? own[method as keyof LanguageTarget]
          : (...given: (Given | undefined)[]) =>
              this.#answer([method, ...given.filter(one => one !== undefined)]),
    });
  }

  /** Does work that asks, until it has no more questions. Undefined when there is no end to them. */
  async resolve<T>(work: (catalogue: Catalogue) => T): Promise<T | undefined> {
    for (let round = 0; round < MOST_ROUNDS; round++) {
      this.#questions = new Map();
      this.#lists = new Map();
      const result = work({
        target: this.#target,
        names: (provider, of) => this.#list(provider, of),
        ask: question => this.#answer(question),
      });
      const questions = [...this.#questions].slice(0, MOST_QUESTIONS);
      const lists = [...this.#lists];
      if (questions.length + lists.length === 0) return result;
      const [answers] = await Promise.all([
        questions.length > 0 ? this.far.answers(questions.map(([, question]) => question)) : [],
        ...lists.map(async ([key, [provider, of]]) =>
          this.#names.set(key, await this.far.names(provider, of)),
        ),
      ]);
      for (const [i, [key]] of questions.entries()) this.#answers.set(key, fromAnswer(answers[i] ?? null));
    }
    return undefined;
  }

  /** Files have changed: what was answered from them may no longer hold. Says whether there was such a thing. */
  forget(...methods: string[]): boolean {
    const stale = [...this.#answers.keys()].filter(key => methods.includes((JSON.parse(key) as Question)[0]));
    for (const key of stale) this.#answers.delete(key);
    return stale.length > 0;
  }

  #answer(question: Question): unknown {
    const key = JSON.stringify(question);
    if (!this.#answers.has(key)) {
      const [method] = question;
      const others = TOGETHER[method]?.map((given): Question => [method, given]) ?? [];
      for (const one of [question, ...others]) this.#questions.set(JSON.stringify(one), one);
    }
    return this.#answers.get(key);
  }

  #list(provider: string, of?: string): readonly string[] {
    const key = JSON.stringify([provider, of]);
    const found = this.#names.get(key);
    if (!found) this.#lists.set(key, [provider, of]);
    return found ?? [];
  }
}

export function toAnswer(value: unknown): Answer {
  if (value === undefined || value === null) return null;
  if (typeof value === 'bigint') return { bigint: String(value) };
  if (Array.isArray(value)) return value.map(toAnswer);
  if (value instanceof Map) return { map: [...value].map(toAnswer) };
  if (typeof value === 'object')
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, part]) => part !== undefined)
        .map(([name, part]) => [name, toAnswer(part)]),
    );
  return value as Answer;
}

export function fromAnswer(answer: Answer): unknown {
  if (answer === null) return undefined;
  if (Array.isArray(answer)) return answer.map(fromAnswer);
  if (typeof answer !== 'object') return answer;
  if (typeof answer['bigint'] === 'string' && Object.keys(answer).length === 1)
    return BigInt(answer['bigint']);
  if (Array.isArray(answer['map']) && Object.keys(answer).length === 1)
    return new Map(fromAnswer(answer['map']) as [unknown, unknown][]);
  return Object.fromEntries(Object.entries(answer).map(([name, part]) => [name, fromAnswer(part)]));
}
