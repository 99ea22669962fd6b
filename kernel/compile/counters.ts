/** Maps of perf events that programs read counters from, instead of writing records into them. */
import { CellError, problem } from '../errors.ts';
import type { MapLayout } from '../layout.ts';
import { isPerCpuStream } from '../mapTypes.ts';
import { mapSpan } from './maps.ts';

const READS = /\bbpf_perf_event_read(?:_value)?\s*\(\s*&\s*(\w+)/g;

const REFUSED = {
  reason: 'the counters that are read from it are put there by a program in user space',
  instead: 'Let the program run at the event itself: SEC("perf_event") with //| event: cpu-cycles:1000000.',
};

/** Throws CellError for a map that would be opened as a buffer, and in which no counter would be found. */
export function refuseCounters(maps: MapLayout[], source: string): void {
  const read = new Set([...source.matchAll(READS)].map(([, name]) => name));
  const refused = maps.filter(({ name, type }) => isPerCpuStream(type) && read.has(name));
  if (refused.length === 0) return;
  throw new CellError(
    refused.map(({ name }) =>
      problem('map-type-refused', { map: name, ...REFUSED }, { map: name, span: mapSpan(source, name) }),
    ),
  );
}
