/** The headings: sorting, resizing, and the line of column filters. */
import { isNumeric, visibleLine } from '../../../kernel/notebook/index.ts';
import type { Column } from '../../../kernel/protocol.ts';
import { element } from '../dom.ts';
import type { TableChoices } from './choices.ts';
import { sortsAfterClick } from './compare.ts';
import { NUMBER_HINT, TEXT_HINT } from './filter.ts';
import { groupsOf, nameInGroup } from './groups.ts';

/** Pixels. */
const NARROWEST = 32;
const STEP = 16;

export interface HeadingListener {
  /** The user has sorted. */
  sorted(): void;
  /** The user has filtered by columns. */
  filtered(): void;
  /** The user has drawn a column. */
  resized(): void;
  /** Pixels that a column takes now. */
  widthOf(column: number): number;
  /** Pixels that fit all that a column shows. */
  fittingWidth(column: number): number;
}

export class Headings {
  readonly element = element('thead');
  #groups = element('tr', { class: 'groups' });
  #names = element('tr', { class: 'names' });
  #filters = element('tr', { class: 'filters' });
  #buttons: HTMLButtonElement[] = [];
  #inputs = new Map<number, HTMLInputElement>();

  constructor(
    private readonly choices: () => TableChoices,
    private readonly listener: HeadingListener,
  ) {
    this.element.append(this.#groups, this.#names, this.#filters);
    this.#names.addEventListener('keydown', event => this.#key(event));
    // In the fields, keys are for text and not for the notebook.
    this.#filters.addEventListener('keydown', event => event.stopPropagation());
  }

  /** Lines of headings that are there. */
  get lines(): number {
    return [this.#groups, this.#names, this.#filters].filter(({ hidden }) => !hidden).length;
  }

  /** Makes all of them anew: the columns are others, or others are hidden. */
  make(): void {
    const { columns, visible, filtersOpen } = this.choices();
    const shown = visible.map(index => columns[index]!);
    const groups = groupsOf(shown);
    this.#groups.hidden = groups === undefined;
    this.#groups.replaceChildren(
      ...(groups ?? []).map(({ name, columns: span }) =>
        element('th', {
          text: visibleLine(name),
          title: visibleLine(name),
          attributes: { scope: 'colgroup', colspan: String(span) },
        }),
      ),
    );
    this.#buttons = [];
    this.#inputs.clear();
    this.#names.replaceChildren(...visible.map(index => this.#name(index, columns[index]!)), rest());
    this.#filters.hidden = !filtersOpen;
    this.#filters.replaceChildren(
      ...(filtersOpen ? [...visible.map(index => this.#filter(index, columns[index]!)), rest()] : []),
    );
    this.#buttons[0]?.setAttribute('tabindex', '0');
    this.paint();
  }

  /** Shows what is sorted. */
  paint(): void {
    const { sorts, visible } = this.choices();
    for (const [place, index] of visible.entries()) {
      const at = sorts.findIndex(({ column }) => column === index);
      const descending = sorts[at]?.descending;
      const [order, arrow] = at < 0 ? ['none', ''] : descending ? ['descending', '▼'] : ['ascending', '▲'];
      const heading = this.#names.cells[place]!;
      heading.setAttribute('aria-sort', order);
      heading.querySelector('.arrow')!.textContent =
        sorts.length > 1 && at >= 0 ? `${arrow}${at + 1}` : arrow;
    }
  }

  /** Says what is wrong with the filters. */
  paintProblems(problems: Map<number, string>): void {
    for (const [column, input] of this.#inputs) showProblem(input, problems.get(column));
  }

  focusFilter(): void {
    this.#inputs.values().next().value?.focus();
  }

  #name(index: number, { name, kind }: Column): HTMLElement {
    const button = element(
      'button',
      {
        title: `${visibleLine(name)}: ${kind}\nClick to sort, with Shift as a further key. Alt+← and Alt+→ resize, Alt+Enter fits.`,
        attributes: { type: 'button', tabindex: '-1' },
      },
      element('span', { class: 'name', text: visibleLine(nameInGroup(name)) }),
      element('span', { class: 'arrow', attributes: { 'aria-hidden': 'true' } }),
    );
    this.#buttons.push(button);
    button.addEventListener('click', event => this.#sort(index, event.shiftKey));
    button.addEventListener('focus', () => {
      for (const other of this.#buttons) other.setAttribute('tabindex', other === button ? '0' : '-1');
    });
    return element(
      'th',
      { class: isNumeric(kind) ? `number ${kind}` : kind, attributes: { scope: 'col', 'aria-sort': 'none' } },
      button,
      this.#edge(index),
    );
  }

  #filter(index: number, { name, kind }: Column): HTMLElement {
    const hint = isNumeric(kind) ? NUMBER_HINT : TEXT_HINT;
    const input = element('input', {
      title: hint,
      attributes: {
        type: 'text',
        spellcheck: 'false',
        placeholder: isNumeric(kind) ? '>0' : 'text',
        'aria-label': `Filter ${visibleLine(name)}: ${hint}`,
      },
    });
    input.dataset['hint'] = hint;
    input.value = this.choices().filters.get(index) ?? '';
    input.addEventListener('input', () => {
      const { filters } = this.choices();
      if (input.value.trim()) filters.set(index, input.value);
      else filters.delete(index);
      this.listener.filtered();
    });
    this.#inputs.set(index, input);
    return element('th', {}, input);
  }

  #sort(column: number, beside: boolean): void {
    const choices = this.choices();
    choices.sorts = sortsAfterClick(choices.sorts, column, beside);
    this.paint();
    this.listener.sorted();
  }

  /** The right edge, to draw with the mouse; keys do it from the heading itself. */
  #edge(index: number): HTMLElement {
    const edge = element('span', { class: 'edge', attributes: { 'aria-hidden': 'true' } });
    edge.addEventListener('pointerdown', event => {
      event.preventDefault();
      edge.setPointerCapture(event.pointerId);
      const [start, width] = [event.clientX, this.listener.widthOf(index)];
      const draw = ({ clientX }: PointerEvent) => this.#resize(index, width + clientX - start);
      edge.addEventListener('pointermove', draw);
      edge.addEventListener('lostpointercapture', () => edge.removeEventListener('pointermove', draw), {
        once: true,
      });
    });
    edge.addEventListener('dblclick', () => this.#resize(index, this.listener.fittingWidth(index)));
    return edge;
  }

  #resize(column: number, width: number): void {
    this.choices().widths.set(column, Math.max(NARROWEST, Math.round(width)));
    this.listener.resized();
  }

  #key(event: KeyboardEvent): void {
    const at = this.#buttons.indexOf(event.target as HTMLButtonElement);
    const column = this.choices().visible[at];
    if (column === undefined) return;
    const key = `${event.altKey ? 'Alt+' : ''}${event.key}`;
    const width = () => this.listener.widthOf(column);
    const actions: { [key: string]: () => void } = {
      ArrowLeft: () => this.#buttons[at - 1]?.focus(),
      ArrowRight: () => this.#buttons[at + 1]?.focus(),
      'Alt+ArrowLeft': () => this.#resize(column, width() - STEP),
      'Alt+ArrowRight': () => this.#resize(column, width() + STEP),
      'Alt+Enter': () => this.#resize(column, this.listener.fittingWidth(column)),
    };
    const action = actions[key];
    if (action) {
      event.preventDefault();
      action();
    }
    // The notebook has keys of its own; Tab and Escape leave.
    if (action || event.key === 'Enter' || event.key === ' ') event.stopPropagation();
  }
}

/** The empty column that takes what is left of the line. */
const rest = () => element('th', { class: 'rest', attributes: { 'aria-hidden': 'true' } });

/** A field that cannot be used as it is says why. */
export function showProblem(input: HTMLInputElement, problem: string | undefined): void {
  input.setAttribute('aria-invalid', String(problem !== undefined));
  input.title = problem ?? input.dataset['hint'] ?? '';
}
