/** One callback a frame, however often it is asked for; none while paused. */
export class Frame {
  #handle: number | undefined;
  #wanted = false;
  #paused = false;

  constructor(private readonly paint: () => void) {}

  request(): void {
    this.#wanted = true;
    if (this.#paused || this.#handle !== undefined) return;
    this.#handle = requestAnimationFrame(() => {
      this.#handle = undefined;
      this.#wanted = false;
      this.paint();
    });
  }

  /** Nothing is painted until {@link resume}; what was asked for meanwhile is painted then. */
  pause(): void {
    this.#paused = true;
    this.cancel();
  }

  resume(): void {
    this.#paused = false;
    if (this.#wanted) this.request();
  }

  cancel(): void {
    if (this.#handle !== undefined) cancelAnimationFrame(this.#handle);
    this.#handle = undefined;
  }
}
