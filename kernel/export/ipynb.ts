/** A notebook as Jupyter takes it: nbformat 4.5 to the letter, and of runs what Jupyter can draw. */
import {
  type JsonObject,
  type Notebook,
  type NotebookCell,
  runOutputs,
  stringifyNotebook,
} from '../notebook/index.ts';
import { readOnly, runOf } from './outputs.ts';

export function jupyterNotebook({ cells, json }: Notebook): string {
  const used = new Set<string>();
  return wellFormed(
    stringifyNotebook({
      cells: cells.map((cell, index) => jupyterCell(cell, index, used)),
      json: { cells: [], metadata: json.metadata ?? {}, nbformat: 4, nbformat_minor: 5 },
      format: { indent: ' ', newline: '\n', finalNewline: true, bom: false },
    }),
  );
}

/** What the format knows of: all else it forbids. */
const KEYS: { readonly [kind in NotebookCell['kind']]: readonly string[] } = {
  code: ['cell_type', 'execution_count', 'id', 'metadata', 'outputs', 'source'],
  markdown: ['attachments', 'cell_type', 'id', 'metadata', 'source'],
  raw: ['attachments', 'cell_type', 'id', 'metadata', 'source'],
};
const OUTPUT_KEYS: { readonly [type: string]: readonly string[] } = {
  display_data: ['data', 'metadata', 'output_type'],
  execute_result: ['data', 'execution_count', 'metadata', 'output_type'],
  stream: ['name', 'output_type', 'text'],
  error: ['ename', 'evalue', 'output_type', 'traceback'],
};

function known(json: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(json).filter(([key]) => keys.includes(key)));
}

function jupyterCell(cell: NotebookCell, index: number, used: Set<string>): NotebookCell {
  let id = /^[\w-]{1,64}$/.test(cell.id) ? cell.id : `cell-${index + 1}`;
  while (used.has(id)) id = `${id.slice(0, 60)}-${index + 1}`;
  used.add(id);
  return {
    ...cell,
    id,
    json: known(cell.json, KEYS[cell.kind]),
    outputs: cell.outputs.flatMap(output => jupyterOutputs(output, cell)),
  };
}

/** Runs as several outputs, since Jupyter shows one form of each: text and tables, and each chart for itself. */
function jupyterOutputs(output: JsonObject, cell: NotebookCell): JsonObject[] {
  const run = runOf(output, cell);
  if (run) return runOutputs(readOnly(run));
  const keys = OUTPUT_KEYS[String(output.output_type)];
  return keys ? [known(output, keys)] : [];
}

/** Half a surrogate pair, which JSON.stringify escapes, is no character: Jupyter could not write it down. */
const wellFormed = (json: string): string =>
  json.replace(/(?<!\\)((?:\\\\)*)\\ud[89a-f][\da-f]{2}/g, '$1\\ufffd');
