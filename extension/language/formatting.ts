/** Formatting, in the style of bpftrace's own formatter. */
import * as vscode from 'vscode';
import { format } from '../../kernel/language/formatter.ts';

export const programFormatting: vscode.DocumentFormattingEditProvider = {
  /** A program that is not sound stays as it is: its diagnostics say why. */
  provideDocumentFormattingEdits(document) {
    const formatted = format(document.getText());
    if (!('text' in formatted)) return [];
    // Cells end without a line break.
    const text = document.uri.scheme === 'vscode-notebook-cell' ? formatted.text.trimEnd() : formatted.text;
    const end = document.lineAt(document.lineCount - 1).range.end;
    return [vscode.TextEdit.replace(new vscode.Range(new vscode.Position(0, 0), end), text)];
  },
};
