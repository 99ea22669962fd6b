/** What is told of the frame under the pointer or the cursor: above all else on the page, and read out. */
import { element } from '../dom.ts';

/** Pixels beside the pointer. */
const GAP = 12;

export interface Told {
  name: string;
  rows: [what: string, text: string][];
}

export class Tooltip {
  readonly element = element('div', {
    class: 'flame-tooltip',
    attributes: { popover: 'manual', role: 'status' },
  });

  /** Beside a place of the window. */
  show({ name, rows }: Told, x: number, y: number): void {
    const terms = rows.flatMap(([what, text]) => [element('dt', { text: what }), element('dd', { text })]);
    this.element.replaceChildren(element('strong', { text: name }), element('dl', {}, ...terms));
    // In the top layer, because what holds an output cuts off what stands out of it.
    if (!this.#open) this.element.showPopover();
    const { offsetWidth: width, offsetHeight: height } = this.element;
    const left = Math.min(x + GAP, window.innerWidth - width - GAP);
    const below = y + GAP;
    const top = below + height > window.innerHeight ? y - GAP - height : below;
    this.element.style.left = `${Math.max(0, left)}px`;
    this.element.style.top = `${Math.max(0, top)}px`;
  }

  hide(): void {
    if (this.#open) this.element.hidePopover();
  }

  get #open(): boolean {
    return this.element.matches(':popover-open');
  }
}
