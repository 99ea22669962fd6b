/** The bpftrace programs that are open: each parsed and checked once for each version of its text. */
import { isAbsolute, join } from 'node:path';
import * as vscode from 'vscode';
import type { Diagnostic } from '../../kernel/errors.ts';
import { type Analysis, analyse, type Catalogue } from '../../kernel/language/editor/index.ts';
import {
  type CompileOptions,
  type Importer,
  type LanguageTarget,
  mapsNamedIn,
  preambleOf,
  type SharedMap,
} from '../../kernel/language/index.ts';
import { parseOptions, positionalParams } from '../../kernel/notebook/index.ts';
import type { HeaderFile } from '../../kernel/protocol.ts';
import { directoryOf, headersOf } from '../controller/request.ts';
import { CELL_LANGUAGES, NOTEBOOK_TYPE } from '../names.ts';
import type { EditorTarget } from './target.ts';

export const LANGUAGE = 'bpftrace';

/** What a program is compiled with: what is known of it at once, and what is asked for. */
interface Surroundings {
  options: Omit<CompileOptions, 'target'>;
  directory: string;
  headers: readonly HeaderFile[];
  /** The BPF C cells beside it, whose maps it may read. */
  sourcesOfC: readonly string[];
}

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

const cellsOfC = (notebook: vscode.NotebookDocument): vscode.TextDocument[] =>
  notebook
    .getCells()
    .map(cell => cell.document)
    .filter(({ languageId }) => CELL_LANGUAGES.get(languageId) === 'bpf-c');

export class Programs {
  /** Each as if it stood alone: what maps it owns. */
  #alone = new WeakMap<vscode.TextDocument, Kept>();
  #whole = new WeakMap<vscode.TextDocument, Kept>();

  constructor(private readonly target: EditorTarget) {}

  /** Undefined where there is no target to ask. */
  async analysis(document: vscode.TextDocument): Promise<Analysis | undefined> {
    const surroundings = await this.#surroundings(document);
    const notebook = notebookOf(document);
    const others = [...programsBeside(document), ...(notebook ? cellsOfC(notebook) : [])];
    const beside = others.map(({ uri, version }) => `${uri.fragment} ${version}`);
    return this.#made(this.#whole, document, beside.join(), surroundings);
  }

  /** Does work that asks the target, with what a program is compiled with. */
  async ask<T>(
    document: vscode.TextDocument,
    work: (catalogue: Catalogue, options: Omit<CompileOptions, 'target'>) => T,
  ): Promise<T | undefined> {
    const surroundings = await this.#surroundings(document);
    const text = document.getText();
    return this.target.resolve(catalogue => {
      const { diagnostics: _, ...options } = asked(text, surroundings, catalogue);
      return work({ ...catalogue, target: options.target }, options);
    });
  }

  /** Option lines, and what the other cells have. */
  async #surroundings(document: vscode.TextDocument): Promise<Surroundings> {
    const notebook = notebookOf(document);
    const directory = directoryOf(notebook?.uri ?? document.uri);
    // How a script will be called is not known: what it may need is taken to be given.
    if (!notebook)
      return { options: { unsafe: 'all', hasChild: true }, directory, headers: [], sourcesOfC: [] };
    const headers = headersOf(notebook);
    const sourcesOfC = cellsOfC(notebook).map(cell => cell.getText());
    const maps = new Map<string, SharedMap>();
    for (const other of programsBeside(document)) {
      if (other === document) continue;
      const alone = { options: optionsOf(other), directory, headers, sourcesOfC: [] };
      const analysis = await this.#made(this.#alone, other, '', alone);
      for (const [name, map] of analysis?.maps ?? []) maps.set(name, map);
    }
    return { options: { ...optionsOf(document), maps }, directory, headers, sourcesOfC };
  }

  async #made(
    kept: WeakMap<vscode.TextDocument, Kept>,
    document: vscode.TextDocument,
    beside: string,
    surroundings: Surroundings,
  ): Promise<Analysis | undefined> {
    const headers = surroundings.headers.map(({ name, source }) => name + source).join();
    const key = [document.version, await this.target.id(), beside, headers].join(' ');
    const known = kept.get(document);
    if (known?.key === key) return known.analysis;
    const text = document.getText();
    const analysis = await this.target.resolve(catalogue => {
      const { diagnostics, ...options } = asked(text, surroundings, catalogue);
      const made = analyse(text, options);
      return { ...made, diagnostics: [...diagnostics, ...made.diagnostics] };
    });
    if (analysis) kept.set(document, { key, analysis });
    return analysis;
  }
}

/** What files beside a program tell of it, and the target as it is seen from its folder. */
function asked(
  text: string,
  { options, directory, headers, sourcesOfC }: Surroundings,
  { target, ask }: Catalogue,
): CompileOptions & { diagnostics: Diagnostic[] } {
  const from = (path: string) => (path.includes('/') ? join(isAbsolute(path) ? '' : directory, path) : path);
  const source = preambleOf(text);
  const cells = headers.flatMap(header => [header.name, header.source]);
  const read = (source === undefined ? undefined : ask?.(['preamble', source, directory, ...cells])) as
    | { items?: CompileOptions['preamble']; diagnostics: Diagnostic[] }
    | undefined;
  // Only what it reads is worth compiling; the names are known as long as that takes, or when it fails.
  const mapsOfC = sourcesOfC.flatMap(c => {
    const named = mapsNamedIn(c);
    const isRead = [...named.keys()].some(name => text.includes(name));
    const whole = isRead ? ask?.(['maps', c, directory, ...cells]) : undefined;
    return [...((whole as typeof named | undefined) ?? named)];
  });
  const importer: Importer = (path, importing) =>
    (ask?.(['import', directory, path, ...(importing === undefined ? [] : [importing])]) ??
      []) as ReturnType<Importer>;
  return {
    ...options,
    ...(options.maps ? { maps: new Map([...mapsOfC, ...options.maps]) } : {}),
    // A copy would lack what the target can be asked: all but a few of its methods are made when they are called.
    target: Object.assign(Object.create(target) as LanguageTarget, {
      usdt: (binary: string) => target.usdt?.(from(binary)),
      userSymbols: (binary: string, pattern: string, cpp: boolean) =>
        target.userSymbols?.(from(binary), pattern, cpp),
    }),
    importer,
    ...(read?.items ? { preamble: read.items } : {}),
    diagnostics: read?.diagnostics ?? [],
  };
}

function optionsOf(document: vscode.TextDocument): Surroundings['options'] {
  const { params, pid, unsafe, workload } = parseOptions(LANGUAGE, document.getText()).options;
  return {
    positional: positionalParams(params),
    hasChild: workload !== undefined,
    ...(pid === undefined ? {} : { pid }),
    ...(unsafe ? { unsafe } : {}),
  };
}
