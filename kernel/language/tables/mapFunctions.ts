/** Aggregations: functions that a map's value is assigned to, kept per CPU and merged when read. */

import { literalNeeded } from '../checker/arguments.ts';
import type { CheckContext } from '../checker/context.ts';
import { reportUnstable } from '../checker/unstable.ts';
import type { CallNode, Expression } from '../nodes.ts';
import type { MapInfo } from '../symbols.ts';
import { isInteger, typeName, widen } from '../types.ts';
import type { MapFunctionRow } from './rows.ts';

const MOST_BUCKETS = 1000n;
const MOST_INTERVALS = 1_000_000n;

/** The bounds of lhist() that are no constants, or start below 0. */
const INVALID_BOUNDS = [
  'invalid min value (must be non-negative literal)',
  'invalid max value (must be non-negative literal)',
  'invalid step value',
];

/** What tseries() may keep of the values of one interval. */
const KEPT = ['avg', 'max', 'min', 'sum'] as const;
const isKept = (text: string | undefined): text is (typeof KEPT)[number] => KEPT.some(one => one === text);

/** Reports a first argument that is no integer. */
function wantInteger(call: CallNode, context: CheckContext): void {
  const [first] = call.arguments;
  if (!first) return;
  const type = context.typeOf(first);
  if (!isInteger(type) && type.kind !== 'unknown')
    context.report(
      'argument-type',
      { name: call.name, expected: 'integer', given: typeName(widen(type)) },
      first,
    );
}

export const MAP_FUNCTIONS: readonly MapFunctionRow[] = [
  {
    name: 'count',
    signature: '@m = count()',
    docs: 'Counts how often it is called.',
    since: '17',
    example: 'begin { @ = count(); @n[comm] = count(); exit(); }',
    arguments: [0, 0],
    aggregation: () => ({ fn: 'count' }),
    update: (g, pointer) => g.emit(`${pointer}->value += 1;`),
  },
  {
    name: 'sum',
    signature: '@m = sum(n)',
    docs: 'Adds up its argument.',
    since: '17',
    example: 'begin { @ = sum(5); @n[comm] = sum(-7); exit(); }',
    arguments: [1, 1],
    aggregation: (call, context) => {
      wantInteger(call, context);
      return { fn: 'sum' };
    },
    update: (g, pointer, value) => g.emit(`${pointer}->value += ${value};`),
  },
  ...(['min', 'max'] as const).map(
    (name): MapFunctionRow => ({
      name,
      signature: `@m = ${name}(n)`,
      docs: `Keeps the ${name === 'min' ? 'smallest' : 'largest'} value of its argument.`,
      since: '17',
      example: `begin { @ = ${name}(3); @ = ${name}(1); @n[comm] = ${name}(2); exit(); }`,
      arguments: [1, 1],
      aggregation: (call, context) => {
        wantInteger(call, context);
        return { fn: name };
      },
      update: (g, pointer, value) =>
        g.block(`if (!${pointer}->set || ${value} ${name === 'min' ? '<' : '>'} ${pointer}->value)`, () => {
          g.emit(`${pointer}->value = ${value};`);
          g.emit(`${pointer}->set = 1;`);
        }),
    }),
  ),
  ...(['avg', 'stats'] as const).map(
    (name): MapFunctionRow => ({
      name,
      signature: `@m = ${name}(n)`,
      docs: name === 'avg' ? 'The average of its argument.' : 'Count, average and total of its argument.',
      since: '17',
      example: `begin { @ = ${name}(3); @ = ${name}(5); @n[comm] = ${name}(2); exit(); }`,
      arguments: [1, 1],
      aggregation: (call, context) => {
        wantInteger(call, context);
        return { fn: name };
      },
      update: (g, pointer, value) => {
        g.emit(`${pointer}->total += ${value};`);
        g.emit(`${pointer}->count += 1;`);
      },
    }),
  ),
  {
    name: 'hist',
    signature: '@m = hist(n[, k])',
    docs: 'A histogram by powers of two, each power in 2^k buckets (k from 0 to 5, 0 if left out).',
    since: '17',
    example: 'begin { @ = hist(100); @fine = hist(100, 3); @n[comm] = hist(7); exit(); }',
    arguments: [1, 2],
    aggregation: (call, context) => {
      wantInteger(call, context);
      const second = call.arguments[1];
      if (!second) return { fn: 'hist', k: 0 };
      const k = context.integer(second);
      if (k === undefined) literalNeeded(context, 'hist', second, 'int', 'number of bits');
      else if (k < 0n || k > 5n)
        context.report('bucket-bounds', { reason: `hist: bits ${k} must be 0..5` }, second);
      else return { fn: 'hist', k: Number(k) };
      return undefined;
    },
  },
  {
    name: 'lhist',
    signature: '@m = lhist(n, min, max, step)',
    docs: 'A linear histogram: buckets of one width between min and max, and one on each side.',
    since: '17',
    example: 'begin { @ = lhist(3, 0, 10, 2); @n[comm] = lhist(30, 0, 100, 10); exit(); }',
    arguments: [4, 4],
    aggregation: (call, context) => {
      wantInteger(call, context);
      const bounds = call.arguments.slice(1, 4).map((argument, i) => {
        const value = context.integer(argument);
        if (value !== undefined && (value >= 0n || i === 2)) return value;
        const reason = `lhist: ${INVALID_BOUNDS[i]}`;
        context.report('constant-argument', { reason }, argument);
        return undefined;
      });
      const [min, max, step] = bounds;
      if (min === undefined || max === undefined || step === undefined) return undefined;
      if (step <= 0n)
        context.report(
          'bucket-bounds',
          { reason: `lhist() step must be >= 1 (${step} provided)` },
          call.arguments[3]!,
        );
      else if (min > max)
        context.report(
          'bucket-bounds',
          { reason: `lhist() min must be less than max (provided min ${min} and max ${max})` },
          call,
        );
      else if ((max - min) / step > MOST_BUCKETS) {
        context.report(
          'bucket-bounds',
          {
            reason: `lhist() too many buckets, must be <= ${MOST_BUCKETS} (would need ${(max - min) / step})`,
          },
          call,
        );
      } else if (max - min < step) {
        context.report(
          'bucket-bounds',
          {
            reason: `lhist() step is too large for the given range (provided step ${step} for range ${max - min})`,
          },
          call,
        );
      } else return { fn: 'lhist', min: Number(min), max: Number(max), step: Number(step) };
      return undefined;
    },
  },
  {
    name: 'tseries',
    signature: '@m = tseries(n, interval, count[, "avg" | "max" | "min" | "sum"])',
    docs: 'Keeps a value for each of the newest intervals: the last one, or what the fourth argument says.',
    since: '24',
    example: 'begin { @ = tseries(3, 100ms, 5); @n[comm] = tseries(7, 1s, 10, "max"); exit(); }',
    arguments: [3, 4],
    aggregation: series,
  },
];

/** The parameters of tseries(). */
function series(call: CallNode, context: CheckContext): MapInfo['aggregation'] | undefined {
  reportUnstable(context, 'tseries', 'unstable_tseries', call);
  wantInteger(call, context);
  const [, interval, count, keep] = call.arguments;
  const [length, number] = [context.integer(interval!), context.integer(count!)];
  const kept = keep && context.text(keep);
  const { name } = call;
  const wrong = (reason: string, at: Expression) => context.report('bucket-bounds', { reason }, at);
  if (length === undefined)
    wrong('tseries: invalid interval_ns value (must be non-negative literal)', interval!);
  else if (number === undefined)
    wrong('tseries: invalid num_intervals value (must be non-negative literal)', count!);
  else if (length < 1n) wrong(`tseries() interval_ns must be >= 1 (${length} provided)`, interval!);
  else if (number < 1n) wrong(`tseries() num_intervals must be >= 1 (${number} provided)`, count!);
  else if (number > MOST_INTERVALS)
    wrong(`tseries() num_intervals must be < ${MOST_INTERVALS} (${number} provided)`, count!);
  else if (keep && kept === undefined) literalNeeded(context, name, keep, 'string', 'aggregation');
  else if (keep && !isKept(kept))
    wrong(
      `tseries() expects one of the following aggregation functions: ${KEPT.join(', ')} ("${kept}" provided)`,
      keep,
    );
  else
    return {
      fn: 'tseries',
      interval: Number(length),
      count: Number(number),
      ...(isKept(kept) ? { keep: kept } : {}),
    };
  return undefined;
}

export const findMapFunction = (name: string) => MAP_FUNCTIONS.find(row => row.name === name);
