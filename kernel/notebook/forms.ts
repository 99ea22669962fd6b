/** The forms a panel can be shown in: which there are, and the table that every panel can be. Pure. */
import type {
  FlamePanel,
  HistogramPanel,
  Panel,
  SeriesPanel,
  TablePanel,
  Value,
  ViewName,
} from '../protocol.ts';
import { bucketLabel } from './labels.ts';

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
  return [...FORMS[panel.kind], ...(heat ? ['heatmap' as const] : []), ...(lines ? ['lines' as const] : [])];
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
        [
          { name: 'key', kind: 'string' },
          { name: panel.valueName, kind: 'integer' },
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

const table = (
  { id, title }: { id: string; title: string },
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
  return table(panel, columns, rows);
}

/** A time of day with the milliseconds, local. */
const clock = (ms: number) => {
  const date = new Date(ms);
  const two = (value: number) => String(value).padStart(2, '0');
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${time}.${String(date.getMilliseconds()).padStart(3, '0')}`;
};

function seriesTable(panel: SeriesPanel): TablePanel {
  const { series, times, valueName } = panel;
  const keyed = series.some(({ key }) => key !== '');
  const rows = series.flatMap(({ key, values }) =>
    values.flatMap((value, i) =>
      value === null ? [] : [[...(keyed ? [key] : []), clock(times[i]!), value]],
    ),
  );
  const columns: TablePanel['columns'] = [
    ...(keyed ? [{ name: 'key', kind: 'string' as const }] : []),
    { name: 'interval', kind: 'string' },
    { name: valueName, kind: 'integer' },
  ];
  return table(panel, columns, rows);
}

/** Keys in a column of their own, the stack innermost first. */
function flameTable(panel: FlamePanel): TablePanel {
  const { frames, stacks, valueName, more } = panel;
  const keyed = frames.some(frame => frame.of === 'key');
  const rows = stacks.map(stack => {
    const all = stack.frames.map(index => frames[index]!);
    const named = (isKey: boolean) =>
      all.filter(frame => (frame.of === 'key') === isKey).map(({ name }) => name);
    return [...(keyed ? [named(true).join(', ')] : []), named(false).reverse().join('\n'), stack.value];
  });
  const columns: TablePanel['columns'] = [
    ...(keyed ? [{ name: 'key', kind: 'string' as const }] : []),
    { name: 'stack', kind: 'stack' },
    { name: valueName, kind: 'integer' },
  ];
  return table(panel, columns, rows, more);
}
