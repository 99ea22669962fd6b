/** A table of any length: sorted, filtered, paused, selected and copied as the user likes. Follows the newest. */
import type { Panel, TablePanel } from '../../../kernel/protocol.ts';
import { element, setLabel } from '../dom.ts';
import { Frame } from '../frame.ts';
import type { PanelHost, PanelView } from '../panel.ts';
import { TableChoices } from './choices.ts';
import { ColumnWidths, longest } from './columns.ts';
import { Copier } from './copier.ts';
import { Foot } from './foot.ts';
import { Headings } from './headings.ts';
import { keyAction } from './keys.ts';
import { TableModel } from './model.ts';
import { ROWS_IN_VIEW, Rows } from './rows.ts';
import { Selection } from './selection.ts';
import { Toolbar } from './toolbar.ts';

const NOTHING: TablePanel = {
  id: '',
  kind: 'table',
  title: '',
  columns: [],
  rows: [],
  first: 0,
  total: 0,
  of: 'records',
};

export class TableView implements PanelView<TablePanel> {
  readonly element = element('section', { class: 'panel table' });
  #panel = NOTHING;
  #run: string | undefined;
  #disposed = false;
  #choices = new TableChoices();
  #widths = new ColumnWidths([]);
  #model = new TableModel();
  #selection = new Selection(this.#model);
  #problem: string | undefined;
  #frame = new Frame(() => this.#paint());
  #toolbar: Toolbar;
  #headings: Headings;
  #rows: Rows;
  #foot: Foot;
  #copier: Copier;

  constructor(private readonly host: PanelHost) {
    const choices = () => this.#choices;
    this.#toolbar = new Toolbar(choices, {
      searched: () => this.#filtered(),
      filters: open => this.#openFilters(open),
      columns: () => this.#makeColumns(),
      copies: () => this.#copier.offers,
      copyCell: () => this.#copier.copyCell(),
      copy: (format, of) => void this.#copier.copy(format, of),
    });
    this.#headings = new Headings(choices, {
      sorted: () => this.#sorted(),
      filtered: () => this.#filtered(),
      resized: () => this.#frame.request(),
      widthOf: column => this.#rows.widthOf(column),
      fittingWidth: column => {
        const characters = longest(this.#model.shown(), column, this.#panel.columns[column]!);
        return this.#rows.widthOfText(characters);
      },
    });
    this.#rows = new Rows(this.#model, this.#selection, choices, this.#headings, () => this.#paint());
    this.#foot = new Foot({
      newest: () => this.#followNewest(),
      pause: () => (this.#model.paused ? this.#resume() : this.#pause()),
    });
    this.#copier = new Copier(this.#model, this.#selection, choices, {
      whole: () => this.#whole(),
      say: text => this.#foot.say(text),
    });
    this.element.append(this.#toolbar.element, this.#rows.element, this.#foot.element);
    const box = this.#rows.element;
    box.addEventListener('mousedown', event => {
      // It would select the text between.
      if (event.shiftKey) event.preventDefault();
    });
    box.addEventListener('click', event => this.#clicked(event));
    box.addEventListener('keydown', event => this.#key(event));
    box.addEventListener('copy', event => this.#copier.answer(event));
  }

  update(panel: TablePanel): void {
    if (this.host.run !== this.#run) this.#begin(panel);
    this.#panel = panel;
    if (this.#choices.take(panel.columns) || this.#widths.columns !== this.#choices.columns) {
      this.#widths = new ColumnWidths(this.#choices.columns);
      this.#selection.forget();
      this.#makeColumns();
      this.#arrange();
    }
    this.#widths.measure(panel);
    this.#model.take(panel);
    this.#retain();
    this.#paint();
  }

  dispose(): void {
    this.#disposed = true;
    this.#frame.cancel();
    this.#rows.dispose();
    this.#foot.dispose();
  }

  /** Another run: nothing of its rows is known, all that was set stays. */
  #begin({ id }: Panel): void {
    this.#run = this.host.run;
    this.#choices = this.host.remembered(id, TableChoices);
    this.#model.clear();
    this.#selection.forget();
    this.#rows.following = true;
  }

  /** Records are followed while they are in the order in which they come. */
  get #follows(): boolean {
    return this.#panel.of === 'records' && !this.#model.sorted;
  }

  #retain(): void {
    if (this.#selection.ids.size > 0) this.#selection.retain(this.#model.holds);
  }

  #makeColumns(): void {
    this.#rows.makeColumns();
    this.#frame.request();
  }

  #paint(): void {
    const { title } = this.#panel;
    const model = this.#model;
    const empty = model.kept === 0;
    setLabel(this.#rows.table, title || 'rows');
    setLabel(this.#rows.element, title || 'rows');
    this.#toolbar.paint(title, empty);
    this.#rows.follows = this.#follows;
    this.#rows.paint(this.#widths.characters);
    this.#foot.paint({
      panel: this.#panel,
      totals: this.host.totals,
      model,
      selected: this.#selection.ids.size,
      problem: this.#problem,
      behindNewest: this.#follows && !this.#rows.following && model.length > ROWS_IN_VIEW,
      pausable: this.host.live && !empty,
    });
  }

  /** Sorts and filters as the user has set it. */
  #arrange(): void {
    const { test, search, problems } = this.#choices.filter();
    const compare = this.#choices.comparison();
    const began = !this.#model.arranged && !this.#model.paused;
    this.#model.arrange(test, compare);
    this.#rows.restart();
    this.#toolbar.paintProblem(search);
    this.#headings.paintProblems(problems);
    this.#problem = search ?? [...problems.values()][0];
    if (began && this.#model.arranged) void this.#takeWhole();
    this.#frame.request();
  }

  #filtered(): void {
    this.#selection.clear();
    this.#arrange();
  }

  #sorted(): void {
    this.#arrange();
    if (this.#model.sorted) this.#rows.element.scrollTop = 0;
  }

  #openFilters(open: boolean): void {
    this.#choices.filtersOpen = open;
    if (!open) this.#choices.filters.clear();
    this.#makeColumns();
    this.#filtered();
    if (open) this.#headings.focusFilter();
  }

  #followNewest(): void {
    this.#rows.following = true;
    this.#frame.request();
  }

  #pause(): void {
    this.#model.pause();
    // What is in view stays there when others are put before and behind it.
    this.#rows.following = false;
    void this.#takeWhole();
    this.#frame.request();
  }

  #resume(): void {
    this.#model.resume();
    this.#retain();
    this.#followNewest();
    if (this.#model.arranged) void this.#takeWhole();
  }

  /** At high rates not all records come here: those that the kernel keeps are fetched for who looks closer. */
  async #takeWhole(): Promise<void> {
    const whole = await this.#whole();
    if (!whole) return;
    // Where nothing that was in view is left.
    if (!this.#model.takeAll(whole)) this.#rows.following = true;
    this.#frame.request();
  }

  async #whole(): Promise<TablePanel | undefined> {
    const { id, of, rows, total } = this.#panel;
    if (of !== 'records' || rows.length >= total) return undefined;
    const run = this.#run;
    const whole = await this.host.whole(id);
    return whole?.kind === 'table' && !this.#disposed && run === this.#run ? whole : undefined;
  }

  #clicked(event: MouseEvent): void {
    const cell = this.#rows.cellAt(event.target);
    if (!cell) return;
    const { shiftKey: range, ctrlKey, metaKey } = event;
    // Text was selected with the mouse.
    if (!range && document.getSelection()?.isCollapsed === false) return;
    this.#selection.choose(cell.position, cell.place, { range, toggle: ctrlKey || metaKey });
    this.#frame.request();
  }

  #key(event: KeyboardEvent): void {
    if (event.target !== this.#rows.element) return;
    const action = keyAction(event, ROWS_IN_VIEW - 1);
    if (!action) return;
    const { active } = this.#selection;
    const at = active ? this.#model.positionOf(active.id) : -1;
    if (action === 'all') this.#selection.all();
    else if (action === 'clear') {
      // Escape leaves the output where there is nothing to clear.
      if (this.#selection.ids.size === 0) return;
      this.#selection.clear();
    } else if (typeof action === 'string') {
      if (at < 0) return;
      this.#selection.choose(at, active!.column, { range: false, toggle: action === 'toggle' });
    } else {
      const last = { row: this.#model.length - 1, column: this.#choices.visible.length - 1 };
      // The first key puts the focus on what is in view.
      const from = at < 0 ? this.#rows.firstInView() : at + action.move.rows;
      const position = Math.max(0, Math.min(from, last.row));
      const place = Math.max(
        0,
        Math.min((active?.column ?? 0) + (at < 0 ? 0 : action.move.columns), last.column),
      );
      this.#selection.move(position, place, action.range);
      this.#rows.reveal(position, place);
    }
    event.preventDefault();
    // The notebook has keys of its own.
    event.stopPropagation();
    this.#frame.request();
  }
}
