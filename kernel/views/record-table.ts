/** The table of one kind of record: the newest are kept raw, and decoded when someone looks. */
import type { RecordLayout } from '../layout.ts';
import type { TablePanel } from '../protocol.ts';
import type { RecordBudget } from './budget.ts';
import { RowReader } from './columns.ts';
import type { Reader } from './decode.ts';
import { Format } from './printf.ts';
import { RecordRing } from './ring.ts';
import { newestWithin } from './weight.ts';

export class RecordTable {
  readonly id: string;
  title: string;
  readonly ring: RecordRing;
  private readonly rows: RowReader;

  /** `capacity`: newest records kept. */
  constructor(
    readonly layout: RecordLayout,
    private readonly capacity: number,
    budget?: RecordBudget,
  ) {
    this.id = `table:${layout.ring}:${layout.id}`;
    this.title = layout.name;
    this.ring = new RecordRing(capacity, budget);
    const { action, fields } = layout;
    this.rows = new RowReader(
      action.do === 'printf' ? { ...layout, fields: new Format(action.format).taken(fields) } : layout,
    );
  }

  /**
   * Rows from number `from` on, those kept; of them the newest `limit`, fewer where they weigh more than `most` (see
   * weight.ts). Moves the reader.
   */
  panel(reader: Reader, most: number, from = 0, limit = this.capacity): TablePanel {
    const { ring, layout } = this;
    const { total } = ring;
    const read = (index: number) => {
      const { bytes, start, length } = ring.locate(index);
      return this.rows.read(reader.open(bytes, start, length, layout.size));
    };
    const rows = newestWithin(read, { oldest: Math.max(from, ring.first, total - limit), total, most });
    const { columns } = this.rows;
    const { id, title } = this;
    return { id, kind: 'table', title, columns, rows, first: total - rows.length, total, of: 'records' };
  }
}

/** Tables of one name get what tells them apart: their line, else their number. */
export function tellApart(tables: readonly RecordTable[]): void {
  const titles = tables.map(table => table.title);
  for (const table of tables) {
    const { span, id } = table.layout;
    if (titles.indexOf(table.title) !== titles.lastIndexOf(table.title))
      table.title += span ? ` (line ${span.start.line + 1})` : ` ${id}`;
  }
}
