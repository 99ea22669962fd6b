/** The forms that an output can be shown in, side by side; the one it is shown in is pressed. */
import type { Panel, ViewName } from '../../kernel/protocol.ts';
import { offered, showsAlike } from '../run/display.ts';
import { element } from './dom.ts';

const WORDS: { [view in ViewName]: { label: string; title: string } } = {
  table: { label: 'Table', title: 'Rows and columns' },
  chart: { label: 'Chart', title: 'Bars and histograms' },
  heatmap: { label: 'Heatmap', title: 'Histograms over time' },
  lines: { label: 'Lines', title: 'Values over time' },
  flame: { label: 'Flame', title: 'Stacks as a flame graph' },
  text: { label: 'Text', title: 'As bpftrace prints it' },
};

export class ViewSwitch {
  readonly element = element('div', {
    class: 'switch',
    attributes: { role: 'group', 'aria-label': 'Show the output as' },
  });
  #buttons = new Map<ViewName, HTMLButtonElement>();

  constructor(private readonly choose: (view: ViewName) => void) {}

  update(panels: readonly Panel[], chosen: ViewName | undefined): void {
    const views = offered(panels);
    // Where there is nothing to choose from.
    this.element.hidden = views.length < 2;
    if (views.join() !== [...this.#buttons.keys()].join()) this.#offer(views);
    for (const [view, button] of this.#buttons) button.ariaPressed = String(showsAlike(panels, view, chosen));
  }

  /** Buttons that stay keep the focus. */
  #offer(views: readonly ViewName[]): void {
    const buttons = views.map(view => this.#buttons.get(view) ?? this.#button(view));
    for (const [view, button] of this.#buttons) if (!views.includes(view)) button.remove();
    for (const [i, button] of buttons.entries())
      if (this.element.children[i] !== button)
        this.element.insertBefore(button, this.element.children[i] ?? null);
    this.#buttons = new Map(views.map((view, i) => [view, buttons[i]!]));
  }

  #button(view: ViewName): HTMLButtonElement {
    const { label, title } = WORDS[view];
    const button = element('button', { text: label, title, attributes: { type: 'button' } });
    button.addEventListener('click', () => this.choose(view));
    return button;
  }
}
