/** What the phases say about a cell, on the cell's own lines. */
import * as vscode from 'vscode';
import type { Diagnostic, Severity, Span } from '../../kernel/errors.ts';
import type { Runs } from './runs.ts';

const SEVERITIES: Record<Severity, vscode.DiagnosticSeverity> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  hint: vscode.DiagnosticSeverity.Hint,
};

/** Shows a run's diagnostics until the cell is run again or removed. */
export function showDiagnostics(runs: Runs): vscode.Disposable {
  const collection = vscode.languages.createDiagnosticCollection('ebpfnb');
  return vscode.Disposable.from(
    collection,
    runs.onDidChange(({ cell, snapshot }) => {
      const shown = (snapshot?.diagnostics ?? []).filter(({ span }) => span !== undefined);
      if (shown.length > 0 || collection.has(cell.document.uri))
        collection.set(cell.document.uri, shown.map(toVscode));
    }),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => collection.delete(uri)),
  );
}

function toVscode({ message, remedy, severity, span, phase, code }: Diagnostic): vscode.Diagnostic {
  const text = remedy ? `${message}\n${remedy}` : message;
  const diagnostic = new vscode.Diagnostic(toRange(span!), text, SEVERITIES[severity]);
  diagnostic.source = `ebpfnb ${phase}`;
  diagnostic.code = code;
  return diagnostic;
}

const toRange = ({ start, end }: Span) => new vscode.Range(start.line, start.column, end.line, end.column);
