/** Columns that belong together: the parts of one struct or union, by what stands in front of their last dot. Pure. */
import type { Column } from '../../../kernel/protocol.ts';

/** Columns side by side with one heading; `name` is empty where they belong to nothing. */
export interface ColumnGroup {
  name: string;
  columns: number;
}

const dotOf = (name: string) => name.lastIndexOf('.');

/** A column's name within its group. */
export const nameInGroup = (name: string) => name.slice(dotOf(name) + 1);

/** All columns in their groups; undefined where none belongs to any. */
export function groupsOf(columns: readonly Column[]): ColumnGroup[] | undefined {
  const groups: ColumnGroup[] = [];
  for (const { name } of columns) {
    const group = name.slice(0, Math.max(0, dotOf(name)));
    const last = groups.at(-1);
    if (last?.name === group) last.columns++;
    else groups.push({ name: group, columns: 1 });
  }
  return groups.some(({ name }) => name !== '') ? groups : undefined;
}
