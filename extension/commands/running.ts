/** Commands that stop and start cells. */
import * as vscode from 'vscode';
import type { CellController } from '../controller/controller.ts';
import type { Runs } from '../controller/runs.ts';
import type { KernelClient } from '../kernel/client.ts';
import { cellOf, notebookOf } from './target.ts';

export interface RunningParts {
  kernel: KernelClient;
  runs: Runs;
  controller: CellController;
}

/** Command id → what it does. */
export function runningCommands({ kernel, runs, controller }: RunningParts) {
  return {
    'ebpfnb.restartCell': async (argument?: unknown) => {
      const cell = cellOf(argument);
      if (cell) await controller.restart(cell);
    },
    'ebpfnb.restartCellAndSelectBelow': async () => {
      const cell = cellOf(undefined);
      if (!cell) return;
      const restarted = controller.restart(cell);
      // The cell still executes, so this only moves on, and adds a cell at the end as Shift+Enter does.
      await vscode.commands.executeCommand('notebook.cell.executeAndSelectBelow');
      await restarted;
    },
    'ebpfnb.restartAndRunAll': async (argument?: unknown) => {
      const notebook = notebookOf(argument);
      if (!notebook) return;
      await controller.stop(runs.of(notebook));
      await vscode.commands.executeCommand('notebook.execute', notebook.uri);
    },
    'ebpfnb.stopAll': async (argument?: unknown) => {
      const notebook = notebookOf(argument);
      if (notebook) await controller.stop(runs.of(notebook));
    },
    'ebpfnb.restartKernel': async () => {
      await vscode.window.withProgress(
        { location: vscode.ProgressLocation.Notification, title: 'Restarting the eBPF kernel' },
        async () => {
          // Cells end with their final output first; a kernel that hangs does not hold this up.
          const patience = new Promise(resolve => setTimeout(resolve, 3000));
          await Promise.race([controller.stop(runs.all()), patience]);
          await kernel.stop();
          await kernel.request('target/info', {});
        },
      );
    },
  };
}
