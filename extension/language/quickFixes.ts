/** The changes that diagnostics offer, as quick fixes. */
import * as vscode from 'vscode';
import type { Fix } from '../../kernel/errors.ts';
import { type ShownDiagnostics, toRange } from '../diagnostics.ts';

export class QuickFixes implements vscode.CodeActionProvider {
  constructor(private readonly shown: ShownDiagnostics) {}

  provideCodeActions(document: vscode.TextDocument, range: vscode.Range): vscode.CodeAction[] {
    const all = this.shown.fixes(document.uri);
    return this.shown.fixes(document.uri, range).flatMap(({ diagnostic, fix, code }) => {
      const one = action(document, fix.title, [fix]);
      one.diagnostics = [diagnostic];
      one.isPreferred = true;
      const alike = all.filter(other => other.code === code && verb(other.fix) === verb(fix));
      if (alike.length < 2) return [one];
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

const verb = ({ title }: Fix) => title.split(' ')[0]!;

function action(document: vscode.TextDocument, title: string, fixes: Fix[]): vscode.CodeAction {
  const made = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  made.edit = new vscode.WorkspaceEdit();
  for (const { edits } of fixes)
    for (const { span, text } of edits) made.edit.replace(document.uri, toRange(span), text);
  return made;
}
