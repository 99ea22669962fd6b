/** Amounts over time, a line for each key, with gaps where nothing is known. */
import type { Panel, SeriesPanel, Value } from '../../protocol.ts';
import { asBigInt, inUnit, type Unit } from '../labels.ts';
import { amountAxis, amountParams, upright } from './amounts.ts';
import { type Chart, type ChartSpec, hover, titled, words } from './chart.ts';
import { CLOCK_AXIS, exact, keyLabels, shortLine, span } from './labels.ts';

const HEIGHT = 200;
/** With fewer times than this every value has a dot; with more only those without neighbours. */
const DOTTED = 40;
/** ms; of a value that has none before or after it. */
const LONE_INTERVAL = 1000;

interface Lines {
  /** One more than there are values. */
  times: number[];
  series: { key: string; values: (Value | null)[] }[];
  more: number;
  amount: string;
  unit?: Unit | undefined;
}

/** What of a panel goes over time. */
function linesOf(panel: Panel): Lines | undefined {
  if (panel.kind === 'series') return { ...panel, amount: panel.valueName, times: closed(panel.times) };
  const history = panel.kind === 'text' ? undefined : panel.history;
  if (!history?.lines) return undefined;
  const amount = 'valueName' in panel ? panel.valueName : 'value';
  return { times: history.times, series: history.lines, more: 0, amount };
}

/** Starts of intervals, and the end of the last. */
function closed(starts: SeriesPanel['times']): number[] {
  const gaps = starts.slice(1).map((time, i) => time - starts[i]!);
  const interval = gaps.length ? Math.min(...gaps) : LONE_INTERVAL;
  return starts.length ? [...starts, starts.at(-1)! + interval] : [];
}

export function lines(panel: Panel, top: number): Chart | undefined {
  const found = linesOf(panel);
  if (!found) return undefined;
  const { times, series, more, unit } = found;
  const shown = series.slice(0, top);
  const keys = keyLabels(shown);
  const keyed = series.some(({ key }) => key !== '');
  const amount = shortLine(found.amount);
  const intervals = times.slice(1).map((end, i) => ({ start: times[i]!, end, index: i }));
  const values = shown.flatMap((one, i) =>
    intervals.map(({ start, end, index }) => {
      const value = one.values[index] ?? null;
      const alone = (one.values[index - 1] ?? null) === null && (one.values[index + 1] ?? null) === null;
      return {
        time: (start + end) / 2,
        key: keys[i]!,
        value: value === null ? null : Number(value),
        exact: amountText(value, unit),
        dot: value !== null && (alone || intervals.length < DOTTED),
      };
    }),
  );
  return {
    kind: keyed ? 'lines' : 'line',
    words: words(shortLine(panel.title), amount, '', unit),
    data: { values, spans: intervals },
    shown: shown.length,
    of: series.length + more,
    facts: row => [
      ['time', span(Number(row.start), Number(row.end))],
      ...shown.map(({ values }, i): [string, string] => [
        keyed ? keys[i]! : amount,
        amountText(values[Number(row.index)] ?? null, unit),
      ]),
    ],
  };
}

function amountText(value: Value | null, unit: Unit | undefined): string {
  if (value === null) return '–';
  const duration = asBigInt(value) === undefined ? undefined : inUnit(value, unit);
  return duration === undefined ? exact(value) : `${exact(value)} ${unit} (${duration})`;
}

/** One line needs neither colours nor a legend. */
const spec =
  (keyed: boolean): ChartSpec =>
  (words, options) => {
    const x = (field: string) => ({
      field,
      type: 'temporal',
      title: null,
      axis: CLOCK_AXIS,
    });
    // In the order of their names, so that a line keeps its colour when another becomes larger.
    const color = {
      field: 'key',
      type: 'nominal',
      title: null,
      legend: { orient: 'bottom', symbolType: 'stroke', labelLimit: 200, columns: 4 },
    };
    const shared = {
      x: x('time'),
      y: { field: 'value', ...upright(amountAxis(words, options)) },
      ...(keyed ? { color } : {}),
    };
    const tooltip = [
      { field: 'time', type: 'temporal', format: '%H:%M:%S.%L' },
      ...(keyed ? [{ field: 'key', type: 'nominal' }] : []),
      { field: 'exact', type: 'nominal', title: words.amount },
    ];
    const dots = { type: 'point', filled: true, size: 16, opacity: 1, aria: false };
    return {
      ...titled(words),
      params: amountParams(words),
      height: HEIGHT,
      view: { stroke: null },
      layer: [
        {
          name: 'lines',
          mark: { type: 'line', strokeWidth: 1.5, invalid: 'break-paths-show-domains', aria: false },
          encoding: shared,
        },
        options.live
          ? { name: 'dots', transform: [{ filter: 'datum.dot' }], mark: dots, encoding: shared }
          : {
              name: 'dots',
              transform: [{ filter: 'isValid(datum.value)' }],
              mark: dots,
              encoding: {
                ...shared,
                tooltip,
                opacity: { condition: { test: 'datum.dot', value: 1 }, value: 0 },
              },
            },
        ...(options.live
          ? [
              {
                ...hover({ x: x('start'), x2: { field: 'end' } }),
                data: { name: 'spans', format: { parse: null } },
              },
            ]
          : []),
      ],
    };
  };

export const lineSpec = spec(false);
export const linesSpec = spec(true);
