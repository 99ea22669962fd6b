/** Notebook files for tests: written fresh, one each. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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

/** Writes a file into a new folder and returns its path. The folder is open to all users. */
export function writeNotebook(text: string, name = 'test.ebpfnb'): string {
  const parent = inBuild('tests', 'notebooks');
  mkdirSync(parent, { recursive: true });
  const path = join(mkdtempSync(join(parent, 'n-')), name);
  writeFileSync(path, text);
  return path;
}
