/** The probes, macros and maps of a program. */
import * as vscode from 'vscode';
import { type OutlineItem, outline } from '../../kernel/language/editor/index.ts';
import type { Range } from '../../kernel/language/nodes.ts';
import type { Programs } from './programs.ts';

const { SymbolKind } = vscode;
const KINDS: Record<OutlineItem['kind'], vscode.SymbolKind> = {
  probe: SymbolKind.Event,
  macro: SymbolKind.Method,
  function: SymbolKind.Function,
  map: SymbolKind.Object,
  type: SymbolKind.Struct,
};

export class ProgramOutline implements vscode.DocumentSymbolProvider {
  constructor(private readonly programs: Programs) {}

  async provideDocumentSymbols(document: vscode.TextDocument): Promise<vscode.DocumentSymbol[]> {
    const analysis = await this.programs.analysis(document);
    const range = ({ start, end }: Range) =>
      new vscode.Range(document.positionAt(start), document.positionAt(end));
    return (analysis ? outline(analysis.tree) : []).map(
      item => new vscode.DocumentSymbol(item.name, '', KINDS[item.kind], range(item), range(item.head)),
    );
  }
}
