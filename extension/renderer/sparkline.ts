/** How the rate of events went, as a line of the size of a word. */
import { rate } from '../run/format.ts';
import { element } from './dom.ts';

const SVG = 'http://www.w3.org/2000/svg';
/** Seconds, a pixel each. */
const WIDTH = 60;
const HEIGHT = 14;

export class Sparkline {
  readonly element = element('span', { class: 'sparkline', attributes: { role: 'img' } });
  #line = document.createElementNS(SVG, 'path');
  #shown = '';

  constructor() {
    const svg = document.createElementNS(SVG, 'svg');
    svg.setAttribute('viewBox', `0 -1 ${WIDTH} ${HEIGHT + 1}`);
    svg.setAttribute('aria-hidden', 'true');
    svg.append(this.#line);
    this.element.append(svg);
  }

  /** `rates`: events of each second, oldest first. */
  update(rates: readonly number[] = []): void {
    const shown = rates.slice(-WIDTH);
    const path = pathOf(shown);
    this.element.hidden = path === '';
    if (path === this.#shown) return;
    this.#shown = path;
    this.#line.setAttribute('d', path);
    const least = shown.reduce((a, b) => Math.min(a, b));
    const most = shown.reduce((a, b) => Math.max(a, b));
    const about = `Events per second in the last ${shown.length} s: ${rate(least)} to ${rate(most)}`;
    this.element.title = about;
    this.element.setAttribute('aria-label', about);
  }
}

/** The newest at the right; empty while there is no line to draw. */
function pathOf(rates: readonly number[]): string {
  const most = rates.reduce((a, b) => Math.max(a, b), 0);
  if (rates.length < 2 || most === 0) return '';
  const left = WIDTH - rates.length;
  const points = rates.map(
    (value, i) => `${left + i + 0.5} ${(HEIGHT - (value / most) * HEIGHT).toFixed(1)}`,
  );
  return `M${points.join('L')}`;
}
