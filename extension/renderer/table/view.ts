/** A table of any length: only the rows in view are in the page. Follows the newest unless the user looks back. */
import { countedRows, isNumeric } from '../../../kernel/notebook/labels.ts';
import type { Column, TablePanel } from '../../../kernel/protocol.ts';
import { count } from '../../run/format.ts';
import { element, setText } from '../dom.ts';
import { Frame } from '../frame.ts';
import type { PanelView } from '../panel.ts';
import { groupsOf, nameInGroup } from './groups.ts';
import { stretching, TableModel, visibleRange } from './model.ts';

/** Pixels; the style sheet takes it from here. */
const ROW_HEIGHT = 22;
const ROWS_IN_VIEW = 12;
/** Pixels beside a cell's text. */
const PADDING = 25;

export class TableView implements PanelView<TablePanel> {
  readonly element = element('section', { class: 'panel table' });
  #model = new TableModel();
  #panel: TablePanel | undefined;
  #frame = new Frame(() => this.#paint());
  #following = true;
  #paintedFirst = 0;

  #title = element('h4', { class: 'title' });
  /** Headings of columns that belong together. */
  #groups = element('tr', { class: 'groups' });
  #head = element('tr');
  #columns = element('colgroup');
  #above = element('tbody', { class: 'space', attributes: { 'aria-hidden': 'true' } });
  #below = element('tbody', { class: 'space', attributes: { 'aria-hidden': 'true' } });
  #body = element('tbody');
  #table = element(
    'table',
    {},
    this.#columns,
    element('thead', {}, this.#groups, this.#head),
    this.#above,
    this.#body,
    this.#below,
  );
  #box = element('div', { class: 'rows', attributes: { tabindex: '0' } }, this.#table);
  #count = element('span', { class: 'count' });
  #newest = element('button', { class: 'button link', text: '↓ newest' });
  #pause = element('button', { class: 'button' });
  #foot = element('footer', { class: 'foot' }, this.#count, this.#newest, this.#pause);

  constructor() {
    this.element.append(this.#title, this.#box, this.#foot);
    this.#box.style.setProperty('--row-height', `${ROW_HEIGHT}px`);
    for (const space of [this.#above, this.#below]) space.append(element('tr'));
    this.#box.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    this.#newest.addEventListener('click', () => this.#follow());
    this.#pause.addEventListener('click', () => this.#togglePause());
  }

  update(panel: TablePanel): void {
    this.#panel = panel;
    setText(this.#title, panel.title);
    this.#title.hidden = panel.title === '';
    this.#table.setAttribute('aria-label', panel.title || 'rows');
    if (this.#model.take(panel)) this.#makeColumns();
    this.#paint();
  }

  dispose(): void {
    this.#frame.cancel();
  }

  /** Records are followed to their end; a map's table starts at its largest. */
  get #records(): boolean {
    return this.#panel?.of === 'records';
  }

  #makeColumns(): void {
    const { columns } = this.#model;
    this.#columns.replaceChildren(...columns.map(() => element('col')), element('col'));
    const names = columns.map(({ name, kind }) =>
      element('th', {
        text: nameInGroup(name),
        title: `${name}: ${kind}`,
        class: kind,
        attributes: { scope: 'col' },
      }),
    );
    for (const [index, name] of names.entries())
      name.classList.toggle('number', isNumeric(columns[index]!.kind));
    this.#head.replaceChildren(
      ...names,
      element('th', { class: 'rest', attributes: { 'aria-hidden': 'true' } }),
    );
    this.#makeGroups(columns);
    this.#body.replaceChildren();
  }

  #makeGroups(columns: Column[]): void {
    const groups = groupsOf(columns);
    this.#groups.hidden = groups === undefined;
    this.#groups.replaceChildren(
      ...(groups ?? []).map(({ name, columns: span }) =>
        element('th', { text: name, title: name, attributes: { scope: 'colgroup', colspan: String(span) } }),
      ),
    );
    const headings = groups ? 2 : 1;
    this.#box.style.maxHeight = `${(ROWS_IN_VIEW + headings) * ROW_HEIGHT + 2}px`;
  }

  #paint(): void {
    const { rows, first, widths } = this.#model;
    this.#paintWidths(widths);
    // While the user looks back, the rows in view stay where they are when older ones leave.
    const gone = first - this.#paintedFirst;
    this.#paintedFirst = first;
    const height = rows.length * ROW_HEIGHT;
    const view = Math.min(rows.length, ROWS_IN_VIEW) * ROW_HEIGHT;
    const follows = this.#following && this.#records;
    const position = follows ? height - view : this.#box.scrollTop - (this.#records ? gone * ROW_HEIGHT : 0);
    const top = Math.max(0, Math.min(position, height - view));
    const { start, end } = visibleRange(top, view, ROW_HEIGHT, rows.length);
    this.#space(this.#above, start);
    this.#space(this.#below, rows.length - end);
    this.#fill(start, end);
    if (Math.abs(this.#box.scrollTop - top) >= 1) this.#box.scrollTop = top;
    this.#paintFoot();
  }

  /** One column takes what is left of the line: see {@link stretching}. */
  #paintWidths(widths: number[]): void {
    const sizes = widths.map(width => `${width}ch + ${PADDING}px`);
    const rest = stretching(this.#model.columns);
    this.#table.style.minWidth = `calc(${sizes.join(' + ') || '0px'})`;
    for (const [index, size] of [...sizes, '0px'].entries())
      (this.#columns.children[index] as HTMLElement).style.width = index === rest ? 'auto' : `calc(${size})`;
  }

  #space(space: HTMLElement, rows: number): void {
    (space.firstElementChild as HTMLElement).style.height = `${rows * ROW_HEIGHT}px`;
    space.hidden = rows === 0;
  }

  /** Rows and cells already in the page are written over. */
  #fill(start: number, end: number): void {
    const { columns, first } = this.#model;
    while (this.#body.rows.length > end - start) this.#body.deleteRow(-1);
    while (this.#body.rows.length < end - start) this.#body.append(this.#makeRow());
    for (let index = start; index < end; index++) {
      const row = this.#body.rows[index - start]!;
      row.classList.toggle('odd', (first + index) % 2 === 1);
      for (let column = 0; column < columns.length; column++) {
        const cell = row.cells[column]!;
        setText(cell, this.#model.text(index, column));
        cell.title = this.#model.title(index, column);
      }
    }
    this.#table.setAttribute('aria-rowcount', String(this.#model.total));
  }

  #makeRow(): HTMLTableRowElement {
    const cells = this.#model.columns.map(({ kind }) =>
      element('td', { class: isNumeric(kind) ? `number ${kind}` : kind }),
    );
    return element(
      'tr',
      {},
      ...cells,
      element('td', { class: 'rest', attributes: { 'aria-hidden': 'true' } }),
    );
  }

  #paintFoot(): void {
    const { rows, total, paused, behind } = this.#model;
    const kept = rows.length < total ? `${this.#records ? 'newest ' : ''}${count(rows.length)} of ` : '';
    const all = `${kept}${this.#panel ? countedRows({ ...this.#panel, total }, count) : ''}`;
    setText(this.#count, paused ? `paused, ${count(behind)} more since` : all);
    const long = rows.length > ROWS_IN_VIEW;
    this.#newest.hidden = !this.#records || this.#following || paused;
    this.#pause.hidden = !paused && !(this.#records && long);
    setText(this.#pause, paused ? 'Resume' : 'Pause');
  }

  #scrolled(): void {
    const { scrollTop, clientHeight, scrollHeight } = this.#box;
    this.#following = scrollTop + clientHeight >= scrollHeight - ROW_HEIGHT / 2;
    this.#frame.request();
  }

  #follow(): void {
    this.#following = true;
    this.#frame.request();
  }

  #togglePause(): void {
    if (this.#model.paused) {
      this.#model.resume();
      this.#following = true;
      if (this.#panel) this.#model.take(this.#panel);
    } else this.#model.pause();
    this.#frame.request();
  }
}
