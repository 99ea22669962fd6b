/** What is wrong with cells and files, from whoever finds it, each thing shown once. */
import * as vscode from 'vscode';
import type { Diagnostic, Fix, Phase, Severity, Span } from '../kernel/errors.ts';

const SEVERITIES: Record<Severity, vscode.DiagnosticSeverity> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  hint: vscode.DiagnosticSeverity.Hint,
};

/** `text`: found as one types; `run`: by the run of the cell. */
const FINDERS = ['text', 'run'] as const;
export type Finder = (typeof FINDERS)[number];

type Found = Diagnostic & { span: Span };

/** In the text itself, not in one that it imports. */
const isOwn = (one: Diagnostic): one is Found => one.span !== undefined && one.span.file === undefined;

export class ShownDiagnostics implements vscode.Disposable {
  #collection = vscode.languages.createDiagnosticCollection('ebpfnb');
  #found = new Map<string, Record<Finder, Found[]>>();
  /** What each finder told last, by finder and document. */
  #told = new Map<string, string>();
  #closed = vscode.workspace.onDidCloseTextDocument(({ uri }) => {
    this.#found.delete(uri.toString());
    for (const finder of FINDERS) this.#told.delete(`${finder} ${uri}`);
    this.#collection.delete(uri);
  });

  /** Replaces what this finder found before. Those without a place are shown elsewhere. */
  set(uri: vscode.Uri, finder: Finder, diagnostics: readonly Diagnostic[]): void {
    // A live run tells the same again each second, also what the text has outdated since.
    const told = JSON.stringify(diagnostics);
    const teller = `${finder} ${uri}`;
    if ((this.#told.get(teller) ?? '[]') === told) return;
    this.#told.set(teller, told);
    const found = this.#found.get(uri.toString()) ?? { text: [], run: [] };
    found[finder] = diagnostics.filter(isOwn);
    this.#found.set(uri.toString(), found);
    this.#show(uri, found);
  }

  /** Forgets what a run found in these phases: the text has changed, and they are checked as one types. */
  outdate(uri: vscode.Uri, phases: readonly Phase[]): void {
    const found = this.#found.get(uri.toString());
    if (!found?.run.some(({ phase }) => phases.includes(phase))) return;
    found.run = found.run.filter(({ phase }) => !phases.includes(phase));
    this.#show(uri, found);
  }

  /** The changes that mend what is shown in a range, with what they mend. */
  fixes(uri: vscode.Uri, range?: vscode.Range): { diagnostic: vscode.Diagnostic; fix: Fix; code: string }[] {
    return this.#all(this.#found.get(uri.toString())).flatMap(one => {
      const touches = !range || toRange(one.span).intersection(range) !== undefined;
      return one.fix && touches ? [{ diagnostic: toVscode(uri, one), fix: one.fix, code: one.code }] : [];
    });
  }

  dispose(): void {
    this.#closed.dispose();
    this.#collection.dispose();
  }

  /** A run finds again what was found as one typed. */
  #all(found: Record<Finder, Found[]> = { text: [], run: [] }): Found[] {
    const place = ({ code, span: { start } }: Found) => `${code} ${start.line}:${start.column}`;
    const known = new Set(found.text.map(place));
    return [...found.text, ...found.run.filter(one => !known.has(place(one)))];
  }

  #show(uri: vscode.Uri, found: Record<Finder, Found[]>): void {
    this.#collection.set(
      uri,
      this.#all(found).map(one => toVscode(uri, one)),
    );
  }
}

function toVscode(
  uri: vscode.Uri,
  { message, remedy, severity, span, phase, code, related = [] }: Found,
): vscode.Diagnostic {
  const text = remedy ? `${message}\n${remedy}` : message;
  const diagnostic = new vscode.Diagnostic(toRange(span), text, SEVERITIES[severity]);
  diagnostic.source = `ebpfnb ${phase}`;
  diagnostic.code = code;
  diagnostic.relatedInformation = related
    .filter(place => place.span.file === undefined)
    .map(
      place =>
        new vscode.DiagnosticRelatedInformation(new vscode.Location(uri, toRange(place.span)), place.message),
    );
  return diagnostic;
}

export const toRange = ({ start, end }: Span) =>
  new vscode.Range(start.line, start.column, end.line, end.column);
