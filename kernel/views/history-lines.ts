/** A map's numbers over time, a line a key. */
import type { History, Value } from '../protocol.ts';
import { type Int, intValue, shrink } from './decode.ts';
import type { Track } from './history.ts';
import { keyLabel } from './key-label.ts';
import { type MapEntry, readAggregate, type ShownMap } from './snapshot.ts';
import { isQuantity } from './units.ts';

/** What one number is from one time to another: what was added, the average of that, or what it stands at. */
type Measure = 'added' | 'average' | 'level';

const MEASURES: { [fn: string]: Measure } = {
  count: 'added',
  sum: 'added',
  avg: 'average',
  stats: 'average',
  min: 'level',
  max: 'level',
};

/** Undefined for maps without numbers. Where nobody prints them, keys with plain values are mostly notes, not measures. */
export function measureOf(map: ShownMap, printed: boolean): Measure | undefined {
  if (map.aggregation) return MEASURES[map.aggregation.fn];
  return isQuantity(map.value) && (printed || !map.key) ? 'level' : undefined;
}

interface Amount {
  total: Int;
  /** How many values make the total; of an average only. */
  count: Int;
}

/** By the bytes of the key. */
type Amounts = Map<string, Amount>;

interface Step {
  amounts: Amounts;
  /** What has no amount is zero, rather than unknown. */
  whole: boolean;
}

/** Of one step. */
const MAX_KEYS = 100;
const MAX_LINES = 20;

export class LinesTrack implements Track<Amounts, Step> {
  readonly isLevel: boolean;
  /** What was counted only grows: where it has become smaller, it has begun anew. */
  readonly #grows: boolean;

  constructor(
    private readonly map: ShownMap,
    private readonly measure: Measure,
  ) {
    this.isLevel = measure === 'level';
    this.#grows = measure === 'added' && !(map.value.kind === 'int' && map.value.signed);
  }

  read(entries: MapEntry[]): Amounts {
    return new Map(
      entries.map(({ key, value }) => {
        const read = readAggregate(this.map, value);
        const amount =
          'value' in read ? { total: read.value, count: 1 } : { total: read.total, count: read.count };
        return [this.map.key ? String.fromCharCode(...key) : '', amount];
      }),
    );
  }

  since(now: Amounts, before: Amounts | undefined): Step {
    const amounts = [...now].map(([key, amount]): [string, Amount] => [
      key,
      this.#since(amount, before?.get(key)),
    ]);
    const isAll = amounts.length <= MAX_KEYS;
    if (!isAll) amounts.sort(([, a], [, b]) => descending(a.total, b.total));
    return { amounts: new Map(amounts.slice(0, MAX_KEYS)), whole: isAll && this.measure === 'added' };
  }

  still(before: Step | undefined): Step {
    if (this.isLevel && before) return before;
    return { amounts: new Map(), whole: this.measure === 'added' };
  }

  unknown(): Step {
    return { amounts: new Map(), whole: false };
  }

  merge(earlier: Step, later: Step): Step {
    const amounts = new Map(earlier.amounts);
    for (const [key, amount] of later.amounts) {
      const known = amounts.get(key);
      amounts.set(key, known && !this.isLevel ? plus(known, amount) : amount);
    }
    return { amounts, whole: earlier.whole && later.whole };
  }

  show(steps: Step[]): Pick<History, 'lines'> {
    const totals = new Map<string, Amount>();
    for (const { amounts } of steps)
      for (const [key, amount] of amounts) {
        const known = totals.get(key);
        totals.set(key, known ? plus(known, amount) : amount);
      }
    const keys = [...totals]
      .sort(([, a], [, b]) => descending(a.total, b.total))
      .slice(0, MAX_LINES)
      .map(([key]) => key);
    return {
      lines: keys.map(key => ({
        key: this.map.key ? keyLabel(this.map, this.map.key, bytesOf(key)) : '',
        values: steps.map(({ amounts, whole }) => this.#value(amounts.get(key)) ?? (whole ? 0 : null)),
      })),
    };
  }

  #since(now: Amount, before: Amount | undefined): Amount {
    const began = this.isLevel || !before;
    if (began || now.count < before.count || (this.#grows && now.total < before.total)) return now;
    return { total: minus(now.total, before.total), count: minus(now.count, before.count) };
  }

  #value(amount: Amount | undefined): Value | undefined {
    if (!amount) return undefined;
    if (this.measure !== 'average') return intValue(amount.total);
    return amount.count ? intValue(shrink(BigInt(amount.total) / BigInt(amount.count))) : undefined;
  }
}

const minus = (a: Int, b: Int) => shrink(BigInt(a) - BigInt(b));
const add = (a: Int, b: Int) => shrink(BigInt(a) + BigInt(b));
const plus = (a: Amount, b: Amount): Amount => ({
  total: add(a.total, b.total),
  count: add(a.count, b.count),
});
const descending = (a: Int, b: Int) => (a < b ? 1 : a > b ? -1 : 0);
const bytesOf = (key: string) => Uint8Array.from(key, char => char.charCodeAt(0));
