import * as vscode from 'vscode';
import { NOTEBOOK_TYPE } from '../names.ts';

/** What a new notebook begins with: something that runs as it stands. */
const FIRST_CELL = `//| workload: ls -l /
tracepoint:syscalls:sys_enter_openat /pid == cpid/
{
  printf("%s %s\\n", comm, str(args.filename));
}`;

/** Opens an untitled notebook with a first cell. */
export async function newNotebook(): Promise<void> {
  const cell = new vscode.NotebookCellData(vscode.NotebookCellKind.Code, FIRST_CELL, 'bpftrace');
  const document = await vscode.workspace.openNotebookDocument(
    NOTEBOOK_TYPE,
    new vscode.NotebookData([cell]),
  );
  await vscode.window.showNotebookDocument(document);
}
