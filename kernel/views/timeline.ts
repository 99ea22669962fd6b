/** What happened in one time after another, from the start on: when the steps become too many, two become one. */

/** Even, so that all have a partner. */
const MAX_STEPS = 120;

export class Timeline<Step> {
  readonly steps: Step[] = [];
  /** Where the steps begin and end, ms since the epoch: one more than there are steps. */
  times: number[];
  /** How many of what is pushed make a step, and how many are in the last one. */
  #width = 1;
  #filled = 0;

  constructor(
    start: number,
    private readonly merge: (earlier: Step, later: Step) => Step,
  ) {
    this.times = [start];
  }

  get end(): number {
    return this.times.at(-1)!;
  }

  /** Moves the start, while nothing has happened. */
  begin(start: number): void {
    if (this.steps.length === 0) this.times = [start];
  }

  /** `step` is of the time from the end so far to `end`. */
  push(end: number, step: Step): void {
    const [last, at] = [this.steps.length - 1, Math.max(end, this.end)];
    // A step that takes no time is none of its own.
    const isInstant = last >= 0 && (at === this.end || this.end === this.times[last]);
    if (isInstant || (last >= 0 && this.#filled < this.#width)) {
      this.steps[last] = this.merge(this.steps[last]!, step);
      this.times[last + 1] = at;
      if (!isInstant) this.#filled++;
      return;
    }
    if (this.steps.length === MAX_STEPS) this.#halve();
    this.steps.push(step);
    this.times.push(at);
    this.#filled = 1;
  }

  #halve(): void {
    const pairs = Array.from({ length: MAX_STEPS / 2 }, (_, i) =>
      this.merge(this.steps[2 * i]!, this.steps[2 * i + 1]!),
    );
    this.steps.splice(0, MAX_STEPS, ...pairs);
    this.times = this.times.filter((_, i) => i % 2 === 0);
    this.#width *= 2;
  }
}
