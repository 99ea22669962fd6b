/** What a run did not see, told from what the loader counted. */
import { constants } from 'node:os';
import { errorText } from '../errno.ts';
import { type Diagnostic, type ErrorCode, problem } from '../errors.ts';
import type { CellLayout, LostKind, MapLayout } from '../layout.ts';
import type { Counters } from '../loader/protocol.ts';
import type { Loss } from '../protocol.ts';

/** One kind of loss at one place. */
interface Counted {
  count: number;
  /** The errno, 0 = none. */
  error: number;
  /** How many on each CPU. */
  cpus: number[];
  /** Name of the map. */
  map?: string;
}

const { E2BIG, ENOMEM, EBUSY, EDEADLK, ETIMEDOUT, ENOENT, ENOSPC } = constants.errno;

const UPDATES: Readonly<Record<number, ErrorCode>> = {
  [E2BIG]: 'map-full',
  [ENOMEM]: 'map-no-memory',
  [EBUSY]: 'map-busy',
  [EDEADLK]: 'map-busy',
  [ETIMEDOUT]: 'map-busy',
};

const PERF_RECORDS: Readonly<Record<number, ErrorCode>> = {
  [ENOSPC]: 'lost-perf-records',
  [ENOENT]: 'lost-without-buffer',
};

const CODES: Readonly<Record<Exclude<LostKind, 'exit'>, (error: number) => ErrorCode>> = {
  record: () => 'lost-records',
  'perf-record': error => PERF_RECORDS[error] ?? 'perf-record-refused',
  scratch: () => 'lost-hits',
  kstack: () => 'no-kstack',
  ustack: () => 'no-ustack',
  update: error => UPDATES[error] ?? 'map-refused',
};

/** Of records, which are told as `dropped` of a run's totals. */
const RECORDS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'lost-records',
  'lost-perf-records',
  'lost-without-buffer',
  'perf-record-refused',
]);

/** Of hits, which are told as `missed` of a run's totals. */
const HITS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'lost-hits',
  'skipped-recursion',
  'skipped-kprobe',
  'skipped-kretprobe',
]);

/** Those that are not zero, in the order in which they are counted. */
export function lossesOf(layout: CellLayout, { lost, programs }: Counters): Loss[] {
  const counted = (layout.lost?.counts ?? []).flatMap(({ kind, map }, i) =>
    kind === 'exit'
      ? []
      : lossOf(
          kind,
          { ...(lost[i] ?? { count: 0, error: 0, cpus: [] }), ...(map === undefined ? {} : { map }) },
          layout,
        ),
  );
  const skipped = programs.flatMap(({ program, recursion, missed }) => {
    const probe = layout.programs.find(({ symbol }) => symbol === program)?.probe ?? program;
    const kind = probe.startsWith('kretprobe') ? 'skipped-kretprobe' : 'skipped-kprobe';
    return [skippedBy('skipped-recursion', recursion, probe), skippedBy(kind, missed, probe)];
  });
  return [...counted, ...skipped].filter(({ count }) => count > 0);
}

/** Stacks whose place in their map was taken, by map. */
export const lostStacks = (collisions: ReadonlyMap<string, number>): Loss[] =>
  [...collisions].map(([map, count]) => ({
    count,
    problem: problem('stack-collision', { ...numbered(count), of: map }, { map }),
  }));

/** The program asked to end, and its record was lost. */
export function lostExit({ lost: layout }: CellLayout, { lost }: Counters): { code: number } | undefined {
  const at = layout?.counts.findIndex(({ kind }) => kind === 'exit') ?? -1;
  return lost[at]?.count ? { code: lost[at].error } : undefined;
}

function lossOf(kind: keyof typeof CODES, { count, error, cpus, map }: Counted, layout: CellLayout): Loss {
  const values = {
    ...numbered(count),
    cpus: byCpu(cpus),
    of: map ?? '',
    reason: errorText(error),
    remedy: roomFor(map, layout),
  };
  const errno = Object.entries(constants.errno).find(([, number]) => number === error)?.[0];
  const about = { ...(map === undefined ? {} : { map }), ...(errno === undefined ? {} : { errno }) };
  return { count, problem: problem(CODES[kind](error), values, about) };
}

const skippedBy = (code: ErrorCode, count: number, probe: string): Loss => ({
  count,
  problem: problem(code, { ...numbered(count), of: probe }, { program: probe }),
});

const numbered = (count: number) =>
  count === 1 ? { count, s: '', were: 'was' } : { count, s: 's', were: 'were' };

/** CPUs that are named, those that lost most. */
const MOST_CPUS = 8;

/** `CPU 3: 12, CPU 0: 7`. */
function byCpu(cpus: number[]): string {
  const losers = cpus
    .map((count, cpu) => ({ cpu, count }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);
  const named = losers.slice(0, MOST_CPUS).map(({ cpu, count }) => `CPU ${cpu}: ${count}`);
  return [...named, ...(losers.length > MOST_CPUS ? ['…'] : [])].join(', ');
}

/** How a map gets room for more. */
function roomFor(map: string | undefined, { maps }: CellLayout): string {
  const found = maps.find(({ name }) => name === map);
  if (!found) return '';
  const { maxEntries: room, perCpu } = found;
  const [hash, lru] = perCpu ? ['percpuhash', 'percpulruhash'] : ['hash', 'lruhash'];
  return `It has room for ${room} entries. Write let ${map} = ${hash}(${10 * room}); or ${lru}(${room}), which forgets the oldest.`;
}

/** A map of a BPF C program that has no room left. */
export function mapAtLimit({ name, maxEntries, perCpu }: MapLayout): Diagnostic {
  const lru = perCpu ? 'LRU_PERCPU_HASH' : 'LRU_HASH';
  return problem('map-at-limit', { name, room: maxEntries, lru }, { map: name });
}

/** Records and hits among the losses, as a run's totals tell them. */
export function totalsOf(losses: readonly Loss[]): { dropped: number; missed: number } {
  const sum = (fits: (code: ErrorCode) => boolean) =>
    losses.reduce((total, { count, problem }) => (fits(problem.code) ? total + count : total), 0);
  return { dropped: sum(code => RECORDS.has(code)), missed: sum(code => HITS.has(code)) };
}
