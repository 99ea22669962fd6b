/** Notebook files for tests: written fresh, one each. */
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inBuild } from '../../../scripts/setup/folders.mjs';

export type CellText = [language: 'bpftrace' | 'bpf-c' | 'shellscript' | 'markdown', source: string];

/** The nbformat text of a notebook with these cells and no outputs. */
export function notebookText(cells: CellText[]): string {
  const notebook = {
    cells: cells.map(([language, source], index) => ({
      cell_type: language === 'markdown' ? 'markdown' : 'code',
      ...(language === 'markdown' ? {} : { execution_count: null }),
      id: `cell-${index}`,
      metadata: language === 'markdown' ? {} : { vscode: { languageId: language } },
      ...(language === 'markdown' ? {} : { outputs: [] }),
      source: source.split(/(?<=\n)/),
    })),
    metadata: {
      kernelspec: { display_name: 'eBPF', language: 'bpftrace', name: 'ebpfnb' },
      language_info: { file_extension: '.bt', name: 'bpftrace' },
    },
    nbformat: 4,
    nbformat_minor: 5,
  };
  return `${JSON.stringify(notebook, null, 1)}\n`;
}

/** Writes a file into a folder of its own, which other users may enter, and returns its path. */
export function writeNotebook(text: string, name = 'test.ebpfnb'): string {
  const parent = inBuild('tests', 'notebooks');
  mkdirSync(parent, { recursive: true });
  const own = mkdtempSync(join(parent, 'n-'));
  chmodSync(own, 0o755);
  // The window bears the folder's name.
  const folder = join(own, 'notebooks');
  mkdirSync(folder);
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** Settings of the window that a notebook will be opened in. */
export function writeSettings(notebook: string, settings: Record<string, unknown>): void {
  const folder = join(dirname(notebook), '.vscode');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings));
}
