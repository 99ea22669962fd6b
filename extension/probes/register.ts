/** The view of probes in the side bar, its search, and what its buttons do. */
import * as vscode from 'vscode';
import type { EditorTarget } from '../language/target.ts';
import { insertProbe } from './insert.ts';
import { type ProbeNode, ProbeTree } from './tree.ts';

const VIEW = 'ebpfnb.probes';
const SEARCHING = 'ebpfnb.searchesProbes';
/** A person who types is not kept up by a tree that is drawn anew. */
const PAUSE_MS = 150;

export function registerProbes(target: EditorTarget, memory: vscode.Memento): vscode.Disposable {
  const tree = new ProbeTree(target, memory);
  const view = vscode.window.createTreeView(VIEW, { treeDataProvider: tree, showCollapseAll: true });
  const show = (search: string) => {
    tree.search = search;
    view.message = tree.search ? `Probes with “${tree.search}”` : '';
    void vscode.commands.executeCommand('setContext', SEARCHING, tree.search !== '');
  };
  const commands: Record<string, (node?: ProbeNode) => unknown> = {
    'ebpfnb.searchProbes': async () => {
      await vscode.commands.executeCommand(`${VIEW}.focus`);
      search(tree.search, show);
    },
    'ebpfnb.clearProbeSearch': () => show(''),
    'ebpfnb.insertProbe': node => node?.is === 'probe' && insertProbe(target, node.entry.probe),
    'ebpfnb.copyProbeName': node => node?.is === 'probe' && vscode.env.clipboard.writeText(node.entry.probe),
    'ebpfnb.addProbeFile': () => addFile(tree),
    'ebpfnb.removeProbeFile': node =>
      node?.is === 'file' && tree.setFiles(tree.files.filter(path => path !== node.path)),
  };
  return vscode.Disposable.from(
    tree,
    view,
    ...Object.entries(commands).map(([id, command]) => vscode.commands.registerCommand(id, command)),
  );
}

/** Narrows the view as one types; it stays so when the box is closed. */
function search(before: string, show: (search: string) => void): void {
  const box = vscode.window.createInputBox();
  box.title = 'Search Probes';
  box.placeholder = 'A part of a name: accept, vfs_, sched:';
  box.value = before;
  let timer: NodeJS.Timeout | undefined;
  box.onDidChangeValue(text => {
    clearTimeout(timer);
    timer = setTimeout(() => show(text), PAUSE_MS);
  });
  box.onDidAccept(() => box.hide());
  box.onDidHide(() => {
    clearTimeout(timer);
    show(box.value);
    box.dispose();
  });
  box.show();
}

async function addFile(tree: ProbeTree): Promise<void> {
  const path = await vscode.window.showInputBox({
    title: 'Add a Program or Library',
    prompt: 'Its path, or the name of a library such as libssl. Its functions and USDT probes are listed.',
    placeHolder: '/usr/bin/bash',
  });
  if (path) await tree.setFiles([...tree.files, path]);
}
