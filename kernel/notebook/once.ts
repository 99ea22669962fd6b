/** What is said once, where a reader cannot fold things away. Pure. */
import type { Panel, RunSnapshot } from '../protocol.ts';

/** The panel that holds what bpftrace would print. */
const TEXT_PANEL = 'text';

/**
 * A run without what others of its panels say in a better form, and without empty tables: records are either a table
 * or the text they would print.
 */
export function panelsOnce({ panels, view }: Pick<RunSnapshot, 'panels' | 'view'>): Panel[] {
  const isRecords = (panel: Panel) => panel.kind === 'table' && panel.of === 'records';
  const filled = panels.filter(panel => panel.kind !== 'table' || panel.rows.length > 0);
  const text = filled.some(({ id }) => id === TEXT_PANEL);
  if (view === 'text' && text) return filled.filter(panel => !isRecords(panel));
  return filled.some(isRecords) ? filled.filter(({ id }) => id !== TEXT_PANEL) : filled;
}
