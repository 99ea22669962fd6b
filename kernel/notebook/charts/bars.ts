/** Amounts by key, the largest on top, each with its exact number. */
import type { BarsPanel } from '../../protocol.ts';
import type { JsonObject } from '../json.ts';
import { amountAxis, amountParams, amountScale, most } from './amounts.ts';
import { type Chart, type ChartSpec, hover, titled, words } from './chart.ts';
import { exact, keyLabels, shortLine } from './labels.ts';

export function bars({ title, valueName, bars, more }: BarsPanel, top: number): Chart {
  const shown = bars.slice(0, top);
  const keys = keyLabels(shown);
  const amount = shortLine(valueName);
  return {
    kind: 'bars',
    words: words(shortLine(title), amount),
    data: {
      values: shown.map(({ value }, order) => ({
        key: keys[order]!,
        order,
        value: Number(value),
        // A number stands right of its bar, also where the bar goes to the left.
        end: Math.max(0, Number(value)),
        exact: exact(value),
      })),
      spans: [],
    },
    shown: shown.length,
    of: bars.length + more,
    facts: row => [
      ['key', String(row.key)],
      [amount, String(row.exact)],
    ],
  };
}

export const barsSpec: ChartSpec = (words, options) => {
  const y = {
    field: 'key',
    type: 'nominal',
    sort: { field: 'order', op: 'min' },
    title: null,
    scale: { paddingInner: 0.15 },
    axis: { labelLimit: 240, minExtent: 60, ticks: false, domain: false },
  };
  // Behind the longest bar there is room for its number.
  const end = options.log ? `pow(1 + max(0, ${most('value')}), 1.25)` : `1.25 * max(0, ${most('value')})`;
  const amounts = amountAxis(words, options);
  const x = {
    field: 'value',
    ...amounts,
    axis: { ...(amounts.axis as JsonObject), tickCount: { expr: 'ceil(width / 90)' } },
    scale: { ...amountScale(options), domainMax: { expr: end }, nice: false },
  };
  return {
    ...titled(words),
    params: amountParams(words),
    height: { step: 18 },
    view: { stroke: null },
    layer: [
      {
        name: 'bars',
        mark: { type: 'bar', description: { expr: "datum.key + ': ' + datum.exact" } },
        encoding: {
          x,
          y,
          ...(options.live
            ? {}
            : {
                tooltip: [
                  { field: 'key', type: 'nominal' },
                  { field: 'exact', type: 'nominal', title: words.amount },
                ],
              }),
        },
      },
      {
        name: 'amounts',
        mark: { type: 'text', dx: 5, align: 'left', baseline: 'middle', aria: false },
        encoding: { x: { ...x, field: 'end' }, y, text: { field: 'exact', type: 'nominal' } },
      },
      ...(options.live ? [hover({ y })] : []),
    ],
  };
};
