/** What the colours of a flame graph mean. */
import type { Frame } from '../../../kernel/protocol.ts';
import { element } from '../dom.ts';
import type { Colours, Shade } from './colours.ts';
import { KINDS } from './words.ts';

export class Legend {
  readonly element = element('span', { class: 'legend' });
  #shown: string | undefined;

  /** Kinds that there are; or how frames changed. */
  show(frames: readonly Frame[], colours: Colours, changes: boolean): void {
    const kinds = new Set(frames.map(({ of }) => of));
    const entries: [name: string, shade: Shade][] = changes
      ? [
          ['less', colours.changed(-1)],
          ['same', colours.changed(0)],
          ['more than in the run before', colours.changed(1)],
        ]
      : (Object.keys(KINDS) as Frame['of'][])
          .filter(of => kinds.has(of))
          .map(of => [KINDS[of], colours.shade(of, '')]);
    const shown = JSON.stringify(entries);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.element.replaceChildren(...entries.map(([name, shade]) => this.#entry(name, shade)));
  }

  #entry(name: string, { fill, edge }: Shade): HTMLElement {
    const swatch = element('i', { attributes: { 'aria-hidden': 'true' } });
    swatch.style.background = fill;
    if (edge) swatch.style.borderColor = edge;
    return element('span', {}, swatch, new Text(name));
  }
}
