/** What the editor does for bpftrace cells and `.bt` files, and for the option lines of all cells. */
import * as vscode from 'vscode';
import type { ShownDiagnostics } from '../diagnostics.ts';
import type { KernelClient } from '../kernel/client.ts';
import { CELL_LANGUAGES, NOTEBOOK_TYPE } from '../names.ts';
import { Checking } from './checking.ts';
import { optionCompletion, ProgramCompletion, TRIGGERS } from './completion.ts';
import { programFormatting } from './formatting.ts';
import { optionHover, ProgramHover } from './hover.ts';
import { ProgramOutline } from './outline.ts';
import { LANGUAGE, Programs } from './programs.ts';
import { QuickFixes } from './quickFixes.ts';
import { EditorTarget } from './target.ts';

const PROGRAMS: vscode.DocumentFilter = { language: LANGUAGE };
const CELLS: vscode.DocumentFilter[] = [...CELL_LANGUAGES.keys()].map(language => ({
  language,
  notebookType: NOTEBOOK_TYPE,
}));

export function registerLanguage(kernel: KernelClient, shown: ShownDiagnostics): vscode.Disposable {
  const { languages } = vscode;
  const target = new EditorTarget(kernel);
  const programs = new Programs(target);
  const words = new ProgramHover(programs);
  return vscode.Disposable.from(
    target,
    new Checking(programs, shown, target),
    languages.registerCompletionItemProvider(PROGRAMS, new ProgramCompletion(programs), ...TRIGGERS),
    languages.registerCompletionItemProvider(CELLS, optionCompletion, '|', ' ', ':'),
    languages.registerHoverProvider(PROGRAMS, words),
    languages.registerHoverProvider(CELLS, optionHover),
    languages.registerSignatureHelpProvider(PROGRAMS, words, '(', ','),
    languages.registerDocumentFormattingEditProvider(PROGRAMS, programFormatting),
    languages.registerDocumentSymbolProvider(PROGRAMS, new ProgramOutline(programs)),
    languages.registerCodeActionsProvider([...CELLS, PROGRAMS], new QuickFixes(shown), {
      providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
    }),
  );
}
