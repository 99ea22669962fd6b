/** A run's snapshot, kept current by the kernel's deltas. Pure: the renderer and the extension both use it. */
import type { Panel, PanelDelta, RunDelta, RunSnapshot } from '../../kernel/protocol.ts';

/** Newest rows or lines kept in a panel; the kernel's default. */
export const KEPT_ROWS = 10_000;

/** The items from index `first` on, bounded to the newest `kept`. A gap between old and new starts afresh. */
function append<T>(
  items: T[],
  start: number,
  added: T[],
  first: number,
  kept: number,
): { items: T[]; start: number } {
  const known = first - start;
  const continues = known >= 0 && known <= items.length;
  const base = continues ? items : [];
  if (continues) base.length = known;
  for (const item of added) base.push(item);
  const origin = continues ? start : first;
  // A quarter of slack, so that not every append moves the whole array.
  const surplus = base.length > kept * 1.25 ? base.length - kept : 0;
  if (surplus > 0) base.splice(0, surplus);
  return { items: base, start: origin + surplus };
}

/** Applies one panel's change in place where it can; answers the panel to keep. */
export function applyPanelDelta(
  panel: Panel | undefined,
  delta: PanelDelta,
  kept = KEPT_ROWS,
): Panel | undefined {
  if (delta.change === 'replace') return delta.panel;
  if (delta.change === 'rows' && panel?.kind === 'table') {
    const { items, start } = append(panel.rows, panel.first, delta.rows, delta.first, kept);
    return Object.assign(panel, { rows: items, first: start, total: delta.total });
  }
  if (delta.change === 'lines' && panel?.kind === 'text') {
    const { items, start } = append(panel.lines, panel.first, delta.lines, delta.first, kept);
    return Object.assign(panel, { lines: items, first: start, total: delta.total });
  }
  return panel;
}

/** Brings `snapshot` up to date in place. Panels that the delta names first are added at the end. */
export function applyDelta(
  snapshot: RunSnapshot,
  delta: Pick<RunDelta, 'head' | 'panels'>,
  kept = KEPT_ROWS,
): void {
  // Absent once it is over.
  delete snapshot.attaching;
  Object.assign(snapshot, delta.head);
  for (const change of delta.panels) {
    const index = snapshot.panels.findIndex(panel => panel.id === change.id);
    const panel = applyPanelDelta(snapshot.panels[index], change, kept);
    if (!panel) continue;
    if (index < 0) snapshot.panels.push(panel);
    else snapshot.panels[index] = panel;
  }
}

/** What a cell's output holds before the kernel says more. */
export function startingSnapshot(run: string, cell: string, startedAt: number): RunSnapshot {
  return {
    run,
    cell,
    phase: 'parse',
    startedAt,
    elapsedMs: 0,
    totals: { events: 0, rate: 0, dropped: 0, missed: 0 },
    probes: [],
    diagnostics: [],
    panels: [],
  };
}
