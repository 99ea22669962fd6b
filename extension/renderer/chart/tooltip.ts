/** What is under the pointer, in exact numbers. */
import type { Fact } from '../../../kernel/notebook/charts/index.ts';
import { element } from '../dom.ts';

/** Pixels from the pointer. */
const AWAY = 14;

export class Tooltip {
  readonly element = element('table', {
    class: 'chart-tooltip',
    attributes: { popover: 'manual', role: 'tooltip' },
  });

  /** Beside the pointer, on the side that has room. Without facts nothing is shown. */
  show(facts: Fact[], { clientX, clientY }: MouseEvent): void {
    this.hide();
    if (facts.length === 0) return;
    this.element.replaceChildren(
      ...facts.map(([name, text]) =>
        element(
          'tr',
          {},
          element('th', { text: name, attributes: { scope: 'row' } }),
          element('td', { text }),
        ),
      ),
    );
    // In the top layer, because what holds an output cuts off what stands out of it.
    this.element.showPopover();
    const { offsetWidth, offsetHeight } = this.element;
    const beyond = clientX + AWAY + offsetWidth > window.innerWidth;
    const left = beyond ? clientX - AWAY - offsetWidth : clientX + AWAY;
    const top = Math.min(clientY - offsetHeight / 2, window.innerHeight - offsetHeight);
    this.element.style.left = `${Math.max(0, left)}px`;
    this.element.style.top = `${Math.max(0, top)}px`;
  }

  hide(): void {
    if (this.element.matches(':popover-open')) this.element.hidePopover();
  }
}
