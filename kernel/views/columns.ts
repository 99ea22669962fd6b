/** Table columns from types. */
import type { DataType, Field, RecordLayout } from '../layout.ts';
import type { Column, ColumnKind, Value } from '../protocol.ts';
import { type Reader, toValue } from './decode.ts';
import { DISPLAYS } from './displays.ts';
import { leaves } from './leaves.ts';
import { unsetTest } from './unset.ts';

const BY_KIND: { [kind in DataType['kind']]: ColumnKind } = {
  int: 'integer',
  bool: 'boolean',
  float: 'other',
  enum: 'enum',
  string: 'string',
  'packed-string': 'string',
  bytes: 'other',
  'sized-bytes': 'other',
  'packed-bytes': 'other',
  pointer: 'address',
  timestamp: 'string',
  username: 'string',
  ksym: 'string',
  usym: 'string',
  inet: 'string',
  mac: 'string',
  'cgroup-path': 'string',
  stack: 'stack',
  'stack-id': 'stack',
  array: 'other',
  struct: 'other',
  union: 'other',
  tuple: 'other',
};

/** An array's cells are lists of what its elements are. */
export function columnKind(type: DataType): ColumnKind {
  if (type.kind === 'array') return columnKind(type.element);
  return type.kind === 'int' && type.display ? DISPLAYS[type.display].column : BY_KIND[type.kind];
}

/** A second `pid` becomes `pid_2`, so that rows can be read by name. */
export function uniqueNames(columns: Column[]): Column[] {
  const seen = new Map<string, number>();
  return columns.map(column => {
    const times = (seen.get(column.name) ?? 0) + 1;
    seen.set(column.name, times);
    return times === 1 ? column : { ...column, name: `${column.name}_${times}` };
  });
}

/** A record as a table row: nested structs opened into columns of their own. */
export class RowReader {
  readonly columns: Column[];
  private readonly fields: Field[];
  private readonly isUnset: ReturnType<typeof unsetTest>;

  constructor(layout: RecordLayout) {
    this.isUnset = unsetTest(layout);
    this.fields = leaves(layout.fields);
    this.columns = uniqueNames(this.fields.map(({ name, type }) => ({ name, kind: columnKind(type) })));
  }

  read(reader: Reader): Value[] {
    const row = new Array<Value>(this.fields.length);
    for (let i = 0; i < row.length; i++) {
      const field = this.fields[i]!;
      row[i] = this.isUnset(reader, field) ? null : toValue(reader, field.type, field.offset, field.bits);
    }
    return row;
  }
}
