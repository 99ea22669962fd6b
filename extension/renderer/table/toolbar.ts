/** The line above a table: its title, the search, which columns there are, and copying. */
import { visibleLine } from '../../../kernel/notebook/index.ts';
import { count } from '../../run/format.ts';
import { element, setText } from '../dom.ts';
import type { TableChoices } from './choices.ts';
import type { CopyFormat } from './copying.ts';
import { showProblem } from './headings.ts';
import { MenuButton, type MenuSection } from './menu.ts';

const SEARCH_HINT = 'Rows with this text in any column, or /regular expression/i';
const FORMATS: CopyFormat[] = ['CSV', 'TSV', 'JSON'];

export interface ToolbarListener {
  searched(): void;
  /** The line of column filters opens or closes. */
  filters(open: boolean): void;
  /** Other columns are hidden, or all have their own widths again. */
  columns(): void;
  /** What can be copied now. */
  copies(): { cell: boolean; selected: number; all: string };
  copyCell(): void;
  copy(format: CopyFormat, of: 'selected' | 'all'): void;
}

export class Toolbar {
  readonly #title = element('h4', { class: 'title' });
  readonly #search = element('input', {
    class: 'search',
    title: SEARCH_HINT,
    attributes: {
      type: 'search',
      placeholder: 'Filter rows',
      'aria-label': SEARCH_HINT,
      spellcheck: 'false',
    },
  });
  readonly #filters = element('button', {
    class: 'tool',
    text: 'By column',
    title: 'A filter for each column',
    attributes: { type: 'button', 'aria-pressed': 'false' },
  });
  readonly #tools: HTMLElement;
  readonly element: HTMLElement;

  constructor(
    private readonly choices: () => TableChoices,
    private readonly listener: ToolbarListener,
  ) {
    const columns = new MenuButton('Columns', 'Which columns are shown', () => this.#columnSections());
    const copy = new MenuButton('Copy', 'Copy a cell or rows', () => this.#copySections());
    this.#tools = element(
      'div',
      { class: 'tools', attributes: { role: 'toolbar', 'aria-label': 'Table' } },
      this.#search,
      this.#filters,
      ...columns.elements,
      ...copy.elements,
    );
    this.element = element('div', { class: 'toolbar' }, this.#title, this.#tools);
    this.#search.dataset['hint'] = SEARCH_HINT;
    this.#search.addEventListener('input', () => {
      this.choices().search = this.#search.value;
      this.listener.searched();
    });
    this.#search.addEventListener('keydown', event => event.stopPropagation());
    this.#filters.addEventListener('click', () => this.listener.filters(!this.choices().filtersOpen));
  }

  /** `empty`: there is nothing to search or copy. */
  paint(title: string, empty: boolean): void {
    setText(this.#title, visibleLine(title));
    this.#tools.hidden = empty;
    this.element.hidden = empty && title === '';
    const { search, filtersOpen } = this.choices();
    if (this.#search.value !== search) this.#search.value = search;
    this.#filters.setAttribute('aria-pressed', String(filtersOpen));
  }

  paintProblem(problem: string | undefined): void {
    showProblem(this.#search, problem);
  }

  #columnSections(): MenuSection[] {
    const { columns, hidden, visible, widths } = this.choices();
    const items = columns.map(({ name }, index) => ({
      text: visibleLine(name),
      checked: !hidden.has(index),
      // One stays, or there is nothing left to see.
      disabled: visible.length === 1 && visible[0] === index,
      run: () => {
        if (!hidden.delete(index)) hidden.add(index);
        this.listener.columns();
      },
    }));
    const all = {
      text: 'Show all columns',
      disabled: hidden.size === 0,
      run: () => {
        hidden.clear();
        this.listener.columns();
      },
    };
    const own = {
      text: 'Automatic widths',
      disabled: widths.size === 0,
      run: () => {
        widths.clear();
        this.listener.columns();
      },
    };
    return [{ items }, { title: 'Reset', items: [all, own] }];
  }

  #copySections(): MenuSection[] {
    const { cell, selected, all } = this.listener.copies();
    const formats = (of: 'selected' | 'all', disabled: boolean) =>
      FORMATS.map(format => ({ text: format, disabled, run: () => this.listener.copy(format, of) }));
    return [
      { items: [{ text: 'Cell', disabled: !cell, run: () => this.listener.copyCell() }] },
      {
        title: selected === 1 ? '1 selected row' : `${count(selected)} selected rows`,
        items: formats('selected', selected === 0),
      },
      { title: all, items: formats('all', false) },
    ];
  }
}
