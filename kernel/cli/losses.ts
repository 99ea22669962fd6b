/** Tells at a terminal what a run did not see, while it is live and at its end. */
import type { Diagnostic } from '../errors.ts';
import type { Loss } from '../protocol.ts';
import type { DetachedProbe } from '../session/guard.ts';

export interface LossOutput {
  json: boolean;
  /** The output. */
  write(text: string): void;
  /** Messages beside it. */
  say(text: string): void;
  warn(text: string): void;
  text(problem: Diagnostic): string;
}

export class LossTeller {
  /** What was told of each kind of loss. */
  readonly #told = new Map<string, number>();
  /** Those told in words, which are told again at the end only. */
  readonly #warned = new Map<string, number>();

  constructor(private readonly output: LossOutput) {}

  /** What was lost since it was told last. */
  tell(losses: readonly Loss[]): void {
    for (const loss of losses) {
      const key = keyOf(loss);
      const more = loss.count - (this.#told.get(key) ?? 0);
      if (more <= 0) continue;
      this.#told.set(key, loss.count);
      this.#tellMore(loss, more);
      if (!isRecords(loss) && !this.#warned.has(key)) this.#warn(key, loss);
    }
  }

  /** The sums, where they are not known yet. */
  tellAll(losses: readonly Loss[]): void {
    this.tell(losses);
    for (const loss of losses) {
      const key = keyOf(loss);
      if (this.#warned.get(key) !== loss.count) this.#warn(key, loss);
    }
  }

  #tellMore(loss: Loss, more: number): void {
    const { json, write, say } = this.output;
    if (json && isRecords(loss))
      write(`{"type": "lost_events", "count": ${more}, "data": {"events": ${more}}}\n`);
    else if (json) write(lossJson(loss.problem, more));
    else if (isRecords(loss)) say(`Lost ${more} events\n`);
  }

  #warn(key: string, loss: Loss): void {
    this.#warned.set(key, loss.count);
    this.output.warn(
      isRecords(loss) ? `WARNING: Total lost event count: ${loss.count}\n` : this.output.text(loss.problem),
    );
  }
}

/** bpftrace has words of its own for these, and for nothing else. */
const isRecords = ({ problem }: Loss) => problem.code === 'lost-records';

const keyOf = ({ problem: { code, map, program, errno } }: Loss) => [code, map, program, errno].join(' ');

function lossJson({ code, message, map, program, errno }: Diagnostic, count: number): string {
  const data = { code, map, program, errno, msg: message };
  return `{"type": "loss", "count": ${count}, "data": ${JSON.stringify(data)}}\n`;
}

export const detachedJson = (cost: DetachedProbe): string =>
  `{"type": "detached_probe", "data": ${JSON.stringify(cost)}}\n`;
