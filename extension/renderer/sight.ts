/** Whether an element is in view: what is not is neither painted nor paid for. */

let all = false;

/** From here on everything counts as in view: a page that may be printed is drawn to its end. */
export function seeAll(): void {
  all = true;
}

export class Sight {
  readonly #observer: IntersectionObserver | undefined;

  /** `changed` is called soon, and whenever the element comes into view or leaves it. */
  constructor(element: Element, changed: (visible: boolean) => void) {
    if (all) queueMicrotask(() => changed(true));
    else {
      this.#observer = new IntersectionObserver(entries => changed(entries.at(-1)!.isIntersecting));
      this.#observer.observe(element);
    }
  }

  disconnect(): void {
    this.#observer?.disconnect();
  }
}
