/** How much a run has to show: its records, or, where it sends none, the entries of its maps. Pure. */
import type { Panel, RunSnapshot } from '../../kernel/protocol.ts';
import { count, events, rate } from './format.ts';

const ENTRIES: { [K in Panel['kind']]: (panel: Extract<Panel, { kind: K }>) => number } = {
  table: ({ of, total }) => (of === 'map' ? total : 0),
  bars: ({ bars, more }) => bars.length + more,
  histogram: ({ series }) => series.length,
  series: ({ series, more }) => series.length + more,
  flame: ({ stacks, more }) => stacks.length + more,
  text: () => 0,
};

const entriesOf = (panel: Panel) => (ENTRIES[panel.kind] as (panel: Panel) => number)(panel);

export interface Activity {
  /** `120/s`: of a live run that sends records, or shows nothing yet. */
  rate?: string;
  /** `1,234 events`, `12 map entries`; missing for a run that is over and told nothing. */
  amount?: string;
}

export function activity({
  phase,
  totals,
  panels,
}: Pick<RunSnapshot, 'phase' | 'totals' | 'panels'>): Activity {
  const live = phase === 'stream';
  const entries = panels.reduce((sum, panel) => sum + entriesOf(panel), 0);
  if (totals.events === 0 && entries > 0)
    return { amount: `${count(entries)} map ${entries === 1 ? 'entry' : 'entries'}` };
  return {
    ...(live ? { rate: rate(totals.rate) } : {}),
    ...(live || totals.events > 0 ? { amount: events(totals.events) } : {}),
  };
}
