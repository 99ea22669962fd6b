/** Text as bpftrace prints it: the newest lines, following the end. Folded where it only repeats a table. */
import { visible } from '../../kernel/notebook/index.ts';
import type { TextPanel } from '../../kernel/protocol.ts';
import { count } from '../run/format.ts';
import { element, setLabel, setText } from './dom.ts';
import type { PanelView } from './panel.ts';

/** Lines in the page; the run keeps more. */
const SHOWN_LINES = 1000;

export class TextView implements PanelView<TextPanel> {
  readonly element = element('details', { class: 'panel text' });
  #title = element('summary', { class: 'title' });
  #lines = element('pre', { class: 'lines', attributes: { tabindex: '0' } });
  #foot = element('footer', { class: 'foot' });
  #panel: TextPanel | undefined;
  /** The lines that are in the page, up to which. */
  #drawn: string[] | undefined;
  #end = 0;
  /** The user has folded or unfolded it: from then on it stays so. */
  #chosen = false;

  constructor() {
    this.element.append(this.#title, this.#lines, this.#foot);
    this.#title.addEventListener('click', () => {
      this.#chosen = true;
    });
    this.element.addEventListener('toggle', () => this.#paint());
  }

  update(panel: TextPanel, repeats: boolean): void {
    this.#panel = panel;
    const { title, stream, total } = panel;
    setText(this.#title, `${title || stream} (${count(total)} ${total === 1 ? 'line' : 'lines'})`);
    this.#title.hidden = !repeats;
    // Without its title nobody could unfold it.
    if (!repeats || !this.#chosen) this.element.open = !repeats;
    setLabel(this.element, title || stream);
    this.#lines.classList.toggle('stderr', stream === 'stderr');
    this.#paint();
  }

  dispose(): void {}

  #paint(): void {
    if (!this.#panel || !this.element.open) return;
    const { lines, first, total } = this.#panel;
    const box = this.#lines;
    const follows = box.scrollTop + box.clientHeight >= box.scrollHeight - 4;
    this.#show(lines, first);
    if (follows) box.scrollTop = box.scrollHeight;
    const shown = Math.min(lines.length, SHOWN_LINES);
    this.#foot.hidden = shown >= total;
    setText(this.#foot, `newest ${count(shown)} of ${count(total)} lines`);
  }

  /** A text node for each line; those that stay as they are keep what is selected in them. */
  #show(lines: string[], first: number): void {
    const end = first + lines.length;
    const start = Math.max(first, end - SHOWN_LINES);
    const nodes = this.#lines.childNodes as NodeListOf<Text>;
    const text = (index: number) => `${visible(lines[index - first]!)}\n`;
    // A log grows in place; a map's text comes anew.
    const grows = lines === this.#drawn && this.#end >= start && this.#end <= end;
    if (!grows)
      for (const [i, node] of [...nodes].entries()) {
        if (start + i >= end) node.remove();
        else if (node.data !== text(start + i)) node.data = text(start + i);
      }
    for (let index = grows ? this.#end : start + nodes.length; index < end; index++)
      this.#lines.append(text(index));
    while (nodes.length > SHOWN_LINES) nodes[0]!.remove();
    this.#drawn = lines;
    this.#end = end;
  }
}
