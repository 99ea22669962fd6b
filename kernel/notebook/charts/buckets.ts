/** Buckets along an axis: ascending, labelled by their lower bounds, with a mark where some are missing. */
import type { Bucket, Value } from '../../protocol.ts';
import { asBigInt, inUnit, shortInteger, type Unit } from '../labels.ts';

export type Bounds = Pick<Bucket, 'lo' | 'hi'>;

export interface Place {
  label: string;
  order: number;
}

export interface BucketAxis {
  place(bounds: Bounds): Place;
  /** Places between buckets that do not touch: without them the axis would hide how far they are apart. */
  breaks: Place[];
}

const id = ({ lo, hi }: Bounds) => `${lo} ${hi}`;

/** Unbounded below comes first. */
function ascending(a: Bounds, b: Bounds): number {
  if (a.lo === b.lo) return 0;
  if (a.lo === null || b.lo === null) return a.lo === null ? -1 : 1;
  const [low, high] = [asBigInt(a.lo), asBigInt(b.lo)];
  return low === undefined || high === undefined || low < high ? -1 : low > high ? 1 : 0;
}

export function bucketAxis(all: Bounds[], unit?: Unit): BucketAxis {
  const distinct = [...new Map(all.map(bounds => [id(bounds), bounds])).values()].sort(ascending);
  const labels = labelsOf(distinct, unit);
  const places = new Map<string, Place>();
  const breaks: Place[] = [];
  let order = 0;
  distinct.forEach((bounds, i) => {
    const before = distinct[i - 1];
    if (before && asBigInt(before.hi) !== asBigInt(bounds.lo))
      breaks.push({ label: `⋯${' '.repeat(breaks.length)}`, order: order++ });
    places.set(id(bounds), { label: labels[i]!, order: order++ });
  });
  return { place: bounds => places.get(id(bounds))!, breaks };
}

/** Lower bounds in short; in full where two would look alike. */
function labelsOf(all: Bounds[], unit: Unit | undefined): string[] {
  const short = all.map(bounds => boundLabel(bounds, value => inUnit(value, unit) ?? shortInteger(value)));
  return new Set(short).size === all.length ? short : all.map(bounds => boundLabel(bounds, String));
}

function boundLabel({ lo, hi }: Bounds, words: (value: Value) => string): string {
  if (lo === null) return `<${words(hi)}`;
  return hi === null ? `≥${words(lo)}` : words(lo);
}

/** Exact bounds, however short the label is. */
export function rangeText({ lo, hi }: Bounds, unit?: Unit): string {
  const bound = (value: Value) => {
    const text = String(asBigInt(value) ?? value);
    const duration = inUnit(value, unit);
    return duration === undefined ? text : `${text} ${unit} (${duration})`;
  };
  return `${lo === null ? '(…' : `[${bound(lo)}`}, ${hi === null ? '…' : bound(hi)})`;
}

/** The axis itself: a tick, and its label, are at the bound that they tell, which is where the bucket begins. */
export const bucketEnds = (channel: 'x' | 'y') => ({
  bandPosition: channel === 'x' ? 0 : 1,
  labelOffset: { expr: `${channel === 'x' ? '-' : ''}bandwidth('${channel}') / 2` },
  labelOverlap: true,
  labelSeparation: 6,
  labelAngle: 0,
  grid: false,
});
