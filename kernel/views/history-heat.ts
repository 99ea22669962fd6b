/** A histogram over time: what came to each bucket, of all its keys together. */
import type { History } from '../protocol.ts';
import { boundValue, histogramOf } from './histogram.ts';
import type { Track } from './history.ts';
import type { MapEntry, ShownMap } from './snapshot.ts';

/** Counts by bucket, by the bytes of the key. */
type Counts = Map<string, number[]>;
/** What came, by bucket. */
type Step = Map<number, number>;

/** Rows of a heatmap; where there are more buckets, neighbours are one. */
const MAX_BUCKETS = 100;

export class HeatTrack implements Track<Counts, Step> {
  readonly isLevel = false;

  constructor(private readonly map: ShownMap) {}

  read(entries: MapEntry[]): Counts {
    const { series = [] } = histogramOf(this.map, entries) ?? {};
    return new Map(series.map(({ key, counts }) => [String.fromCharCode(...key), counts]));
  }

  since(now: Counts, before: Counts | undefined): Step {
    const came: Step = new Map();
    for (const [key, counts] of now) {
      const known = before?.get(key);
      // A key that was deleted begins anew.
      const began = known?.some((count, bucket) => count > (counts[bucket] ?? 0));
      counts.forEach((count, bucket) => {
        const more = count - (began ? 0 : (known?.[bucket] ?? 0));
        if (more > 0) came.set(bucket, (came.get(bucket) ?? 0) + more);
      });
    }
    return came;
  }

  still(): Step {
    return new Map();
  }

  unknown(): Step {
    return new Map();
  }

  merge(earlier: Step, later: Step): Step {
    const merged = new Map(earlier);
    for (const [bucket, count] of later) merged.set(bucket, (merged.get(bucket) ?? 0) + count);
    return merged;
  }

  show(steps: Step[]): Pick<History, 'heat'> {
    const seen = steps.flatMap(step => [...step.keys()]).sort((a, b) => a - b);
    const [first, last] = [seen.at(0), seen.at(-1)];
    const bounds = histogramOf(this.map, [])?.bounds;
    if (!bounds || first === undefined || last === undefined) return {};
    const width = Math.ceil((last - first + 1) / MAX_BUCKETS);
    const rows = Math.ceil((last - first + 1) / width);
    return {
      heat: {
        buckets: Array.from({ length: rows }, (_, row) => {
          const from = first + row * width;
          return {
            lo: boundValue(bounds(from).lo),
            hi: boundValue(bounds(Math.min(from + width - 1, last)).hi),
          };
        }),
        counts: steps.map(step => {
          const counts = new Array<number>(rows).fill(0);
          for (const [bucket, count] of step) counts[Math.floor((bucket - first) / width)]! += count;
          return counts;
        }),
      },
    };
  }
}
