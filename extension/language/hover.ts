/** What is said of a word, and of a call that is being written. */
import * as vscode from 'vscode';
import { type Hover, hover, signatureHelp } from '../../kernel/language/editor/index.ts';
import { helpAt } from './completion.ts';
import { notebookOf, type Programs } from './programs.ts';

export class ProgramHover implements vscode.HoverProvider, vscode.SignatureHelpProvider {
  constructor(private readonly programs: Programs) {}

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.Hover | undefined> {
    const analysis = await this.programs.analysis(document);
    const offset = document.offsetAt(position);
    const found =
      analysis && (await this.programs.ask(document, catalogue => hover(analysis, offset, catalogue)));
    return found && hoverAt(document, found);
  }

  async provideSignatureHelp(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.SignatureHelp | undefined> {
    const analysis = await this.programs.analysis(document);
    const found = analysis && signatureHelp(analysis, document.offsetAt(position));
    if (!found) return undefined;
    const help = new vscode.SignatureHelp();
    help.signatures = found.signatures.map(({ label, parameters }) => {
      const signature = new vscode.SignatureInformation(
        label,
        new vscode.MarkdownString(found.documentation),
      );
      signature.parameters = parameters.map(range => new vscode.ParameterInformation(range));
      return signature;
    });
    help.activeSignature = found.active;
    help.activeParameter = found.parameter;
    return help;
  }
}

export function hoverAt(document: vscode.TextDocument, { start, end, text }: Hover): vscode.Hover {
  const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
  return new vscode.Hover(new vscode.MarkdownString(text), range);
}

/** Lines such as `//| duration: 10s` in cells of all languages. */
export const optionHover: vscode.HoverProvider = {
  provideHover(document, position) {
    const text = notebookOf(document) && helpAt(document, position)?.documentation;
    return text ? new vscode.Hover(new vscode.MarkdownString(text)) : undefined;
  },
};
