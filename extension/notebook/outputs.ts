/** Outputs: nbformat's as VS Code's, and back. */
import * as vscode from 'vscode';
import {
  type Json,
  type JsonObject,
  type NotebookCell,
  type OutputItem,
  outputItems,
  outputOfItems,
  RUN_MIME,
  runInCell,
  runOfOutput,
  runOutput,
} from '../../kernel/notebook/index.ts';
import type { RunSnapshot } from '../../kernel/protocol.ts';

const BINARY = /^(image\/(?!svg)|application\/pdf)/;

function toItem({ mime, text }: OutputItem): vscode.NotebookCellOutputItem {
  const bytes = BINARY.test(mime) ? Buffer.from(text, 'base64') : Buffer.from(text);
  return new vscode.NotebookCellOutputItem(bytes, mime);
}

/** A cell's saved output. It keeps its JSON beside it, so that what nobody touched is written as it was read. */
export function toCellOutput(output: JsonObject, cell: NotebookCell): vscode.NotebookCellOutput {
  const items = outputItems(shownIn(output, cell));
  return new vscode.NotebookCellOutput(items.map(toItem), { nbformat: output });
}

function shownIn(output: JsonObject, cell: NotebookCell): JsonObject {
  const run = runOfOutput(output);
  return run ? holding(output, runInCell(run, cell)) : output;
}

const holding = (output: JsonObject, run: RunSnapshot): JsonObject => ({
  ...output,
  data: { ...(output['data'] as JsonObject), [RUN_MIME]: run as unknown as Json },
});

/** What a running cell's output holds: the run's id and what is known of it. */
export function liveItems(snapshot: RunSnapshot): vscode.NotebookCellOutputItem[] {
  return [vscode.NotebookCellOutputItem.json(snapshot, RUN_MIME)];
}

/**
 * What a finished run leaves in the document: our own type first, then what others can show. As long as the kernel has
 * the run, it knows more of it: here it says which one it is, in files it does not.
 */
export function finalItems(snapshot: RunSnapshot): vscode.NotebookCellOutputItem[] {
  const output = runOutput(snapshot);
  const saved = runOfOutput(output)!;
  return outputItems(holding(output, { ...saved, run: snapshot.run })).map(toItem);
}

/** The run an output shows, if it is one of ours. */
export function runOf(output: vscode.NotebookCellOutput): RunSnapshot | undefined {
  const item = output.items.find(({ mime }) => mime === RUN_MIME);
  return item && (JSON.parse(Buffer.from(item.data).toString()) as RunSnapshot);
}

/** An output as it is saved; `current` answers a live run's snapshot. */
export async function toNbformat(
  output: vscode.NotebookCellOutput,
  current: (run: string) => Promise<RunSnapshot | undefined>,
): Promise<JsonObject> {
  const saved = output.metadata?.['nbformat'] as JsonObject | undefined;
  if (saved) return saved;
  const run = runOf(output);
  if (run) return runOutput((await current(run.run)) ?? run);
  return outputOfItems(
    output.items.map(({ mime, data }) => ({
      mime,
      text: Buffer.from(data).toString(BINARY.test(mime) ? 'base64' : 'utf8'),
    })),
  );
}
