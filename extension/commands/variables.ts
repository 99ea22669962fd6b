/** Setting what a BPF C cell has in global variables: those that can change while it is live, and its parameters. */
import * as vscode from 'vscode';
import type { Diagnostic } from '../../kernel/errors.ts';
import { cellText, paramsEdit } from '../../kernel/notebook/index.ts';
import type { Variable } from '../../kernel/protocol.ts';
import type { CellController } from '../controller/controller.ts';
import { runRequest } from '../controller/request.ts';
import type { Runs } from '../controller/runs.ts';
import { toRange } from '../diagnostics.ts';
import type { KernelClient } from '../kernel/client.ts';
import { CELL_LANGUAGES } from '../names.ts';
import { cellOf } from './target.ts';

export interface VariableParts {
  kernel: KernelClient;
  runs: Runs;
  controller: CellController;
}

interface VariableItem extends vscode.QuickPickItem {
  variable?: Variable;
}

/** Command id → what it does. */
export function variableCommands({ kernel, runs, controller }: VariableParts) {
  return {
    'ebpfnb.setVariable': async (argument?: unknown) => {
      const cell = cellOf(argument);
      const run = cell && runs.byCell(cell);
      if (!run?.id || run.snapshot?.phase !== 'stream')
        return tell('Run a BPF C cell first: its variables can be set while it is live.');
      await telling(async () => {
        const { variables } = await kernel.request('run/variables', { run: run.id! });
        if (variables.length === 0)
          return tell('This cell has no variables to set: a global that is not const, like int limit = 10;');
        const picked = await vscode.window.showQuickPick(variables.map(itemOf), {
          title: 'Set Variable',
          placeHolder: 'Which variable?',
        });
        const value = picked?.variable && (await newValue(picked.variable, 'Set Variable'));
        if (value === undefined) return;
        await kernel.request('run/set', { run: run.id!, ...value });
      });
    },
    'ebpfnb.setParameters': async (argument?: unknown) => {
      const cell = cellOf(argument);
      if (cell) await telling(() => setParameters(cell, kernel, controller));
    },
  };
}

/** A form: each parameter with its value, until the cell is to run. */
async function setParameters(
  cell: vscode.NotebookCell,
  kernel: KernelClient,
  controller: CellController,
): Promise<void> {
  const run: VariableItem = { label: '$(run) Run the cell', alwaysShow: true };
  for (;;) {
    const { parameters, diagnostics } = await kernel.request('cell/parameters', runRequest(cell));
    const [wrong] = diagnostics;
    if (wrong) return tell(`This cell does not compile: ${wrong.message}`);
    if (parameters.length === 0)
      return tell('This cell has no parameters: a global like const volatile int limit = 10; is one.');
    const picked = await vscode.window.showQuickPick([...parameters.map(itemOf), run], {
      title: 'Set Parameters',
      placeHolder: 'Which parameter? They are kept in the cell, as //| params.',
    });
    if (picked === run) return controller.restart(cell);
    const value = picked?.variable && (await newValue(picked.variable, 'Set Parameters'));
    if (value === undefined) return;
    await keep(cell, { [value.name]: value.value });
  }
}

const itemOf = (variable: Variable): VariableItem => ({
  label: variable.name,
  description: `${cellText(variable.value, 'other')}  ${variable.type}`,
  variable,
});

/** Asks for it; what is a struct or an array is set by its parts. */
async function newValue(
  { name, type, value }: Variable,
  title: string,
): Promise<{ name: string; value: string } | undefined> {
  const text = cellText(value, 'other');
  const whole = type.startsWith('char[') || !/^[[{]/.test(text);
  const typed = await vscode.window.showInputBox({
    title,
    prompt: whole
      ? `${name} (${type})`
      : `A part of ${name} (${type}) and its value: ${name}.field = 1, ${name}[0] = 1`,
    value: whole ? text : name,
  });
  if (typed === undefined || whole) return typed === undefined ? undefined : { name, value: typed };
  const [, part = typed, given = ''] = /^\s*([^=\s]+)\s*=?\s*(.*?)\s*$/.exec(typed) ?? [];
  return { name: part, value: given };
}

async function keep(cell: vscode.NotebookCell, values: Record<string, string>): Promise<void> {
  const { document } = cell;
  const language = CELL_LANGUAGES.get(document.languageId)!;
  const { span, text } = paramsEdit(language, document.getText(), values);
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, toRange(span), text);
  await vscode.workspace.applyEdit(edit);
}

function tell(message: string): void {
  void vscode.window.showInformationMessage(message);
}

/** What the kernel refused, in its words. */
async function telling(work: () => Promise<void> | void): Promise<void> {
  try {
    await work();
  } catch (error) {
    const { message, data } = error as Error & { data?: Diagnostic[] };
    void vscode.window.showErrorMessage([message, data?.[0]?.remedy].filter(Boolean).join('. '));
  }
}
