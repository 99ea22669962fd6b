/** The figures that tell how a run goes: above its output, and under its cell. Pure. */
import { byteSize } from '../../kernel/notebook/index.ts';
import type { MapFill, RunMemory, RunSnapshot } from '../../kernel/protocol.ts';
import { activity } from './activity.ts';
import { count, elapsed, probeCost, rate, share } from './format.ts';
import { headline } from './headline.ts';

export interface Figure {
  name: 'phase' | 'elapsed' | 'rate' | 'events' | 'dropped' | 'missed' | 'fill' | 'cost' | 'memory' | 'exit';
  /** Undefined = not shown. */
  text(snapshot: RunSnapshot): string | undefined;
  title?(snapshot: RunSnapshot): string;
  /** Characters that it has room for, so that what stands behind it keeps its place. */
  width?: number;
  /** Something is not as it should be. */
  warns?: true;
  /** Too much for the line under a cell, or there already: VS Code shows how long a cell has been executing. */
  onlyAbove?: true;
}

/** A map that is fuller than this is worth a figure. */
const NOTABLE = 0.5;

export const FIGURES: readonly Figure[] = [
  {
    name: 'phase',
    text: headline,
    title: ({ startedAt }) => (startedAt > 0 ? `Started ${new Date(startedAt).toLocaleString()}` : ''),
    width: 6,
  },
  {
    name: 'elapsed',
    text: ({ elapsedMs }) => elapsed(elapsedMs),
    title: () => 'Elapsed',
    width: 6,
    onlyAbove: true,
  },
  { name: 'rate', text: snapshot => activity(snapshot).rate, title: () => 'Events per second', width: 8 },
  {
    name: 'events',
    text: snapshot => activity(snapshot).amount,
    title: ({ totals, elapsedMs }) =>
      totals.events > 0 ? `In total; on average ${average(totals.events, elapsedMs)}` : '',
    width: 14,
  },
  {
    name: 'dropped',
    text: ({ totals }) => (totals.dropped > 0 ? `${count(totals.dropped)} dropped` : undefined),
    title: () => 'Records lost because a ring buffer was full',
    warns: true,
  },
  {
    name: 'missed',
    text: ({ totals }) => (totals.missed > 0 ? `${count(totals.missed)} missed` : undefined),
    title: () => 'Probe hits that Linux did not run',
    warns: true,
  },
  {
    name: 'fill',
    text: ({ fills = [] }) => {
      const [fullest, ...others] = fills.filter(fill => level(fill) >= NOTABLE);
      return (
        fullest && `${fullest.name} ${percent(fullest)} full${others.length ? `, +${others.length}` : ''}`
      );
    },
    title: ({ fills = [] }) => fills.map(fillText).join('\n'),
    width: 12,
    onlyAbove: true,
  },
  {
    name: 'cost',
    text: ({ cost }) => cost && share(cost.cpu),
    title: ({ cost }) =>
      ['What the probes take of one CPU', ...(cost?.probes ?? []).map(probeCost)].join('\n'),
    width: 9,
  },
  {
    name: 'memory',
    text: ({ memory }) => memory && byteSize(memory.maps + memory.records),
    title: ({ memory }) => (memory ? memoryText(memory) : ''),
    width: 7,
    onlyAbove: true,
  },
  {
    name: 'exit',
    text: ({ exitCode }) => (exitCode ? `exit code ${exitCode}` : undefined),
    warns: true,
    onlyAbove: true,
  },
];

export const level = ({ entries, capacity }: MapFill): number => (capacity > 0 ? entries / capacity : 0);

/** Only what is full is 100%. */
export const percent = (fill: MapFill): string => `${Math.floor(Math.min(1, level(fill)) * 100)}%`;

/** `@start: 9,000 of 10,240 entries, 87%` */
export const fillText = (fill: MapFill): string =>
  `${fill.name}: ${count(fill.entries)} of ${count(fill.capacity)} entries, ${percent(fill)}`;

export const memoryText = ({ maps, records }: RunMemory): string =>
  `Memory held: ${byteSize(maps)} in maps and buffers of Linux, ${byteSize(records)} of records`;

/** Over the whole time. */
export const average = (events: number, elapsedMs: number): string =>
  rate(elapsedMs > 0 ? Math.round((events * 1000) / elapsedMs) : events);
