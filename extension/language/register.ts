/** What the editor does for bpftrace cells and `.bt` files, and for the option lines of all cells. */
import * as vscode from 'vscode';
import type { ShownDiagnostics } from '../diagnostics.ts';
import { CELL_LANGUAGES, NOTEBOOK_TYPE } from '../names.ts';
import { Checking } from './checking.ts';
import { optionCompletion, ProgramCompletion, TRIGGERS } from './completion.ts';
import { programFormatting } from './formatting.ts';
import { optionHover, ProgramHover } from './hover.ts';
import { Naming } from './naming.ts';
import { ProgramOutline } from './outline.ts';
import { LANGUAGE, Programs } from './programs.ts';
import { QuickFixes } from './quickFixes.ts';
import { Sections } from './sections.ts';
import type { EditorTarget } from './target.ts';

const PROGRAMS: vscode.DocumentFilter = { language: LANGUAGE };
const CELLS: vscode.DocumentFilter[] = [...CELL_LANGUAGES.keys()].map(language => ({
  language,
  notebookType: NOTEBOOK_TYPE,
}));

/** Cells, and the files that libbpf's programs stand in, whichever extension is their language's. */
const BPF_C: vscode.DocumentFilter[] = [
  { language: 'bpf-c' },
  ...['c', 'cpp'].map(language => ({ language, pattern: '**/*.bpf.c' })),
];

export function registerLanguage(target: EditorTarget, shown: ShownDiagnostics): vscode.Disposable {
  const { languages } = vscode;
  const programs = new Programs(target);
  const words = new ProgramHover(programs);
  const naming = new Naming(programs);
  const sections = new Sections(target);
  return vscode.Disposable.from(
    new Checking(programs, shown, target),
    languages.registerCompletionItemProvider(PROGRAMS, new ProgramCompletion(programs, target), ...TRIGGERS),
    languages.registerCompletionItemProvider(CELLS, optionCompletion, '|', ' ', ':'),
    languages.registerHoverProvider(PROGRAMS, words),
    languages.registerHoverProvider(CELLS, optionHover),
    languages.registerCompletionItemProvider(BPF_C, sections, '"', '/', '.', '>'),
    languages.registerHoverProvider(BPF_C, sections),
    languages.registerSignatureHelpProvider(PROGRAMS, words, '(', ','),
    languages.registerDefinitionProvider(PROGRAMS, naming),
    languages.registerReferenceProvider(PROGRAMS, naming),
    languages.registerRenameProvider(PROGRAMS, naming),
    languages.registerDocumentFormattingEditProvider(PROGRAMS, programFormatting),
    languages.registerDocumentSymbolProvider(PROGRAMS, new ProgramOutline(programs)),
    languages.registerCodeActionsProvider([...CELLS, PROGRAMS], new QuickFixes(shown), {
      providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
    }),
  );
}
