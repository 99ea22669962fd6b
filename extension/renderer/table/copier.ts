/** Copying: a cell, the selected rows, or all that are shown; without the columns that are hidden. */
import type { TablePanel, Value } from '../../../kernel/protocol.ts';
import { count } from '../../run/format.ts';
import type { TableChoices } from './choices.ts';
import { COPY_FORMATS, type CopyFormat, exactText } from './copying.ts';
import type { TableModel } from './model.ts';
import type { Selection } from './selection.ts';

export interface CopierHost {
  /** All rows that the kernel keeps; undefined where all of them are here. */
  whole(): Promise<TablePanel | undefined>;
  /** Tells the user. */
  say(text: string): void;
}

export class Copier {
  constructor(
    private readonly model: TableModel,
    private readonly selection: Selection,
    private readonly choices: () => TableChoices,
    private readonly host: CopierHost,
  ) {}

  /** What there is to copy now. */
  get offers(): { cell: boolean; selected: number; all: string } {
    const { length, filtered } = this.model;
    return {
      cell: this.#cell() !== undefined,
      selected: this.selection.chosen().length,
      all: filtered ? `All that match (${count(length)})` : 'All rows kept',
    };
  }

  copyCell(): void {
    const text = this.#cell();
    if (text !== undefined) void this.#write(text, 'Copied the cell');
  }

  async copy(format: CopyFormat, of: 'selected' | 'all'): Promise<void> {
    const rows = of === 'selected' ? this.#selected() : await this.#all();
    const noun = rows.length === 1 ? 'row' : 'rows';
    await this.#write(this.#textOf(rows, format), `Copied ${count(rows.length)} ${noun} as ${format}`);
  }

  /** The browser's own copying: the selected rows for a spreadsheet, else the cell; text that was marked as it is. */
  answer(event: ClipboardEvent): void {
    if (document.getSelection()?.isCollapsed === false) return;
    const rows = this.#selected();
    const text = rows.length > 0 ? this.#textOf(rows, 'TSV') : this.#cell();
    if (text === undefined) return;
    event.clipboardData?.setData('text/plain', text);
    event.preventDefault();
  }

  /** The cell that has the focus, as exact text. */
  #cell(): string | undefined {
    const { active } = this.selection;
    const { columns, visible } = this.choices();
    const index = visible[active?.column ?? -1];
    const row = active && this.model.row(this.model.positionOf(active.id));
    return row && index !== undefined ? exactText(row.cells[index] ?? null, columns[index]!.kind) : undefined;
  }

  #selected(): Value[][] {
    return this.selection.chosen().map(({ cells }) => cells);
  }

  /** Of rows that come and go, all that are kept; else those that are shown. */
  async #all(): Promise<Value[][]> {
    const here = this.model.shown().map(({ cells }) => cells);
    if (this.model.arranged || this.model.paused) return here;
    return (await this.host.whole())?.rows ?? here;
  }

  #textOf(rows: readonly Value[][], format: CopyFormat): string {
    const { columns, visible } = this.choices();
    return COPY_FORMATS[format](
      visible.map(index => columns[index]!),
      rows.map(row => visible.map(index => row[index] ?? null)),
    );
  }

  async #write(text: string, done: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.host.say(done);
    } catch (error) {
      const why = (error as Error).message;
      this.host.say(`The browser did not allow copying (${why}). Select rows and press Ctrl+C.`);
    }
  }
}
