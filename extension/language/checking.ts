/** Checks programs as one types. */
import * as vscode from 'vscode';
import type { Diagnostic, ErrorCode, Phase } from '../../kernel/errors.ts';
import { analyse } from '../../kernel/language/editor/index.ts';
import { parseOptions } from '../../kernel/notebook/index.ts';
import type { ShownDiagnostics } from '../diagnostics.ts';
import { CELL_LANGUAGES } from '../names.ts';
import { LANGUAGE, notebookOf, type Programs, programsBeside } from './programs.ts';
import type { EditorTarget } from './target.ts';

/** Milliseconds without a key after which what was typed is checked. */
const PAUSE_MS = 250;
/** What a run finds, too, and is checked here as the text changes. */
const PHASES: readonly Phase[] = ['parse', 'check'];
/** What depends on how a script will be called: with parameters, or by an import. */
const OF_THE_CALL: readonly ErrorCode[] = ['missing-parameter', 'no-probes'];

/** Nothing is known of a target: only what needs none is said. */
const NOWHERE = {
  arch: 'x64',
  cpus: 1,
  partial: true,
  tracepoints: () => [],
  tracepointFormat: () => undefined,
  type: () => undefined,
} as const;

export class Checking implements vscode.Disposable {
  #waiting = new Map<vscode.TextDocument, NodeJS.Timeout>();
  #subscriptions: vscode.Disposable[];

  constructor(
    private readonly programs: Programs,
    private readonly shown: ShownDiagnostics,
    target: EditorTarget,
  ) {
    const all = () => {
      for (const document of vscode.workspace.textDocuments) this.#soon(document, 0);
    };
    this.#subscriptions = [
      vscode.workspace.onDidOpenTextDocument(document => this.#soon(document, 0)),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length === 0) return;
        shown.outdate(document.uri, PHASES);
        this.#soon(document, PAUSE_MS);
      }),
      vscode.workspace.onDidCloseTextDocument(document => this.#forget(document)),
      // A cell that came or went may have brought or taken a map.
      vscode.workspace.onDidChangeNotebookDocument(({ notebook, contentChanges }) => {
        if (contentChanges.length === 0) return;
        for (const cell of notebook.getCells()) this.#soon(cell.document, PAUSE_MS);
      }),
      target.onDidChange(all),
    ];
    all();
  }

  dispose(): void {
    for (const timer of this.#waiting.values()) clearTimeout(timer);
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  #forget(document: vscode.TextDocument): void {
    clearTimeout(this.#waiting.get(document));
    this.#waiting.delete(document);
  }

  /** The programs of a notebook wait together: what one cell writes, others read. */
  #soon(document: vscode.TextDocument, pause: number): void {
    if (!CELL_LANGUAGES.has(document.languageId)) return;
    const beside = () => {
      const programs = programsBeside(document);
      return document.languageId === LANGUAGE ? programs : [...new Set([document, ...programs])];
    };
    const first = beside()[0]!;
    this.#forget(first);
    const timer = setTimeout(async () => {
      this.#waiting.delete(first);
      for (const each of beside()) await this.#check(each);
    }, pause);
    this.#waiting.set(first, timer);
  }

  async #check(document: vscode.TextDocument): Promise<void> {
    const { version } = document;
    const cell = notebookOf(document) !== undefined;
    const options = cell ? optionDiagnostics(document) : [];
    const program = document.languageId === LANGUAGE ? await this.#program(document) : [];
    if (document.version !== version || document.isClosed) return;
    const wrong = cell ? program : program.filter(({ code }) => !OF_THE_CALL.includes(code));
    this.shown.set(document.uri, 'text', [...options, ...wrong]);
  }

  async #program(document: vscode.TextDocument): Promise<Diagnostic[]> {
    const analysis = await this.programs.analysis(document);
    // Where a cell is begun, its options and comments come first.
    if (analysis?.tokens.length === 0) return analysis.diagnostics.filter(({ code }) => code !== 'no-probes');
    if (analysis) return analysis.diagnostics;
    return analyse(document.getText(), { target: NOWHERE }).diagnostics.filter(
      ({ phase }) => phase === 'parse',
    );
  }
}

function optionDiagnostics(document: vscode.TextDocument): Diagnostic[] {
  const language = CELL_LANGUAGES.get(document.languageId);
  return language ? parseOptions(language, document.getText()).diagnostics : [];
}
