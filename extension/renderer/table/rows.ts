/** The rows in view, of however many: only they are in the page, between two spaces as high as all others. */
import { cellText, isNumeric, visible } from '../../../kernel/notebook/index.ts';
import type { Column, Value } from '../../../kernel/protocol.ts';
import { element, setText } from '../dom.ts';
import { Frame } from '../frame.ts';
import type { TableChoices } from './choices.ts';
import { stretching } from './columns.ts';
import type { Headings } from './headings.ts';
import type { TableModel } from './model.ts';
import type { Selection } from './selection.ts';

/** Pixels; the style sheet takes it from here. */
export const ROW_HEIGHT = 22;
export const ROWS_IN_VIEW = 12;
/** Pixels beside a cell's text. */
export const PADDING = 25;
/** Characters that fit into most columns. */
const FITS = 24;

let tables = 0;

export class Rows {
  /** Follows the newest. */
  following = true;
  /** Records are followed to their end; a map's table starts at its largest. */
  follows = false;
  readonly #name = `table-${++tables}`;
  #frame = new Frame(() => this.onScroll());
  #paintedFirst = 0;
  #top = 0;

  #columns = element('colgroup');
  #above = element('tbody', { class: 'space', attributes: { 'aria-hidden': 'true' } });
  #below = element('tbody', { class: 'space', attributes: { 'aria-hidden': 'true' } });
  #body = element('tbody', { class: 'body' });
  readonly table: HTMLTableElement;
  readonly element: HTMLElement;

  constructor(
    private readonly model: TableModel,
    private readonly selection: Selection,
    private readonly choices: () => TableChoices,
    private readonly headings: Headings,
    private readonly onScroll: () => void,
  ) {
    for (const space of [this.#above, this.#below]) space.append(element('tr'));
    this.table = element(
      'table',
      { attributes: { role: 'grid', 'aria-multiselectable': 'true' } },
      this.#columns,
      headings.element,
      this.#above,
      this.#body,
      this.#below,
    );
    this.element = element('div', { class: 'rows', attributes: { tabindex: '0' } }, this.table);
    this.element.style.setProperty('--row-height', `${ROW_HEIGHT}px`);
    this.element.addEventListener('scroll', () => this.#scrolled(), { passive: true });
  }

  dispose(): void {
    this.#frame.cancel();
  }

  /** The columns are others, or others are hidden. */
  makeColumns(): void {
    const { visible } = this.choices();
    this.#columns.replaceChildren(...visible.map(() => element('col')), element('col'));
    this.#body.replaceChildren();
    this.table.setAttribute('aria-colcount', String(visible.length));
    this.headings.make();
  }

  /** The rows are others from here on: none of those in view stays where it is. */
  restart(): void {
    this.#paintedFirst = this.model.first;
  }

  firstInView(): number {
    return Math.ceil(this.element.scrollTop / ROW_HEIGHT);
  }

  /** `characters`: what each column needs. */
  paint(characters: readonly number[]): void {
    const { length, first } = this.model;
    this.#paintWidths(characters);
    const height = length * ROW_HEIGHT;
    const view = Math.min(length, ROWS_IN_VIEW) * ROW_HEIGHT;
    this.element.style.maxHeight = `${(ROWS_IN_VIEW + this.headings.lines) * ROW_HEIGHT + 2}px`;
    // While the user looks back, the rows in view stay where they are when older ones leave.
    const gone = (first - this.#paintedFirst) * ROW_HEIGHT;
    this.#paintedFirst = first;
    const position = this.following && this.follows ? height - view : this.element.scrollTop - gone;
    const top = Math.max(0, Math.min(position, height - view));
    const { start, end } = visibleRange(top, view, ROW_HEIGHT, length);
    setSpace(this.#above, start);
    setSpace(this.#below, length - end);
    this.#fill(start, end);
    if (Math.abs(this.element.scrollTop - top) >= 1) this.element.scrollTop = top;
    this.#top = this.element.scrollTop;
    this.table.setAttribute('aria-rowcount', String(length + this.headings.lines));
  }

  /** Scrolls as little as brings a cell into view. */
  reveal(position: number, place: number): void {
    const [top, view] = [position * ROW_HEIGHT, Math.min(this.model.length, ROWS_IN_VIEW) * ROW_HEIGHT];
    const box = this.element;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + ROW_HEIGHT > box.scrollTop + view) box.scrollTop = top + ROW_HEIGHT - view;
    this.following = this.#atEnd();
    const column = this.headings.element.querySelectorAll<HTMLElement>('.names th')[place];
    if (!column) return;
    const { offsetLeft: left, offsetWidth: width } = column;
    if (left < box.scrollLeft) box.scrollLeft = left;
    else if (left + width > box.scrollLeft + box.clientWidth)
      box.scrollLeft = Math.min(left, left + width - box.clientWidth);
  }

  /** The cell that was hit: its row among those shown, its place among the columns shown. */
  cellAt(target: EventTarget | null): { position: number; place: number } | undefined {
    const cell = (target as Element).closest?.<HTMLTableCellElement>('td');
    const row = cell?.parentElement as HTMLTableRowElement | null | undefined;
    if (!cell || row?.parentElement !== this.#body) return undefined;
    const last = this.choices().visible.length - 1;
    return { position: Number(row.dataset['position']), place: Math.min(cell.cellIndex, last) };
  }

  widthOf(column: number): number {
    const place = this.choices().visible.indexOf(column);
    return this.headings.element.querySelectorAll<HTMLElement>('.names th')[place]?.offsetWidth ?? 0;
  }

  /** Pixels that so many characters of a cell take. */
  widthOfText(characters: number): number {
    const probe = element('span', { class: 'probe', text: '0'.repeat(100) });
    this.table.parentElement!.append(probe);
    const { width } = probe.getBoundingClientRect();
    probe.remove();
    return Math.ceil((width / 100) * characters) + PADDING;
  }

  /** One column takes what is left of the line: see {@link stretching}; none where the user has drawn it. */
  #paintWidths(characters: readonly number[]): void {
    const { columns, visible, widths } = this.choices();
    const sizes = visible.map(index => {
      const drawn = widths.get(index);
      return drawn === undefined ? `${characters[index]}ch + ${PADDING}px` : `${drawn}px`;
    });
    const shown = visible.map(index => columns[index]!);
    const stretched = stretching(shown);
    const rest = widths.has(visible[stretched] ?? -1) ? visible.length : stretched;
    setStyle(this.table, 'min-width', `calc(${sizes.join(' + ') || '0px'})`);
    for (const [place, size] of [...sizes, '0px'].entries())
      setStyle(
        this.#columns.children[place] as HTMLElement,
        'width',
        place === rest ? 'auto' : `calc(${size})`,
      );
  }

  /** Rows and cells already in the page are written over. */
  #fill(start: number, end: number): void {
    const { columns, visible } = this.choices();
    while (this.#body.rows.length > end - start) this.#body.deleteRow(-1);
    while (this.#body.rows.length < end - start) this.#body.append(this.#makeRow());
    const { active, ids } = this.selection;
    let focused: string | undefined;
    for (let position = start; position < end; position++) {
      const row = this.#body.rows[position - start]!;
      const { id, cells } = this.model.row(position)!;
      row.dataset['position'] = String(position);
      row.setAttribute('aria-rowindex', String(position + this.headings.lines + 1));
      row.setAttribute('aria-selected', String(ids.has(id)));
      row.classList.toggle('odd', (this.model.first + position) % 2 === 1);
      for (const [place, index] of visible.entries()) {
        const cell = row.cells[place]!;
        const isActive = active?.id === id && active.column === place;
        paintCell(cell, cells[index] ?? null, columns[index]!);
        cell.classList.toggle('active', isActive);
        if (isActive) focused = cell.id = `${this.#name}-active`;
        else if (cell.id) cell.removeAttribute('id');
      }
    }
    if (focused) this.element.setAttribute('aria-activedescendant', focused);
    else this.element.removeAttribute('aria-activedescendant');
  }

  #makeRow(): HTMLTableRowElement {
    const { columns, visible } = this.choices();
    const cells = visible.map(index => {
      const { kind } = columns[index]!;
      return element('td', {
        class: isNumeric(kind) ? `number ${kind}` : kind,
        attributes: { role: 'gridcell' },
      });
    });
    const rest = element('td', { class: 'rest', attributes: { 'aria-hidden': 'true' } });
    return element('tr', {}, ...cells, rest);
  }

  #atEnd(): boolean {
    const { scrollTop, clientHeight, scrollHeight } = this.element;
    return scrollTop + clientHeight >= scrollHeight - ROW_HEIGHT / 2;
  }

  #scrolled(): void {
    // Sideways, or by painting itself.
    if (Math.abs(this.element.scrollTop - this.#top) < 1) return;
    this.following = this.#atEnd();
    this.#frame.request();
  }
}

function paintCell(cell: HTMLElement, value: Value, { kind }: Column): void {
  const text = cellText(value, kind);
  setText(cell, text);
  cell.classList.toggle('none', value === null);
  // What may not fit; of a stack the frames, line by line.
  const title = kind === 'stack' ? visible(String(value ?? '')) : text.length > FITS ? text : '';
  if (cell.title !== title) cell.title = title;
}

function setSpace(space: HTMLElement, rows: number): void {
  setStyle(space.firstElementChild as HTMLElement, 'height', `${rows * ROW_HEIGHT}px`);
  space.hidden = rows === 0;
}

function setStyle(node: HTMLElement, name: string, value: string): void {
  if (node.style.getPropertyValue(name) !== value) node.style.setProperty(name, value);
}

/** The rows to have in the page for a scroll position: those in view and a few around them. */
export function visibleRange(
  scrollTop: number,
  viewHeight: number,
  rowHeight: number,
  rows: number,
  around = 6,
): { start: number; end: number } {
  const start = Math.max(0, Math.floor(scrollTop / rowHeight) - around);
  const end = Math.min(rows, Math.ceil((scrollTop + viewHeight) / rowHeight) + around);
  return { start: Math.min(start, end), end };
}
