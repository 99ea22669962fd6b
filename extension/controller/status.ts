/** The line under a cell: phase, event rate, what was lost, and what it costs. */
import * as vscode from 'vscode';
import type { RunSnapshot } from '../../kernel/protocol.ts';
import { coalesced } from '../coalesce.ts';
import { NOTEBOOK_TYPE } from '../names.ts';
import { FIGURES, type Figure } from '../run/figures.ts';
import type { Runs } from './runs.ts';

/** One event has VS Code ask for all cells in view, and twenty live ones have news twenty times a second. */
const CALM_MS = 250;
/** As wide as a digit, and not cut off like a space. */
const FIGURE_SPACE = '\u2007';

export function showStatus(runs: Runs): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const tell = coalesced(() => changed.fire(), CALM_MS);
  const provider: vscode.NotebookCellStatusBarItemProvider = {
    onDidChangeCellStatusBarItems: changed.event,
    provideCellStatusBarItems(cell) {
      const snapshot = runs.lastOf(cell);
      return snapshot ? itemsOf(snapshot, cell) : [];
    },
  };
  return vscode.Disposable.from(
    changed,
    tell,
    runs.onDidChange(tell.call),
    vscode.notebooks.registerNotebookCellStatusBarItemProvider(NOTEBOOK_TYPE, provider),
  );
}

function itemsOf(snapshot: RunSnapshot, cell: vscode.NotebookCell): vscode.NotebookCellStatusBarItem[] {
  const live = snapshot.phase !== 'ended';
  return FIGURES.filter(({ onlyAbove }) => !onlyAbove).flatMap(figure => {
    const text = figure.text(snapshot);
    if (text === undefined) return [];
    const item = itemOf(figure, text, snapshot);
    item.command = live
      ? { command: 'ebpfnb.showTracing', title: 'Show in Tracing View', arguments: [cell] }
      : { command: 'ebpfnb.revealCell', title: 'Show Output', arguments: [cell] };
    return [item];
  });
}

function itemOf(
  { name, title, width = 0, warns }: Figure,
  text: string,
  snapshot: RunSnapshot,
): vscode.NotebookCellStatusBarItem {
  const icon = warns ? '$(warning) ' : name === 'phase' && snapshot.phase === 'stream' ? '$(pulse) ' : '';
  const item = new vscode.NotebookCellStatusBarItem(
    icon + (name === 'phase' ? text : text.padStart(width, FIGURE_SPACE)),
    vscode.NotebookCellStatusBarAlignment.Left,
  );
  const about = title?.(snapshot);
  const tooltip = name === 'phase' ? [about, ...snapshot.probes].filter(Boolean).join('\n') : about;
  if (tooltip) item.tooltip = tooltip;
  item.accessibilityInformation = { label: [text, about].filter(Boolean).join(', ') };
  return item;
}
