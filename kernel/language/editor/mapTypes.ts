/** `BPF_MAP_TYPE_…` in BPF C cells: which there are, and what a cell can have of them. */
import { inCell, MAP_TYPES } from '../../mapTypes.ts';
import type { Range } from '../nodes.ts';
import type { Hover } from './hover.ts';
import type { Completion } from './items.ts';

const PREFIX = 'BPF_MAP_TYPE_';
/** What `__uint(type, …` may stand before. */
const BEHIND_TYPE = /__uint\(\s*type\s*,\s*$/;

const ROWS = MAP_TYPES.filter(({ name }) => name !== 'unspec').map(row => ({
  ...row,
  word: PREFIX + row.name.toUpperCase(),
}));

function wordAt(source: string, offset: number): Range & { text: string } {
  const start = offset - /\w*$/.exec(source.slice(0, offset))![0].length;
  const end = offset + /^\w*/.exec(source.slice(offset))![0].length;
  return { start, end, text: source.slice(start, end) };
}

export function mapTypeHover(source: string, offset: number): Hover | undefined {
  const { text, ...range } = wordAt(source, offset);
  const row = ROWS.find(({ word }) => word === text);
  return row && { ...range, text: `${row.about}\n\nIn a cell: ${inCell(row)}.` };
}

/** Where the type of a map stands, or begins to. */
export function completeMapType(source: string, offset: number): Completion | undefined {
  const { start, end, text } = wordAt(source, offset);
  if (!text.startsWith(PREFIX) && !BEHIND_TYPE.test(source.slice(0, start))) return undefined;
  const items = ROWS.filter(({ refused }) => !refused).map(row => ({
    label: row.word,
    kind: 'value' as const,
    detail: row.about,
    documentation: `In a cell: ${inCell(row)}.`,
  }));
  return { start, end, items, more: false };
}
