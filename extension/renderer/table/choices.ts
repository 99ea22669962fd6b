/** What the user has set of a table: it outlives the view, and the run, while the columns stay the same. Pure. */
import type { Column } from '../../../kernel/protocol.ts';
import { sameColumns } from './columns.ts';
import { rowComparison, type Sort } from './compare.ts';
import { columnFilter, type RowTest, searchFilter } from './filter.ts';

export class TableChoices {
  columns: readonly Column[] = [];
  sorts: Sort[] = [];
  search = '';
  /** By column. */
  filters = new Map<number, string>();
  /** The line of column filters is there. */
  filtersOpen = false;
  hidden = new Set<number>();
  /** Pixels, where the user has drawn them; by column. */
  widths = new Map<number, number>();

  /** True when the columns are others than before: nothing that was set fits them. */
  take(columns: readonly Column[]): boolean {
    if (sameColumns(this.columns, columns)) return false;
    Object.assign(this, new TableChoices(), { columns });
    return true;
  }

  /** Indices of the columns shown. */
  get visible(): number[] {
    return [...this.columns.keys()].filter(column => !this.hidden.has(column));
  }

  /** What the filters say, together; and what is wrong with them, by column. */
  filter(): { test?: RowTest; search?: string; problems: Map<number, string> } {
    const problems = new Map<number, string>();
    const found = searchFilter(this.search, this.columns);
    const tests: RowTest[] = found.test ? [found.test] : [];
    for (const [column, text] of this.filters) {
      const { test, problem } = columnFilter(text, this.columns[column]!);
      if (problem) problems.set(column, problem);
      if (test) tests.push(row => test(row[column] ?? null));
    }
    return {
      ...(tests.length > 0 ? { test: row => tests.every(test => test(row)) } : {}),
      ...(found.problem ? { search: found.problem } : {}),
      problems,
    };
  }

  comparison() {
    return rowComparison(this.sorts, this.columns);
  }
}
