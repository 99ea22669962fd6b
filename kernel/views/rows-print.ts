/** BPF C records on a terminal: aligned columns, their header once, widths from the types. */

import type { DataType, RecordLayout } from '../layout.ts';
import { cellText, isNumeric, shortNames } from '../notebook/labels.ts';
import type { Column } from '../protocol.ts';
import { RowReader } from './columns.ts';
import { type Reader, recordReader } from './decode.ts';
import { leaves } from './leaves.ts';

const INT_WIDTHS: { [size: number]: number } = { 1: 4, 2: 6, 4: 8, 8: 12 };
const GAP = '  ';
const TIME_OF_DAY = '12:34:56.123456';

export class RowPrinter {
  /** A record as an object. */
  readonly value: ReturnType<typeof recordReader>;
  private readonly rows: RowReader;
  private readonly names: string[];
  private readonly widths: number[];

  constructor(layout: RecordLayout) {
    this.value = recordReader(layout);
    this.rows = new RowReader(layout);
    const types = leaves(layout.fields).map(field => field.type);
    this.names = shortNames(this.rows.columns.map(({ name }) => name));
    this.widths = this.rows.columns.map((column, i) =>
      Math.max(this.names[i]!.length, width(types[i]!, column)),
    );
  }

  /** Column names, in capitals as tracing tools do. */
  header(): string {
    return this.line(this.names.map(name => name.toUpperCase()));
  }

  row(reader: Reader): string {
    const row = this.rows.read(reader);
    return this.line(row.map((value, i) => cellText(value, this.rows.columns[i]!.kind)));
  }

  private line(cells: string[]): string {
    const last = cells.length - 1;
    const padded = cells.map((cell, i) => {
      const { kind } = this.rows.columns[i]!;
      if (isNumeric(kind) && kind !== 'time') return cell.padStart(this.widths[i]!);
      return i === last ? cell : cell.padEnd(this.widths[i]!);
    });
    return `${padded.join(GAP)}\n`;
  }
}

function width(type: DataType, column: Column): number {
  if (column.kind === 'duration' || column.kind === 'bytes') return 9;
  if (column.kind === 'address') return 18;
  switch (type.kind) {
    case 'int':
      if (type.display === 'time') return TIME_OF_DAY.length;
      return INT_WIDTHS[type.size] ?? 12;
    case 'bool':
      return 5;
    case 'enum':
      return Math.min(16, Math.max(4, ...type.values.map(([name]) => name.length)));
    case 'string':
      return Math.min(24, Math.max(8, type.size - 1));
    default:
      return 16;
  }
}
