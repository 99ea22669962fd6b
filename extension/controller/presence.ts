/**
 * Whether a window is there at all. A browser tab that was closed leaves its extension host running for a
 * while; what it started would go on unseen, so its watches end with it.
 */
import * as vscode from 'vscode';
import type { RunMessaging } from '../messaging.ts';
import type { Runs } from './runs.ts';

const PERIOD_MS = 15_000;
/** A window that has not answered for this long is gone, until it answers. */
const PATIENCE_MS = 10_000;

export function watchPresence(runs: Runs, messaging: RunMessaging): vscode.Disposable {
  let asking = false;
  const ask = async () => {
    if (asking || runs.all().length === 0) return;
    asking = true;
    let gone = false;
    const timer = setTimeout(() => {
      gone = true;
      for (const run of runs.all()) runs.unwatch(run);
      messaging.suspend();
    }, PATIENCE_MS);
    // A command of the window's own: only the window can answer.
    await vscode.commands.executeCommand('setContext', 'ebpfnb.present', true);
    clearTimeout(timer);
    asking = false;
    if (!gone) return;
    for (const run of runs.all()) void runs.watch(run);
    messaging.resume();
  };
  const period = setInterval(() => void ask(), PERIOD_MS);
  return new vscode.Disposable(() => clearInterval(period));
}
