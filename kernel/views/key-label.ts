/** What the series of a chart are called: the keys of a map on one line. */
import type { Field } from '../layout.ts';
import { cellText, visibleLine } from '../notebook/labels.ts';
import { columnKind } from './columns.ts';
import { Reader, toValue } from './decode.ts';
import { leaves } from './leaves.ts';
import { isBpftraceMap, type ShownMap } from './snapshot.ts';
import { keyText, unchanged } from './text.ts';

/** As bpftrace prints it; keys of BPF C maps as their table's cells. */
export function keyLabel(map: ShownMap, fields: Field[], key: Uint8Array): string {
  const reader = new Reader(key, map.names);
  if (isBpftraceMap(map)) return visibleLine(keyText(reader, fields, unchanged));
  return cellsOf(reader, fields).join(', ');
}

/** Fields as the cells of a table, those without text left out. */
export const cellsOf = (reader: Reader, fields: Field[]): string[] =>
  leaves(fields)
    .map(({ type, offset, bits }) => cellText(toValue(reader, type, offset, bits), columnKind(type)))
    .filter(Boolean);
