/** The forms a panel can be shown in: which there are, and the table that every panel can be. Pure. */
import type {
  Column,
  ColumnKind,
  FlamePanel,
  Frame,
  HistogramPanel,
  Panel,
  SeriesPanel,
  TablePanel,
  Value,
  ViewName,
} from '../protocol.ts';
import { bucketLabel, type Unit } from './labels.ts';

export const VIEW_NAMES: readonly ViewName[] = ['table', 'chart', 'heatmap', 'lines', 'flame', 'text'];

/** Each kind's forms; the first is its own. */
const FORMS: { [K in Panel['kind']]: readonly ViewName[] } = {
  table: ['table', 'text'],
  histogram: ['chart', 'table', 'text'],
  bars: ['chart', 'table', 'text'],
  series: ['lines', 'table', 'text'],
  flame: ['flame', 'table', 'text'],
  text: ['text'],
};

/** The forms of a panel; the first is the one it has without a choice. */
export function formsOf(panel: Panel): ViewName[] {
  const { heat, lines } = (panel.kind === 'text' ? undefined : panel.history) ?? {};
  const past: ViewName[] = [...(heat ? ['heatmap' as const] : []), ...(lines ? ['lines' as const] : [])];
  return isBlank(panel) ? [...past, ...FORMS[panel.kind]] : [...FORMS[panel.kind], ...past];
}

/** A map that was cleared when it was printed last: all that is to be seen is how it went. */
function isBlank(panel: Panel): boolean {
  if (panel.kind === 'table')
    return panel.of === 'map' && panel.rows.every(row => row.every(cell => cell === 0));
  if (panel.kind === 'histogram') return panel.series.every(({ buckets }) => buckets.length === 0);
  return panel.kind === 'bars' && panel.bars.length === 0;
}

/** The form to show a panel in when `chosen` was chosen for the whole output. */
export function formOf(panel: Panel, chosen: ViewName | undefined): ViewName {
  const forms = formsOf(panel);
  return chosen && forms.includes(chosen) ? chosen : forms[0]!;
}

/** What any panel but text is as a table. */
export function tableForm(panel: Exclude<Panel, { kind: 'text' }>): TablePanel {
  switch (panel.kind) {
    case 'table':
      return panel;
    case 'histogram':
      return histogramTable(panel);
    case 'bars':
      return table(
        panel,
        1,
        [
          { name: 'key', kind: 'string' },
          { name: panel.valueName, kind: kindOf(panel.unit) },
        ],
        panel.bars.map(({ key, value }) => [key, value]),
        panel.more,
      );
    case 'series':
      return seriesTable(panel);
    case 'flame':
      return flameTable(panel);
  }
}

/** The first `keys` columns tell a row from all others. */
const table = (
  { id, title }: { id: string; title: string },
  keys: number,
  columns: TablePanel['columns'],
  rows: Value[][],
  more = 0,
): TablePanel => ({
  id,
  kind: 'table',
  title,
  columns,
  rows,
  first: 0,
  total: rows.length + more,
  of: 'map',
  keys,
});

function histogramTable(panel: HistogramPanel): TablePanel {
  const { series, unit } = panel;
  const keyed = series.some(({ key }) => key !== '');
  const rows = series.flatMap(({ key, buckets }) =>
    buckets.map(bucket => [...(keyed ? [key] : []), bucketLabel(bucket, unit), bucket.count]),
  );
  const columns: TablePanel['columns'] = [
    ...(keyed ? [{ name: 'key', kind: 'string' as const }] : []),
    { name: 'bucket', kind: 'string' },
    { name: 'count', kind: 'integer' },
  ];
  return table(panel, keyed ? 2 : 1, columns, rows);
}

/** Ms since the epoch as a cell, to the microsecond. */
const momentOf = (ms: number): Value => String(BigInt(Math.round(ms * 1e3)) * 1000n);

function seriesTable(panel: SeriesPanel): TablePanel {
  const { series, times, valueName, unit } = panel;
  const keyed = series.some(({ key }) => key !== '');
  const rows = series.flatMap(({ key, values }) =>
    values.flatMap((value, i) =>
      value === null ? [] : [[...(keyed ? [key] : []), momentOf(times[i]!), value]],
    ),
  );
  const columns: TablePanel['columns'] = [
    ...(keyed ? [{ name: 'key', kind: 'string' as const }] : []),
    { name: 'interval', kind: 'time' },
    { name: valueName, kind: kindOf(unit) },
  ];
  return table(panel, keyed ? 2 : 1, columns, rows);
}

/** What a number is, by what it was measured in. */
const UNIT_KINDS: { [unit in Unit]: ColumnKind } = {
  ns: 'duration',
  us: 'microseconds',
  ms: 'milliseconds',
  s: 'seconds',
  bytes: 'bytes',
  KiB: 'kibibytes',
};
const kindOf = (unit: Unit | undefined): ColumnKind => (unit ? UNIT_KINDS[unit] : 'integer');

/** Keys in columns of their own, the stack innermost first; what the stacks were before beside what they are. */
function flameTable(panel: FlamePanel): TablePanel {
  const { frames, stacks, keys = [], valueName, unit, more } = panel;
  const compared = stacks.some(({ before }) => before !== undefined);
  const kind = kindOf(unit);
  const rows = stacks.map(({ frames: path, value, before }) => {
    const all = path.map(number => frames[number]!);
    const cells = keys.map((key, i) => keyCell(key, all[i]!));
    const lines = all.slice(keys.length).reverse().map(frameLine);
    return [...cells, lines.join('\n'), value, ...(compared ? [before ?? null] : [])];
  });
  const columns: TablePanel['columns'] = [
    ...keys,
    { name: 'stack', kind: 'stack' },
    { name: valueName, kind },
    ...(compared ? [{ name: 'before', kind }] : []),
  ];
  return table(panel, keys.length + 1, columns, rows, more);
}

function keyCell({ kind }: Column, { name }: Frame): Value {
  const number = Number(name);
  return kind === 'integer' && Number.isSafeInteger(number) ? number : name;
}

const frameLine = ({ name, of, note }: Frame) =>
  `${of === 'inlined' ? '[inlined] ' : ''}${name}${note ? ` (${note})` : ''}`;
