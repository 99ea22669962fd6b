/** How many events a run has had, and how fast they came. */
const REMEMBERED_SECONDS = 60;

export class Tally {
  events = 0;
  /** A second, over the last one. */
  rate = 0;
  /** Of the last 60 seconds, oldest first; shorter in the first minute. */
  rates: readonly number[] = [];
  #at = 0;

  /** From here on; `now` in ms. */
  start(now: number): void {
    this.#at = now;
  }

  /** To be called about once a second with all events so far. */
  tick(events: number, now: number): void {
    const seconds = (now - this.#at) / 1000;
    this.rate = seconds > 0 ? Math.round((events - this.events) / seconds) : 0;
    this.rates = [...this.rates, this.rate].slice(-REMEMBERED_SECONDS);
    this.events = events;
    this.#at = now;
  }

  /** Nothing comes any more. */
  finish(events: number): void {
    this.events = events;
    this.rate = 0;
  }
}
