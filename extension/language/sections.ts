/** `SEC("…")` and `BPF_MAP_TYPE_…` in BPF C: completed and explained. */
import type * as vscode from 'vscode';
import {
  completeMapType,
  completeMember,
  completeSection,
  mapTypeHover,
  memberHover,
  sectionHover,
} from '../../kernel/language/editor/index.ts';
import { listOf } from './completion.ts';
import { hoverAt } from './hover.ts';
import type { EditorTarget } from './target.ts';

export class Sections implements vscode.CompletionItemProvider, vscode.HoverProvider {
  constructor(private readonly target: EditorTarget) {}

  async provideCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.CompletionList | undefined> {
    const [text, offset] = [document.getText(), document.offsetAt(position)];
    const found =
      completeMapType(text, offset) ??
      (await this.target.resolve(
        catalogue => completeSection(text, offset, catalogue) ?? completeMember(text, offset, catalogue),
      ));
    return found && listOf(document, found);
  }

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.Hover | undefined> {
    const [text, offset] = [document.getText(), document.offsetAt(position)];
    const found =
      mapTypeHover(text, offset) ??
      (await this.target.resolve(
        catalogue => sectionHover(text, offset, catalogue) ?? memberHover(text, offset, catalogue),
      ));
    return found && hoverAt(document, found);
  }
}
