/** What the reader can do with a chart: another scale, more keys, a file. */
import type { Chart } from '../../../kernel/notebook/charts/index.ts';
import { count } from '../../run/format.ts';
import { element, setText } from '../dom.ts';
import { FILES, type Saved } from './files.ts';

export interface ChartActions {
  /** Another scale, or more or fewer keys, were chosen. */
  changed(): void;
  save(as: Saved): void;
}

const button = (text: string, label: string, clicked: () => void) => {
  const made = element('button', {
    class: 'button link',
    text,
    attributes: { type: 'button', 'aria-label': label },
  });
  made.addEventListener('click', clicked);
  return made;
};

export class ChartTools {
  readonly bar = element('div', { class: 'tools', attributes: { role: 'toolbar', 'aria-label': 'Chart' } });
  readonly foot = element('footer', { class: 'foot' });
  #count = element('span', { class: 'count' });
  #scale: HTMLButtonElement;
  #more: HTMLButtonElement;
  #fewer: HTMLButtonElement;
  #log: boolean;
  #times = 1;

  constructor(
    log: boolean,
    private readonly actions: ChartActions,
  ) {
    this.#log = log;
    this.#scale = button('log', 'Logarithmic scale', () => this.#choose(!this.#log, this.#times));
    this.#more = button('more', 'Show more keys', () => this.#choose(this.#log, this.#times * 2));
    this.#fewer = button('fewer', 'Show fewer keys', () => this.#choose(this.#log, this.#times / 2));
    const saves = (Object.keys(FILES) as Saved[]).map(as =>
      button(as, `Save as ${as}`, () => this.actions.save(as)),
    );
    this.bar.append(this.#scale, ...saves);
    this.foot.append(this.#count, this.#more, this.#fewer);
    this.#paint();
  }

  /** Amounts by factors of ten. */
  get log(): boolean {
    return this.#log;
  }

  /** So many times the keys that are shown at first. */
  get more(): number {
    return this.#times;
  }

  update({ shown, of }: Chart): void {
    this.foot.hidden = of === 0 || (shown === of && this.#times === 1);
    setText(this.#count, `${count(shown)} of ${count(of)} keys`);
    this.#more.hidden = shown === of;
    this.#fewer.hidden = this.#times === 1;
  }

  #choose(log: boolean, times: number): void {
    this.#log = log;
    this.#times = times;
    this.#paint();
    this.actions.changed();
  }

  #paint(): void {
    this.#scale.setAttribute('aria-pressed', String(this.#log));
  }
}
