/** The way from all stacks to the frame that a flame graph is zoomed into; each step leads back. */
import { type FlameNode, pathOf } from '../../../kernel/notebook/flame.ts';
import { element } from '../dom.ts';
import { ALL, nameOf } from './words.ts';

/** Of a longer way, the end. */
const SHOWN = 4;

export class Crumbs {
  readonly element = element('nav', { class: 'crumbs', attributes: { 'aria-label': 'Zoomed into' } });
  #shown: string | undefined;

  constructor(private readonly choose: (node: FlameNode) => void) {}

  show(zoomed: FlameNode): void {
    const path = pathOf(zoomed);
    const names = path.map(nameOf);
    const shown = JSON.stringify(names);
    // What has the focus stays, while the numbers behind it change.
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.element.replaceChildren(...this.#steps(path));
  }
  #steps(path: FlameNode[]): Node[] {
    const [last] = path.slice(-1);
    if (!last) return [element('span', { class: 'hint', text: 'Click a frame to zoom in' })];
    const shown = path.slice(-SHOWN);
    const root = shown[0]!.parent;
    return [
      this.#step(topOf(last), ALL),
      ...(shown.length < path.length ? [this.#step(root!, '…')] : []),
      ...shown.slice(0, -1).map(node => this.#step(node, nameOf(node))),
      element('span', { class: 'step', text: nameOf(last), attributes: { 'aria-current': 'location' } }),
    ];
  }

  #step(node: FlameNode, text: string): HTMLElement {
    const button = element('button', { class: 'button link', text, title: nameOf(node) });
    button.addEventListener('click', () => this.choose(node));
    return element('span', { class: 'step' }, button);
  }
}

function topOf(node: FlameNode): FlameNode {
  return node.parent ? topOf(node.parent) : node;
}
