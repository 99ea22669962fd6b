/** What of a run is saved: the newest rows, whole charts as long as they are not too large, true totals. Pure. */
import type { History, Panel, RunSnapshot } from '../protocol.ts';
import { condensed } from './condense.ts';

export interface Bounds {
  /** Newest rows and lines of each panel, largest bars and stacks. */
  rows: number;
  /** Of one string. */
  characters: number;
  /** Keys of a histogram, and of lines. */
  series: number;
  /** Newest points of a line, and columns of a heatmap. */
  times: number;
}

/** From what is saved as a rule to what is saved of outputs that would be too large. */
export const BOUNDS: readonly Bounds[] = [
  { rows: 200, characters: 4096, series: 20, times: 600 },
  { rows: 100, characters: 1024, series: 20, times: 240 },
  { rows: 50, characters: 512, series: 10, times: 120 },
  { rows: 25, characters: 256, series: 5, times: 60 },
  { rows: 10, characters: 128, series: 2, times: 30 },
  { rows: 5, characters: 64, series: 1, times: 10 },
];

/** Totals stay true. */
export function boundSnapshot(snapshot: RunSnapshot, bounds: Bounds = BOUNDS[0]!): RunSnapshot {
  const { probes, panels } = snapshot;
  const left = probes.length - bounds.rows;
  return shortened(
    {
      ...snapshot,
      probes: left > 0 ? [...probes.slice(0, bounds.rows), `… ${left} more`] : probes,
      panels: panels.map(panel => boundForms(boundPanel(panel, bounds), bounds)),
    },
    bounds.characters,
  );
}

function boundPanel(panel: Panel, { rows, series, times }: Bounds): Panel {
  switch (panel.kind) {
    case 'table': {
      if (panel.of !== 'records') return { ...panel, rows: panel.rows.slice(0, rows) };
      const kept = rows > 0 ? panel.rows.slice(-rows) : [];
      return { ...panel, rows: kept, first: panel.first + panel.rows.length - kept.length };
    }
    case 'text': {
      const kept = rows > 0 ? panel.lines.slice(-rows) : [];
      return { ...panel, lines: kept, first: panel.first + panel.lines.length - kept.length };
    }
    case 'bars': {
      const kept = panel.bars.slice(0, rows);
      return { ...panel, bars: kept, more: panel.more + panel.bars.length - kept.length };
    }
    case 'histogram':
      return { ...panel, series: panel.series.slice(0, series) };
    case 'series': {
      const kept = panel.series.slice(0, series);
      return {
        ...panel,
        times: panel.times.slice(-times),
        series: kept.map(({ key, values }) => ({ key, values: values.slice(-times) })),
        more: panel.more + panel.series.length - kept.length,
      };
    }
    case 'flame':
      return condensed(panel, rows);
  }
}

/** Of a map's text, its last lines: the largest stand there. */
function boundForms(panel: Panel, bounds: Bounds): Panel {
  if (panel.kind === 'text') return panel;
  const { text, history } = panel;
  return {
    ...panel,
    ...(text ? { text: bounds.rows > 0 ? text.slice(-bounds.rows) : [] } : {}),
    ...(history ? { history: boundHistory(history, bounds) } : {}),
  };
}

const boundHistory = ({ times, lines, heat }: History, bounds: Bounds): History => ({
  times: times.slice(-bounds.times - 1),
  ...(lines
    ? {
        lines: lines
          .slice(0, bounds.series)
          .map(({ key, values }) => ({ key, values: values.slice(-bounds.times) })),
      }
    : {}),
  ...(heat ? { heat: { ...heat, counts: heat.counts.slice(-bounds.times) } } : {}),
});

/** Long strings are cut, wherever they are. */
function shortened<T>(value: T, most: number): T {
  if (typeof value === 'string')
    return (value.length > most ? `${wellFormed(value.slice(0, most))}…` : value) as T;
  if (Array.isArray(value)) return value.map(one => shortened(one, most)) as T;
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [key, shortened(member, most)]),
    ) as T;
  return value;
}

/** Without half a surrogate pair at the cut. */
const wellFormed = (text: string) => text.replace(/[\ud800-\udbff]$/, '');
