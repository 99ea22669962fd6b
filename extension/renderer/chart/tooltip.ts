/** What is under the pointer, in exact numbers. */
import type { Fact } from '../../../kernel/notebook/charts/index.ts';
import { element } from '../dom.ts';

/** Pixels from the pointer. */
const AWAY = 14;

export class Tooltip {
  readonly element = element('dl', {
    class: 'chart-tooltip',
    attributes: { popover: 'manual', role: 'tooltip' },
  });

  /** Beside the pointer, on the side that has room. Without facts nothing is shown. */
  show(facts: Fact[], { clientX, clientY }: MouseEvent): void {
    if (facts.length === 0 || !this.element.isConnected) {
      this.hide();
      return;
    }
    this.element.replaceChildren(
      ...facts.flatMap(([name, text]) => [element('dt', { text: name }), element('dd', { text })]),
    );
    // In the top layer, because what holds an output cuts off what stands out of it.
    if (!this.#open) this.element.showPopover();
    const { offsetWidth, offsetHeight } = this.element;
    const beyond = clientX + AWAY + offsetWidth > window.innerWidth;
    const left = beyond ? clientX - AWAY - offsetWidth : clientX + AWAY;
    const top = Math.min(clientY - offsetHeight / 2, window.innerHeight - offsetHeight);
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
