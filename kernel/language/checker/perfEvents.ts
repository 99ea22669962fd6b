/** Probes on events that Linux or the processor counts, and on accesses to memory. */
import { didYouMean } from '../suggest.ts';
import type { ProbePoint } from '../symbols.ts';
import { type AttachContext, hasWildcard, point } from './attachPoint.ts';

interface PerfEvent {
  /** PERF_COUNT_SW_* or PERF_COUNT_HW_*. */
  config: number;
  /** Events between two runs of the probe, unless it says. */
  period: number;
  alias?: string;
}

export const SOFTWARE_EVENTS: Readonly<Record<string, PerfEvent>> = {
  'cpu-clock': { config: 0, period: 1_000_000, alias: 'cpu' },
  'task-clock': { config: 1, period: 1 },
  'page-faults': { config: 2, period: 100, alias: 'faults' },
  'context-switches': { config: 3, period: 1_000, alias: 'cs' },
  'cpu-migrations': { config: 4, period: 1 },
  'minor-faults': { config: 5, period: 100 },
  'major-faults': { config: 6, period: 1 },
  'alignment-faults': { config: 7, period: 1 },
  'emulation-faults': { config: 8, period: 1 },
  dummy: { config: 9, period: 1 },
  'bpf-output': { config: 10, period: 1 },
};

export const HARDWARE_EVENTS: Readonly<Record<string, PerfEvent>> = {
  'cpu-cycles': { config: 0, period: 1_000_000, alias: 'cycles' },
  instructions: { config: 1, period: 1_000_000 },
  'cache-references': { config: 2, period: 1_000_000 },
  'cache-misses': { config: 3, period: 1_000_000 },
  'branch-instructions': { config: 4, period: 100_000, alias: 'branches' },
  'branch-misses': { config: 5, period: 100_000 },
  'bus-cycles': { config: 6, period: 100_000 },
  'frontend-stalls': { config: 7, period: 1_000_000 },
  'backend-stalls': { config: 8, period: 1_000_000 },
  'ref-cycles': { config: 9, period: 1_000_000 },
};

const EVENTS = { software: SOFTWARE_EVENTS, hardware: HARDWARE_EVENTS };

/** `software:page-faults:100` */
export function perfEvent(context: AttachContext): ProbePoint[] {
  const { parts, row, node, reporter, options } = context;
  const [name, count] = parts as [string, string?];
  const type = row.name as keyof typeof EVENTS;
  if (hasWildcard(name)) {
    reporter.report('no-wildcard', { name: row.name }, node);
    return [];
  }
  const rows = Object.entries(EVENTS[type]);
  const found = rows.find(([full, { alias }]) => full === name || alias === name)?.[1];
  if (!found) {
    const names = rows.map(([full]) => full);
    const remedy = didYouMean(name, names) || `There are: ${names.join(', ')}.`;
    reporter.report('unknown-event', { type, name, remedy }, node);
    return [];
  }
  const period = count === undefined || count === '' ? found.period : Number(count);
  if (!Number.isSafeInteger(period) || period < 1) {
    reporter.report('event-count', { name: row.name, given: count ?? '' }, node);
    return [];
  }
  const pid = options.pid === undefined ? {} : { pid: options.pid };
  const attach = { kind: 'perf_event', type, config: found.config, period, ...pid } as const;
  return [point(context, `${row.name}:${parts.join(':')}`, attach)];
}

/** Lengths and modes that processors watch. */
const LENGTHS = [1, 2, 4, 8];
const MODES: Readonly<Record<'x64' | 'arm64', readonly string[]>> = {
  x64: ['w', 'rw', 'x'],
  arm64: ['r', 'w', 'rw', 'x'],
};

/** `watchpoint:0x1234:8:w`; the order of a mode's letters says nothing. */
export function watchpoint(context: AttachContext): ProbePoint[] {
  const { parts, node, reporter, options } = context;
  const [address, length, letters] = parts as [string, string, string];
  const mode = [...letters].sort().join('');
  const modes = MODES[options.target.arch];
  const isNumber = (text: string) => /^(0x[0-9a-fA-F]+|[0-9]+)$/.test(text);
  const rules: [broken: boolean, reason: string][] = [
    [!isNumber(address), `Invalid function/address argument: ${address}`],
    [!isNumber(length), `Invalid length argument: ${length}`],
    [Number(address) === 0, 'watchpoint must be attached to a non-zero address'],
    [!LENGTHS.includes(Number(length)), `watchpoint length must be one of (${LENGTHS.join()})`],
    [/[^rwx]/.test(mode), 'watchpoint mode must be combination of (r,w,x)'],
    [/(.)\1/.test(mode), 'watchpoint modes may not be duplicated'],
    [!modes.includes(mode), `invalid watchpoint mode: ${mode}, supported modes: ${modes.join()}`],
  ];
  const wrong = rules.find(([broken]) => broken)?.[1];
  if (wrong) {
    reporter.report('watchpoint-parts', { reason: wrong }, node);
    return [];
  }
  const pid = options.pid === undefined ? {} : { pid: options.pid };
  const at = `0x${BigInt(address).toString(16)}`;
  return [
    point(context, `watchpoint:${parts.join(':')}`, {
      kind: 'watchpoint',
      address: at,
      length: Number(length),
      mode,
      ...pid,
    }),
  ];
}
