/** The line above a run's panels: where it stands, how it goes, what was lost, and the form it is shown in. */
import type { RunSnapshot, ViewName } from '../../kernel/protocol.ts';
import { FIGURES } from '../run/figures.ts';
import { DetailsView } from './details.ts';
import { element, setText, setTitle } from './dom.ts';
import { Sparkline } from './sparkline.ts';
import { ViewSwitch } from './viewSwitch.ts';

type Tone = 'working' | 'live' | 'ended' | 'failed';

function toneOf({ phase, reason }: RunSnapshot): Tone {
  if (phase === 'stream') return 'live';
  if (phase !== 'ended') return 'working';
  return reason === 'failed' ? 'failed' : 'ended';
}

export class HeadView {
  readonly element = element('header', { class: 'head' });
  #figures = FIGURES.map(figure => {
    const node = element('span', { class: `${figure.name}${figure.warns ? ' loss' : ''}` });
    if (figure.width) node.style.minWidth = `${figure.width}ch`;
    return { figure, node };
  });
  #sparkline = new Sparkline();
  #more = element('button', {
    class: 'more',
    text: 'Details',
    title: 'All figures of this run',
    attributes: { type: 'button', 'aria-expanded': 'false' },
  });
  #switch: ViewSwitch;
  #details = new DetailsView();
  #snapshot: RunSnapshot | undefined;

  constructor(choose: (view: ViewName) => void) {
    this.#switch = new ViewSwitch(choose);
    const figures = this.#figures.flatMap(({ figure, node }) =>
      figure.name === 'rate' ? [node, this.#sparkline.element] : [node],
    );
    this.element.append(
      element(
        'div',
        { class: 'line' },
        element('div', { class: 'figures' }, element('span', { class: 'dot' }), ...figures, this.#more),
        this.#switch.element,
      ),
      this.#details.element,
    );
    this.#more.addEventListener('click', () => this.#toggle());
  }

  /** `chosen`: the form for the whole output; undefined = each panel's own. */
  update(snapshot: RunSnapshot, chosen: ViewName | undefined): void {
    this.#snapshot = snapshot;
    this.element.dataset['tone'] = toneOf(snapshot);
    for (const { figure, node } of this.#figures) {
      const text = figure.text(snapshot);
      node.hidden = text === undefined;
      setText(node, text ?? '');
      if (figure.title) setTitle(node, figure.title(snapshot));
    }
    this.#sparkline.update(snapshot.rates);
    this.#switch.update(snapshot.panels, chosen);
    this.#details.update(snapshot);
  }

  #toggle(): void {
    const { element } = this.#details;
    element.hidden = !element.hidden;
    this.#more.setAttribute('aria-expanded', String(!element.hidden));
    if (this.#snapshot) this.#details.update(this.#snapshot);
  }
}
