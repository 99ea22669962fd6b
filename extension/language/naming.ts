/** Going to where a name comes from, and renaming it: a map in all cells that use it. */
import * as vscode from 'vscode';
import {
  type Analysis,
  definitionOf,
  type Name,
  occurrences,
  rangesOf,
} from '../../kernel/language/editor/index.ts';
import type { Range } from '../../kernel/language/nodes.ts';
import { type Programs, programsBeside } from './programs.ts';

/** What a new name may look like, by the kind of name. */
const SHAPES: Record<Name['kind'], { shape: RegExp; sigil: string }> = {
  variable: { shape: /^\$[A-Za-z_]\w*$/, sigil: '$' },
  map: { shape: /^@[A-Za-z_]\w*$/, sigil: '@' },
  macro: { shape: /^[A-Za-z_]\w*$/, sigil: '' },
};

const toRange = (document: vscode.TextDocument, { start, end }: Range) =>
  new vscode.Range(document.positionAt(start), document.positionAt(end));

export class Naming implements vscode.DefinitionProvider, vscode.ReferenceProvider, vscode.RenameProvider {
  constructor(private readonly programs: Programs) {}

  async provideDefinition(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.Location | undefined> {
    const found = await this.#at(document, position);
    if (!found) return undefined;
    if (found.definition) return new vscode.Location(document.uri, toRange(document, found.definition));
    for (const [other, analysis] of await this.#beside(document)) {
      const range = definitionOf(analysis, found);
      if (range) return new vscode.Location(other.uri, toRange(other, range));
    }
    return undefined;
  }

  async provideReferences(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.Location[]> {
    const places = await this.#places(document, position);
    return places.map(([other, range]) => new vscode.Location(other.uri, range));
  }

  async prepareRename(document: vscode.TextDocument, position: vscode.Position): Promise<vscode.Range> {
    const found = await this.#at(document, position);
    if (!found || found.text === '@') throw new Error('Variables, maps and macros can be renamed.');
    return toRange(document, found.at);
  }

  async provideRenameEdits(
    document: vscode.TextDocument,
    position: vscode.Position,
    given: string,
  ): Promise<vscode.WorkspaceEdit | undefined> {
    const found = await this.#at(document, position);
    if (!found) return undefined;
    const { shape, sigil } = SHAPES[found.kind];
    const name = given.startsWith(sigil) ? given : sigil + given;
    if (!shape.test(name)) throw new Error(`${given} is no name of a ${found.kind}.`);
    const edit = new vscode.WorkspaceEdit();
    for (const [other, range] of await this.#places(document, position)) edit.replace(other.uri, range, name);
    return edit;
  }

  async #at(document: vscode.TextDocument, position: vscode.Position) {
    const analysis = await this.programs.analysis(document);
    return analysis && occurrences(analysis, document.offsetAt(position));
  }

  async #places(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<[vscode.TextDocument, vscode.Range][]> {
    const found = await this.#at(document, position);
    const own = (found?.ranges ?? []).map((range): [vscode.TextDocument, vscode.Range] => [
      document,
      toRange(document, range),
    ]);
    if (found?.kind !== 'map') return own;
    const others = (await this.#beside(document)).flatMap(([other, analysis]) =>
      rangesOf(analysis, found).map((range): [vscode.TextDocument, vscode.Range] => [
        other,
        toRange(other, range),
      ]),
    );
    return [...own, ...others];
  }

  /** The other programs of the notebook. */
  async #beside(document: vscode.TextDocument): Promise<[vscode.TextDocument, Analysis][]> {
    const found: [vscode.TextDocument, Analysis][] = [];
    for (const other of programsBeside(document)) {
      const analysis = other === document ? undefined : await this.programs.analysis(other);
      if (analysis) found.push([other, analysis]);
    }
    return found;
  }
}
