/** The view of probes: kinds, their groups or files, and the probes, narrowed by a search. */
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { describeProbe } from '../../kernel/language/editor/index.ts';
import type { EditorTarget } from '../language/target.ts';
import { type Entry, entriesOf, grouped, KINDS, type KindRow } from './kinds.ts';

export type ProbeNode =
  | { is: 'kind'; row: KindRow; entries: Entry[]; count: number }
  | { is: 'group'; name: string; entries: Entry[] }
  | { is: 'file'; row: KindRow; path: string; entries: Entry[] }
  | { is: 'probe'; entry: Entry }
  | { is: 'note'; text: string; command?: string };

const FILES_KEY = 'ebpfnb.probeFiles';
/** What most programs use. */
const FIRST_FILES = ['libc'];
/** More are not looked through, but searched. */
const MOST_SHOWN = 500;
/** What a search finds in fewer is shown at once. */
const FEW = 30;

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

export class ProbeTree implements vscode.TreeDataProvider<ProbeNode>, vscode.Disposable {
  #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;
  #search = '';
  #subscription: vscode.Disposable;

  constructor(
    private readonly target: EditorTarget,
    private readonly memory: vscode.Memento,
  ) {
    this.#subscription = target.onDidChange(() => this.#changed.fire());
  }

  get search(): string {
    return this.#search;
  }

  set search(text: string) {
    this.#search = text.trim();
    this.#changed.fire();
  }

  get files(): readonly string[] {
    return this.memory.get(FILES_KEY, FIRST_FILES);
  }

  async setFiles(paths: readonly string[]): Promise<void> {
    await this.memory.update(FILES_KEY, [...new Set(paths)]);
    this.#changed.fire();
  }

  async getChildren(node?: ProbeNode): Promise<ProbeNode[]> {
    if (!node) return this.#kinds();
    if (node.is === 'probe' || node.is === 'note') return [];
    if (node.is !== 'kind') return shown(node.entries);
    if (node.row.ofFiles) return this.#files(node.row);
    if (node.row.searched && this.#search === '')
      return [{ is: 'note', text: `Search ${node.count} functions…`, command: 'ebpfnb.searchProbes' }];
    if (!node.row.grouped) return shown(node.entries);
    return [...grouped(node.entries)].map(([name, entries]) => ({ is: 'group', name, entries }));
  }

  getTreeItem(node: ProbeNode): vscode.TreeItem {
    const item = this.#item(node);
    item.contextValue = node.is;
    return item;
  }

  /** What a probe is, and is given: asked for when the mouse rests on it. */
  async resolveTreeItem(item: vscode.TreeItem, node: ProbeNode): Promise<vscode.TreeItem> {
    if (node.is !== 'probe') return item;
    const text = await this.target.resolve(catalogue => describeProbe(node.entry.probe, catalogue));
    item.tooltip = new vscode.MarkdownString(text ?? node.entry.probe);
    return item;
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  async #kinds(): Promise<ProbeNode[]> {
    // Files are read when they are looked at, or searched.
    const files = this.#search === '' ? [] : this.files;
    let partial = false;
    const kinds = await this.target.resolve(catalogue => {
      partial = catalogue.target.partial ?? false;
      return KINDS.map((row): ProbeNode & { is: 'kind' } => {
        if (row.searched && this.#search === '')
          return { is: 'kind', row, entries: [], count: catalogue.names(row.provider).length };
        const entries = (row.ofFiles ? files : [undefined]).flatMap(path =>
          entriesOf(row, catalogue, this.#search, path),
        );
        return { is: 'kind', row, entries, count: entries.length };
      });
    });
    if (!kinds)
      return [{ is: 'note', text: 'The notebook kernel does not run, or this folder is not trusted.' }];
    const found = kinds.filter(({ row, count }) => count > 0 || (row.ofFiles && this.#search === ''));
    return partial ? [...found, { is: 'note', text: 'More is known once a cell has run' }] : found;
  }

  async #files(row: KindRow): Promise<ProbeNode[]> {
    const nodes: (ProbeNode & { is: 'file' })[] = [];
    for (const path of this.files) {
      const entries = await this.target.resolve(catalogue => entriesOf(row, catalogue, this.#search, path));
      nodes.push({ is: 'file', row, path, entries: entries ?? [] });
    }
    if (this.#search !== '') return nodes.filter(({ entries }) => entries.length > 0);
    return [...nodes, { is: 'note', text: 'Add a program or library…', command: 'ebpfnb.addProbeFile' }];
  }

  #item(node: ProbeNode): vscode.TreeItem {
    switch (node.is) {
      case 'kind': {
        const { provider, title, icon, ofFiles } = node.row;
        const item = this.#folder(title, icon, node.entries, ofFiles);
        item.description = ofFiles ? provider : `${provider}, ${node.count}`;
        return item;
      }
      case 'group':
        return this.#folder(node.name, 'symbol-namespace', node.entries);
      case 'file': {
        const item = this.#folder(basename(node.path), 'file-binary', node.entries);
        item.id = `${item.id} ${node.row.provider} ${node.path}`;
        item.tooltip = node.path;
        return item;
      }
      case 'probe': {
        const item = new vscode.TreeItem(node.entry.label, None);
        item.iconPath = new vscode.ThemeIcon('debug-breakpoint-unverified');
        if (node.entry.place) item.description = node.entry.place;
        item.command = { command: 'ebpfnb.insertProbe', title: 'Insert as Probe', arguments: [node] };
        return item;
      }
      case 'note': {
        const item = new vscode.TreeItem(node.text, None);
        if (node.command) item.command = { command: node.command, title: node.text };
        return item;
      }
    }
  }

  /** Open where a search has found few. VS Code remembers by the id what was open: each search is on its own. */
  #folder(label: string, icon: string, entries: readonly Entry[], always = false): vscode.TreeItem {
    const open = this.#search !== '' && (always || entries.length <= FEW);
    const item = new vscode.TreeItem(label, open ? Expanded : Collapsed);
    item.id = `${this.#search}: ${label}`;
    item.iconPath = new vscode.ThemeIcon(icon);
    item.description = String(entries.length);
    return item;
  }
}

function shown(entries: readonly Entry[]): ProbeNode[] {
  const nodes = entries.slice(0, MOST_SHOWN).map((entry): ProbeNode => ({ is: 'probe', entry }));
  const more = entries.length - nodes.length;
  if (more > 0)
    nodes.push({ is: 'note', text: `${more} more: search to see them`, command: 'ebpfnb.searchProbes' });
  if (entries.length === 0) nodes.push({ is: 'note', text: 'None' });
  return nodes;
}
