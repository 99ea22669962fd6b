/** The part of a flame graph that is in sight: its rows, how high they are, and what is where. */
import type { FlameNode } from '../../../kernel/notebook/flame.ts';
import { element } from '../dom.ts';
import { type Box, boxAt, layoutFlame } from './layout.ts';
import { type Picture, paint, ROW_HEIGHT } from './paint.ts';

const ROWS_IN_VIEW = 25;

export class Viewport {
  readonly canvas = element('canvas');
  #space = element('div', { class: 'space' }, this.canvas);
  readonly element = element(
    'div',
    {
      class: 'graph',
      attributes: { tabindex: '0', role: 'application', 'aria-roledescription': 'flame graph' },
    },
    this.#space,
  );
  rows: Box[][] = [];
  /** The outermost frame is at the bottom; else on top. */
  flames = true;
  /** Pixels of all rows; the most there were since `shrink`, so that what is below stays in its place. */
  #height = 0;
  #laidHeight = 0;
  #width = 0;

  /** Places the boxes anew. */
  lay(zoomed: FlameNode): void {
    this.#width = this.element.clientWidth;
    this.rows = layoutFlame(zoomed, this.#width);
    this.#resize(this.rows.length * ROW_HEIGHT);
    // A scroll bar may just have come, or gone.
    if (this.element.clientWidth === this.#width) return;
    this.#width = this.element.clientWidth;
    this.rows = layoutFlame(zoomed, this.#width);
  }

  paint(picture: Omit<Picture, 'rows' | 'top'>): void {
    const { scrollTop, clientHeight } = this.element;
    const top = (row: number) => this.#top(row) - scrollTop;
    paint(this.canvas, this.#width, clientHeight, { ...picture, rows: this.rows, top });
  }

  /** When it is laid out next, it may take less room. */
  shrink(): void {
    this.#height = 0;
  }

  turn(flames: boolean): void {
    this.flames = flames;
    this.element.scrollTop = flames ? this.#laidHeight : 0;
  }

  boxUnder({ offsetX, offsetY }: MouseEvent): Box | undefined {
    const y = offsetY + this.element.scrollTop;
    const row = Math.floor((this.flames ? this.#height - 1 - y : y) / ROW_HEIGHT);
    return boxAt(this.rows, row, offsetX);
  }

  /** Scrolls to a box. Answers where in the window its lower left corner is. */
  reveal({ row, x }: Box): { x: number; y: number } {
    const top = this.#top(row);
    const { scrollTop, clientHeight } = this.element;
    if (top < scrollTop) this.element.scrollTop = top;
    else if (top + ROW_HEIGHT > scrollTop + clientHeight)
      this.element.scrollTop = top + ROW_HEIGHT - clientHeight;
    const { left, top: edge } = this.element.getBoundingClientRect();
    return { x: left + x, y: edge + top + ROW_HEIGHT - this.element.scrollTop };
  }

  #top(row: number): number {
    return this.flames ? this.#height - (row + 1) * ROW_HEIGHT : row * ROW_HEIGHT;
  }

  /** What stands at the bottom stays there. */
  #resize(needed: number): void {
    const fromEnd = this.#laidHeight - this.element.scrollTop;
    this.#height = Math.max(this.#height, needed);
    const height = this.#height;
    if (height === this.#laidHeight) return;
    this.#laidHeight = height;
    this.#space.style.height = `${height}px`;
    this.element.style.height = `${Math.min(height, ROWS_IN_VIEW * ROW_HEIGHT)}px`;
    if (this.flames) this.element.scrollTop = height - fromEnd;
  }
}
