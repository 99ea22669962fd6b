/** The view of live cells: what of each is in Linux. */
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { RunDetails } from '../../kernel/protocol.ts';
import type { CellRun } from '../controller/cellRun.ts';
import { optionsOf } from '../controller/request.ts';
import type { Runs } from '../controller/runs.ts';
import type { KernelClient } from '../kernel/client.ts';
import {
  cellAbout,
  cellLabel,
  cellTitle,
  type Link,
  type MapOfRun,
  mapAbout,
  mapTooltip,
  type Program,
  programAbout,
  programTooltip,
} from './words.ts';

export type TracingNode =
  | { is: 'cell'; run: CellRun }
  | { is: 'group'; run: CellRun; name: string; nodes: TracingNode[] }
  | { is: 'program'; run: CellRun; program: Program }
  | { is: 'map'; run: CellRun; map: MapOfRun }
  | { is: 'link'; run: CellRun; link: Link; index: number };

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

export class TracingTree implements vscode.TreeDataProvider<TracingNode>, vscode.Disposable {
  #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;
  #cells = new WeakMap<CellRun, TracingNode>();

  constructor(
    private readonly runs: Runs,
    private readonly kernel: KernelClient,
  ) {}

  refresh(): void {
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }

  /** The node of a cell's execution: always the same. */
  nodeOf(run: CellRun): TracingNode {
    const node = this.#cells.get(run) ?? { is: 'cell', run };
    this.#cells.set(run, node);
    return node;
  }

  async getChildren(node?: TracingNode): Promise<TracingNode[]> {
    if (!node) return this.runs.all().map(run => this.nodeOf(run));
    if (node.is === 'group') return node.nodes;
    if (node.is !== 'cell' || !node.run.id) return [];
    const details = await this.kernel.ask('run/details', { run: node.run.id });
    return details ? groupsOf(node.run, details) : [];
  }

  /** Cells alone are ever looked for. */
  getParent(): undefined {
    return undefined;
  }

  getTreeItem(node: TracingNode): vscode.TreeItem {
    const item = this.#item(node);
    item.contextValue = node.is === 'map' && node.map.readable ? 'readableMap' : node.is;
    // Else the tooltip would be read in their place.
    item.accessibilityInformation = { label: `${item.label}, ${item.description}` };
    return item;
  }

  #item(node: TracingNode): vscode.TreeItem {
    const { run } = node;
    // What is open stays open while figures change.
    const id = `${run.snapshot?.startedAt ?? 0} ${run.cell.document.uri}`;
    switch (node.is) {
      case 'cell':
        return { ...this.#cell(run), id };
      case 'group': {
        const { name, nodes } = node;
        const description = String(nodes.length);
        return { id: `${id} ${name}`, label: name, description, collapsibleState: Expanded };
      }
      case 'program': {
        const { program } = node;
        return {
          id: `${id} program ${program.symbol}`,
          label: program.probe,
          description: programAbout(program),
          tooltip: programTooltip(program),
          iconPath: new vscode.ThemeIcon('symbol-event'),
          collapsibleState: None,
        };
      }
      case 'map': {
        const { map } = node;
        const open = { command: 'ebpfnb.showMap', title: 'Show Contents', arguments: [node] };
        return {
          id: `${id} map ${map.symbol}`,
          label: map.name,
          description: mapAbout(map),
          tooltip: mapTooltip(map),
          iconPath: new vscode.ThemeIcon(map.readable ? 'table' : 'database'),
          collapsibleState: None,
          ...(map.readable ? { command: open } : {}),
        };
      }
      case 'link': {
        const { link, index } = node;
        return {
          id: `${id} link ${index}`,
          label: link.target,
          description: link.kind,
          tooltip: `${link.program} at ${link.target}`,
          iconPath: new vscode.ThemeIcon('plug'),
          collapsibleState: None,
        };
      }
    }
  }

  #cell(run: CellRun): vscode.TreeItem {
    const { cell, snapshot } = run;
    const notebooks = new Set(this.runs.all().map(({ cell }) => cell.notebook));
    const of = notebooks.size > 1 ? `${basename(cell.notebook.uri.path)}: ` : '';
    const title = cellTitle(optionsOf(cell).name, cell.document.getText());
    return {
      label: cellLabel(cell.index, title),
      description: of + cellAbout(snapshot),
      tooltip: `${title}\n${basename(cell.notebook.uri.path)}, cell ${cell.index + 1}`,
      iconPath: iconOf(run),
      // Of several, what they have in Linux would hide the cells themselves.
      collapsibleState: this.runs.all().length > 1 ? Collapsed : Expanded,
    };
  }
}

function iconOf({ snapshot }: CellRun): vscode.ThemeIcon {
  if (!snapshot) return new vscode.ThemeIcon('clock');
  if (snapshot.phase !== 'stream') return new vscode.ThemeIcon('loading~spin');
  return new vscode.ThemeIcon('pulse', new vscode.ThemeColor('charts.green'));
}

/** What can be looked into comes first. */
function groupsOf(run: CellRun, { programs, maps, links }: RunDetails): TracingNode[] {
  const sorted = [...maps].sort((a, b) => Number(b.readable) - Number(a.readable));
  const groups: { [name: string]: TracingNode[] } = {
    Programs: programs.map(program => ({ is: 'program', run, program })),
    Maps: sorted.map(map => ({ is: 'map', run, map })),
    Links: links.map((link, index) => ({ is: 'link', run, link, index })),
  };
  return Object.entries(groups).flatMap(([name, nodes]) =>
    nodes.length > 0 ? [{ is: 'group' as const, run, name, nodes }] : [],
  );
}
