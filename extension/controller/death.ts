/** Says that the kernel died, and offers to run again what died with it. */
import * as vscode from 'vscode';
import type { KernelClient } from '../kernel/client.ts';
import type { CellController } from './controller.ts';
import type { Runs } from './runs.ts';

export function reportDeath(kernel: KernelClient, runs: Runs, controller: CellController): vscode.Disposable {
  return kernel.onGone(async ({ reason, expected }) => {
    if (expected) return;
    const cells = runs.all().flatMap(({ cell, snapshot }) => (snapshot ? [cell] : []));
    const lost = cells.length === 1 ? 'One live cell has' : `${cells.length} live cells have`;
    const message = `The eBPF kernel ended unexpectedly (${reason}).${cells.length ? ` ${lost} ended; the probes are detached.` : ''}`;
    const answer = await vscode.window.showErrorMessage(message, ...(cells.length ? ['Restart'] : []));
    if (answer) for (const cell of cells) await controller.restart(cell);
  });
}
