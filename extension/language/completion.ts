/** Completion of programs and of option lines. */
import * as vscode from 'vscode';
import {
  type Completion,
  type CompletionItem,
  type CompletionKind,
  complete,
  describeProbe,
} from '../../kernel/language/editor/index.ts';
import { optionHelp } from '../../kernel/notebook/index.ts';
import { CELL_LANGUAGES } from '../names.ts';
import { LANGUAGE, notebookOf, type Programs } from './programs.ts';
import type { EditorTarget } from './target.ts';

export const TRIGGERS = ['.', '>', ':', '@', '$', '|'];

const { CompletionItemKind: Kind } = vscode;
const KINDS: Record<CompletionKind, vscode.CompletionItemKind> = {
  provider: Kind.Module,
  probe: Kind.Event,
  field: Kind.Field,
  builtin: Kind.Constant,
  function: Kind.Function,
  macro: Kind.Method,
  variable: Kind.Variable,
  map: Kind.Struct,
  type: Kind.Struct,
  keyword: Kind.Keyword,
  option: Kind.Property,
  value: Kind.Value,
};
/** Kinds whose order says something: that of the fields in memory, of the nearer names. */
const ORDERED: readonly CompletionKind[] = ['field', 'probe', 'type'];
const TYPED: readonly CompletionKind[] = ['field', 'variable', 'map'];
const SUGGEST: vscode.Command = { command: 'editor.action.triggerSuggest', title: 'Suggest' };

export class ProgramCompletion implements vscode.CompletionItemProvider {
  constructor(
    private readonly programs: Programs,
    private readonly target: EditorTarget,
  ) {}

  /** What a probe is given, and why it cannot be attached: asked for when it is the chosen one. */
  async resolveCompletionItem(item: vscode.CompletionItem): Promise<vscode.CompletionItem> {
    if (item.kind !== KINDS.probe || item.documentation) return item;
    const name = typeof item.label === 'string' ? item.label : item.label.label;
    const text = await this.target.resolve(catalogue => describeProbe(name, catalogue));
    if (text) item.documentation = new vscode.MarkdownString(text);
    return item;
  }

  async provideCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
    { triggerCharacter }: vscode.CompletionContext,
  ): Promise<vscode.CompletionList | undefined> {
    const text = document.getText();
    const offset = document.offsetAt(position);
    // `>` completes behind an arrow, `|` behind the mark of an option line.
    if (triggerCharacter === '|' || (triggerCharacter === '>' && text[offset - 2] !== '-')) return undefined;
    const found = await this.programs.ask(document, (catalogue, options) =>
      complete(text, offset, catalogue, options),
    );
    if (!found || token.isCancellationRequested) return undefined;
    return listOf(document, found);
  }
}

export function listOf(document: vscode.TextDocument, found: Completion): vscode.CompletionList {
  const range = new vscode.Range(document.positionAt(found.start), document.positionAt(found.end));
  const items = found.items.map((item, index) => toVscode(item, range, index));
  return new vscode.CompletionList(items, found.more);
}

function toVscode(item: CompletionItem, range: vscode.Range, index: number): vscode.CompletionItem {
  // A type is short enough to stand beside each name; a signature shows when its row is chosen.
  const beside = TYPED.includes(item.kind) && item.detail;
  const label = beside ? { label: item.label, description: beside } : item.label;
  const made = new vscode.CompletionItem(label, KINDS[item.kind]);
  made.range = range;
  if (item.detail && !beside) made.detail = item.detail;
  if (item.documentation) made.documentation = new vscode.MarkdownString(item.documentation);
  if (item.filter) made.filterText = item.filter;
  if (item.snippet !== undefined) made.insertText = new vscode.SnippetString(item.snippet);
  if (item.again) made.command = SUGGEST;
  if (ORDERED.includes(item.kind)) made.sortText = String(index).padStart(6, '0');
  return made;
}

/** Lines such as `//| duration: 10s` in cells of all languages. */
export const optionCompletion: vscode.CompletionItemProvider = {
  provideCompletionItems(document, position) {
    const help = notebookOf(document) && helpAt(document, position);
    if (!help) return undefined;
    const range = new vscode.Range(document.positionAt(help.start), document.positionAt(help.end));
    return help.offers.map(({ label, text, detail, documentation }) => {
      const item = new vscode.CompletionItem({ label, description: detail }, Kind.Property);
      item.range = range;
      item.insertText = text;
      item.filterText = text;
      item.documentation = documentation;
      return item;
    });
  },
};

export function helpAt(document: vscode.TextDocument, position: vscode.Position) {
  const language = CELL_LANGUAGES.get(document.languageId) ?? LANGUAGE;
  return optionHelp(language, document.getText(), document.offsetAt(position));
}
