/** The bpftrace programs that are open: each parsed and checked once for each version of its text. */
import * as vscode from 'vscode';
import { type Analysis, analyse, type Catalogue } from '../../kernel/language/editor/index.ts';
import type { CompileOptions } from '../../kernel/language/index.ts';
import { parseOptions, positionalParams } from '../../kernel/notebook/index.ts';
import { NOTEBOOK_TYPE } from '../names.ts';
import type { EditorTarget } from './target.ts';

export const LANGUAGE = 'bpftrace';

type Options = Omit<CompileOptions, 'target'>;

interface Kept {
  /** What it was made from. */
  key: string;
  analysis: Analysis;
}

/** The notebook that a document is a cell of. */
export const notebookOf = (document: vscode.TextDocument): vscode.NotebookDocument | undefined =>
  vscode.workspace.notebookDocuments.find(
    notebook =>
      notebook.notebookType === NOTEBOOK_TYPE && notebook.getCells().some(cell => cell.document === document),
  );

/** All programs of the notebook, in order; of a file, itself alone. */
export function programsBeside(document: vscode.TextDocument): vscode.TextDocument[] {
  const cells = notebookOf(document)?.getCells() ?? [];
  const programs = cells.map(cell => cell.document).filter(({ languageId }) => languageId === LANGUAGE);
  return programs.length > 0 ? programs : [document];
}

export class Programs {
  /** Each as if it stood alone: what maps it owns. */
  #alone = new WeakMap<vscode.TextDocument, Kept>();
  #whole = new WeakMap<vscode.TextDocument, Kept>();

  constructor(private readonly target: EditorTarget) {}

  /** Undefined where there is no target to ask. */
  async analysis(document: vscode.TextDocument): Promise<Analysis | undefined> {
    const options = await this.options(document);
    const beside = programsBeside(document).map(({ uri, version }) => `${uri.fragment} ${version}`);
    return this.#made(this.#whole, document, beside.join(), options);
  }

  /** Does work that asks the target, with what a program is compiled with. */
  async ask<T>(
    document: vscode.TextDocument,
    work: (catalogue: Catalogue, options: Options) => T,
  ): Promise<T | undefined> {
    const options = await this.options(document);
    return this.target.resolve(catalogue => work(catalogue, options));
  }

  /** What its option lines and the other cells give to a program. */
  async options(document: vscode.TextDocument): Promise<Options> {
    // How a script will be called is not known: what it may need is taken to be given.
    if (!notebookOf(document)) return { unsafe: 'all', hasChild: true };
    const maps: NonNullable<Options['maps']> = new Map();
    for (const other of programsBeside(document)) {
      if (other === document) continue;
      const analysis = await this.#made(this.#alone, other, '', optionsOf(other));
      for (const [name, map] of analysis?.maps ?? []) (maps as Map<string, typeof map>).set(name, map);
    }
    return { ...optionsOf(document), maps };
  }

  async #made(
    kept: WeakMap<vscode.TextDocument, Kept>,
    document: vscode.TextDocument,
    beside: string,
    options: Options,
  ): Promise<Analysis | undefined> {
    const key = `${document.version} ${await this.target.id()} ${beside}`;
    const known = kept.get(document);
    if (known?.key === key) return known.analysis;
    const text = document.getText();
    const analysis = await this.target.resolve(({ target }) => analyse(text, { ...options, target }));
    if (analysis) kept.set(document, { key, analysis });
    return analysis;
  }
}

function optionsOf(document: vscode.TextDocument): Options {
  const { params, pid, unsafe, workload } = parseOptions(LANGUAGE, document.getText()).options;
  return {
    positional: positionalParams(params),
    hasChild: workload !== undefined,
    ...(pid === undefined ? {} : { pid }),
    ...(unsafe ? { unsafe } : {}),
  };
}
