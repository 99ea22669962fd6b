/** How often programs of SEC("perf_event") run, which their source does not say: the cell's options do. */
import { CellError, problem } from '../errors.ts';
import { didYouMean, HARDWARE_EVENTS, SOFTWARE_EVENTS } from '../language/index.ts';
import type { AttachSpec, ProgramLayout } from '../layout.ts';
import type { CellOptions } from '../notebook/index.ts';

/** What a run says of it. `pid`: only in this process. */
export type Sampling = Pick<CellOptions, 'event' | 'freq' | 'pid'>;

/** bpftrace's customary profile. */
const FREQUENCY = 99;
const NANOSECONDS = 1_000_000_000;

const EVENTS = { software: SOFTWARE_EVENTS, hardware: HARDWARE_EVENTS };
type EventType = keyof typeof EVENTS;
const TYPES: readonly EventType[] = ['software', 'hardware'];

/** Throws CellError for an event that nobody counts. */
export function sampled({ event, freq, pid }: Sampling, { span }: ProgramLayout): AttachSpec {
  const [name, count] = event ?? [CPU_CLOCK];
  const { type, config, period } = findEvent(name, span);
  const isClock = type === 'software' && config === SOFTWARE_EVENTS[CPU_CLOCK]!.config;
  // The clock's events are nanoseconds.
  if (isClock && count === undefined) {
    const every = Math.round(NANOSECONDS / (freq ?? FREQUENCY));
    if (pid === undefined) return { kind: 'clock', period: every, everyCpu: true };
    return { kind: 'perf_event', type, config, period: every, pid };
  }
  const often = freq === undefined ? { period: count ?? period } : { frequency: freq };
  return { kind: 'perf_event', type, config, ...often, ...(pid === undefined ? {} : { pid }) };
}

const CPU_CLOCK = 'cpu-clock';

function findEvent(text: string, span: ProgramLayout['span']) {
  const [, given, name = text] = /^(\w+):(.+)$/.exec(text) ?? [];
  const types = TYPES.filter(type => given === undefined || type === given);
  for (const type of types) {
    const found = Object.entries(EVENTS[type]).find(
      ([full, { alias }]) => full === name || alias === name,
    )?.[1];
    if (found) return { type, ...found };
  }
  const names = types.flatMap(type => Object.keys(EVENTS[type]));
  const remedy = didYouMean(name, names) || `There are: ${names.join(', ')}.`;
  throw new CellError([problem('not-counted', { name: text, remedy }, { span })]);
}
