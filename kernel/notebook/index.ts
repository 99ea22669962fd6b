/**
 * The notebook file, cell options and saved outputs. Pure. These are the signatures the extension and the CLI
 * use; the implementation follows.
 */
import type { Diagnostic, Span } from '../errors.ts';
import type { BarsPanel, HistogramPanel, Panel, RunSnapshot } from '../protocol.ts';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export interface NotebookCell {
  kind: 'code' | 'markdown' | 'raw';
  id: string;
  /** VS Code language id; `markdown` for markdown, `raw` for raw cells. */
  language: string;
  source: string;
  /** nbformat outputs, as in the file. See {@link outputItems} and {@link runOutput}. */
  outputs: JsonObject[];
  /** The cell as in the file, with `source` and `outputs` emptied: metadata, attachments and unknown keys survive in it. */
  json: JsonObject;
}

export interface Notebook {
  cells: NotebookCell[];
  /** The file's top level with `cells` emptied. */
  json: JsonObject;
  /** How the file is written. JSON-safe. */
  format: { indent: string; newline: '\n' | '\r\n'; finalNewline: boolean; bom: boolean };
}

/** The text is not a notebook; `message` says what is wrong and where. */
export declare class NotebookError extends Error {
  /** 1-based, when known. */
  readonly line?: number;
}

/** Throws {@link NotebookError}. An empty file is a new notebook. */
export declare function parseNotebook(text: string): Notebook;
export declare function stringifyNotebook(notebook: Notebook): string;
export declare function emptyNotebook(): Notebook;
/** A cell with a fresh id (unless given). */
export declare function newCell(
  kind: NotebookCell['kind'],
  language: string,
  source: string,
  id?: string,
): NotebookCell;

export interface OutputItem {
  mime: string;
  /** Text; JSON text for JSON types; base64 for images other than SVG. */
  text: string;
}
export declare const RUN_MIME = 'application/vnd.ebpfnb.run+json';
/** The items of an nbformat output (display_data, execute_result, stream, error), custom types first. */
export declare function outputItems(output: JsonObject): OutputItem[];
/** The nbformat output that saves a run: custom type, Vega-Lite for a lone chart, bounded HTML, plain text. */
export declare function runOutput(snapshot: RunSnapshot, options?: { rows?: number }): JsonObject;
/** The run in an output of ours. */
export declare function runOfOutput(output: JsonObject): RunSnapshot | undefined;
/** The same snapshot with at most `rows` newest rows and lines a panel; totals stay true. */
export declare function boundSnapshot(snapshot: RunSnapshot, rows?: number): RunSnapshot;
/** One line of plain text a panel needs no colours for. */
export declare function panelText(panel: Panel): string;

export interface CellOptions {
  durationMs?: number;
  workload?: string;
  params: Record<string, string>;
  name?: string;
  file?: string;
  pid?: number;
  rows?: number;
  unsafe?: string[];
  view?: string;
}
/** Never throws; Markdown and unknown languages have no options. */
export declare function parseOptions(
  language: string,
  source: string,
): { options: CellOptions; diagnostics: Diagnostic[]; spans: { [option: string]: Span } };

/** A Vega-Lite v5 spec (data inline) of a chart; colours are left to the embedding theme. */
export declare function vegaLite(
  panel: HistogramPanel | BarsPanel,
  options?: { top?: number; width?: number },
): JsonObject;
