/** The changes that diagnostics offer, as quick fixes. */
import * as vscode from 'vscode';
import type { Fix } from '../../kernel/errors.ts';
import { type ShownDiagnostics, toRange } from '../diagnostics.ts';
import { notebookOf } from './programs.ts';

export class QuickFixes implements vscode.CodeActionProvider {
  constructor(private readonly shown: ShownDiagnostics) {}

  provideCodeActions(document: vscode.TextDocument, range: vscode.Range): vscode.CodeAction[] {
    const all = this.shown.fixes(document.uri);
    return this.shown.fixes(document.uri, range).flatMap(({ diagnostic, fix, code }) => {
      const one = action(document, fix.title, [fix]);
      one.diagnostics = [diagnostic];
      one.isPreferred = true;
      const cell = headerCell(document, fix);
      const alike = all.filter(other => other.code === code && verb(other.fix) === verb(fix));
      if (alike.length < 2) return cell ? [cell, one] : [one];
      const title = `${verb(fix)} all ${alike.length} of this kind`;
      return [
        one,
        action(
          document,
          title,
          alike.map(other => other.fix),
        ),
      ];
    });
  }
}

/** The header as a cell in front of this one; undefined outside of notebooks. */
function headerCell(document: vscode.TextDocument, { header }: Fix): vscode.CodeAction | undefined {
  const notebook = header && notebookOf(document);
  if (!notebook) return undefined;
  const { name, text } = header;
  const index = notebook.getCells().findIndex(cell => cell.document === document);
  const source = `//| file: ${name}\n${text}`;
  const data = new vscode.NotebookCellData(vscode.NotebookCellKind.Code, source, document.languageId);
  const made = new vscode.CodeAction(
    `Make a header cell ${name} with a draft`,
    vscode.CodeActionKind.QuickFix,
  );
  made.edit = new vscode.WorkspaceEdit();
  made.edit.set(notebook.uri, [vscode.NotebookEdit.insertCells(index, [data])]);
  return made;
}

const verb = ({ title }: Fix) => title.split(' ')[0]!;

function action(document: vscode.TextDocument, title: string, fixes: Fix[]): vscode.CodeAction {
  const made = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  made.edit = new vscode.WorkspaceEdit();
  for (const { edits } of fixes)
    for (const { span, text } of edits) made.edit.replace(document.uri, toRange(span), text);
  return made;
}
