/** The axis of amounts, linear or by factors of ten. */
import type { JsonObject } from '../json.ts';
import type { ChartWords, SpecOptions } from './chart.ts';

/** 64 bits are less than 2·10^19. */
const POWERS = Array.from({ length: 20 }, (_, i) => 10 ** i);
const TICKS = [...POWERS.map(power => -power).reverse(), 0, ...POWERS];

/**
 * A scale for amounts. `symlog` is what `log` is for large numbers and has a zero: a bucket of none has no bar, and one
 * of 1 has one.
 */
export const amountScale = ({ log }: SpecOptions): JsonObject => (log ? { type: 'symlog' } : {});

/** Ticks of a `symlog` scale of their own would be as far apart as those of a linear one. */
export const amountAxis = ({ amount }: ChartWords, options: SpecOptions): JsonObject => ({
  type: 'quantitative',
  title: amount,
  stack: null,
  scale: amountScale(options),
  axis: {
    // Vega-Lite takes no smallest step for axes, but knows that this format has none below 1.
    ...(options.log ? { values: TICKS } : { format: 'd' }),
    // Between 0 and 1 Vega has a tick nevertheless.
    labelExpr: "datum.value % 1 ? '' : format(datum.value * unitScale, '~s') + unitSuffix",
    labelOverlap: true,
    labelSeparation: 4,
  },
});

/** Wide enough for most labels, so that a chart stands still while its numbers grow. */
export const upright = ({ axis, ...rest }: JsonObject): JsonObject => ({
  ...rest,
  axis: { ...(axis as JsonObject), minExtent: 36 },
});

/** The largest amount of a field; 0 when there is none. */
export const most = (field: string) => `(extent(pluck(data('values'), '${field}'))[1] || 0)`;

/** A legend leaves out nothing by itself: its last number is the first beyond the largest amount. */
export const amountLegend = (field: string, { log }: SpecOptions): JsonObject => ({
  ...(log
    ? {
        values: {
          expr: `slice([0, ${POWERS.join(', ')}], 0, 2 + floor(log(max(1, ${most(field)})) / LN10))`,
        },
      }
    : { tickMinStep: 1 }),
  labelExpr: "format(datum.value, '~s')",
  gradientLength: 160,
});

/** What `labelExpr` reads. */
export const amountParams = ({ scale, suffix }: ChartWords): JsonObject[] => [
  { name: 'unitScale', value: scale },
  { name: 'unitSuffix', value: suffix },
];
