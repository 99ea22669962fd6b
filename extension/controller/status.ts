/** The line under a cell: phase, event rate, and what was lost. */
import * as vscode from 'vscode';
import type { RunSnapshot } from '../../kernel/protocol.ts';
import { NOTEBOOK_TYPE } from '../names.ts';
import { activity } from '../run/activity.ts';
import { count } from '../run/format.ts';
import { headline } from '../run/headline.ts';
import type { Runs } from './runs.ts';

export function showStatus(runs: Runs): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const provider: vscode.NotebookCellStatusBarItemProvider = {
    onDidChangeCellStatusBarItems: changed.event,
    provideCellStatusBarItems(cell) {
      const snapshot = runs.lastOf(cell);
      return snapshot ? itemsOf(snapshot) : [];
    },
  };
  return vscode.Disposable.from(
    changed,
    runs.onDidChange(() => changed.fire()),
    vscode.notebooks.registerNotebookCellStatusBarItemProvider(NOTEBOOK_TYPE, provider),
  );
}

function itemsOf(snapshot: RunSnapshot): vscode.NotebookCellStatusBarItem[] {
  const { phase, totals, probes } = snapshot;
  const live = phase === 'stream';
  const items = [item(`${live ? '$(pulse) ' : ''}${headline(snapshot)}`, probes.join('\n'))];
  const { rate, amount } = activity(snapshot);
  if (rate ?? amount) items.push(item(rate ?? amount!, rate ? amount : undefined));
  if (totals.dropped > 0)
    items.push(
      item(`$(warning) ${count(totals.dropped)} dropped`, 'Records lost because a ring buffer was full'),
    );
  if (totals.missed > 0)
    items.push(item(`$(warning) ${count(totals.missed)} missed`, 'Probe hits that Linux did not run'));
  return items;
}

function item(text: string, tooltip?: string): vscode.NotebookCellStatusBarItem {
  const made = new vscode.NotebookCellStatusBarItem(text, vscode.NotebookCellStatusBarAlignment.Left);
  if (tooltip) made.tooltip = tooltip;
  return made;
}
