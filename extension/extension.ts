/** Registers what the extension adds to VS Code. Nothing here does anything else. */
import * as vscode from 'vscode';
import { markCells } from './commands/cellKinds.ts';
import { exportCommands } from './commands/export.ts';
import { GeneratedC } from './commands/generatedC.ts';
import { newNotebook } from './commands/newNotebook.ts';
import { runningCommands } from './commands/running.ts';
import { variableCommands } from './commands/variables.ts';
import { CellController } from './controller/controller.ts';
import { reportDeath } from './controller/death.ts';
import { showDiagnostics } from './controller/diagnostics.ts';
import { watchPresence } from './controller/presence.ts';
import { Runs } from './controller/runs.ts';
import { showStale } from './controller/stale.ts';
import { showStatus } from './controller/status.ts';
import { ShownDiagnostics } from './diagnostics.ts';
import { KernelClient } from './kernel/client.ts';
import { registerLanguage } from './language/register.ts';
import { EditorTarget } from './language/target.ts';
import { RunMessaging } from './messaging.ts';
import { NOTEBOOK_TYPE } from './names.ts';
import { assignCellIds } from './notebook/cellIds.ts';
import { NotebookSerializer } from './notebook/serializer.ts';
import { registerProbes } from './probes/register.ts';
import { registerTracing } from './tracing/register.ts';

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('eBPF Notebook', { log: true });
  const kernel = new KernelClient(context.asAbsolutePath('dist/ebpfnb.mjs'), log);
  const target = new EditorTarget(kernel);
  const runs = new Runs(kernel);
  const controller = new CellController(kernel, runs);
  const messaging = new RunMessaging(kernel, controller);
  const generatedC = new GeneratedC(kernel);
  const diagnostics = new ShownDiagnostics();
  const serializer = new NotebookSerializer(run => runs.current(run));
  const commands = {
    ...runningCommands({ kernel, runs, controller }),
    ...variableCommands({ kernel, runs, controller }),
    ...exportCommands({ kernel, serializer }),
    'ebpfnb.newNotebook': newNotebook,
    'ebpfnb.showGeneratedC': (argument?: unknown) => generatedC.show(argument),
  };

  context.subscriptions.push(
    log,
    kernel,
    runs,
    controller,
    messaging,
    reportDeath(kernel, runs, controller),
    diagnostics,
    showDiagnostics(runs, diagnostics),
    target,
    registerLanguage(target, diagnostics),
    registerProbes(target, context.workspaceState),
    registerTracing({ runs, kernel, controller, extension: context.extensionUri }),
    showStatus(runs),
    showStale(runs),
    watchPresence(runs, messaging),
    generatedC.register(),
    markCells(),
    assignCellIds(),
    vscode.workspace.registerNotebookSerializer(NOTEBOOK_TYPE, serializer),
    ...Object.entries(commands).map(([id, command]) => vscode.commands.registerCommand(id, command)),
  );
}
