/**
 * The notebook file: nbformat 4.5 JSON. What this program does not know survives a round trip, and an
 * unchanged notebook is written with the bytes it was read from.
 */
import {
  isObject,
  type Json,
  type JsonObject,
  jsonProblem,
  layOut,
  multiline,
  objectAt,
  splitLines,
  stringAt,
  withKey,
} from './json.ts';
import { RUN_MIME } from './outputs.ts';

export interface NotebookCell {
  kind: 'code' | 'markdown' | 'raw';
  id: string;
  /** VS Code language id; `markdown` for markdown, `raw` for raw cells. */
  language: string;
  source: string;
  /** nbformat outputs, as in the file. */
  outputs: JsonObject[];
  /** The cell as in the file, `outputs` emptied: metadata, attachments and unknown keys survive in it. */
  json: JsonObject;
}

export interface Notebook {
  cells: NotebookCell[];
  /** The file's top level with `cells` emptied. */
  json: JsonObject;
  /** How the file is written. JSON-safe. */
  format: NotebookFormat;
  /** The text it was read from. With it, an unchanged notebook keeps even unusual JSON spellings. */
  original?: string;
}

export interface NotebookFormat {
  indent: string;
  newline: '\n' | '\r\n';
  finalNewline: boolean;
  bom: boolean;
}

/** The text is not a notebook; `message` says what is wrong and where. */
export class NotebookError extends Error {
  /** 1-based, when known. */
  readonly line?: number;

  constructor(message: string, line?: number) {
    super(line === undefined ? message : `line ${line}: ${message}`);
    this.name = 'NotebookError';
    if (line !== undefined) this.line = line;
  }
}

const BOM = '\ufeff';
const DEFAULT_LANGUAGE = 'bpftrace';
const DEFAULT_FORMAT: NotebookFormat = { indent: ' ', newline: '\n', finalNewline: true, bom: false };

export function emptyNotebook(): Notebook {
  return {
    cells: [],
    json: {
      cells: [],
      metadata: {
        kernelspec: { display_name: 'eBPF', language: 'bpftrace', name: 'ebpfnb' },
        language_info: {
          file_extension: '.bt',
          mimetype: 'text/x-bpftrace',
          name: 'bpftrace',
          pygments_lexer: 'c',
        },
      },
      nbformat: 4,
      nbformat_minor: 5,
    },
    format: { ...DEFAULT_FORMAT },
  };
}

/** A cell with a fresh id (unless given). */
export function newCell(
  kind: NotebookCell['kind'],
  language: string,
  source: string,
  id = newId(),
): NotebookCell {
  const metadata: JsonObject = kind === 'code' ? { vscode: { languageId: language } } : {};
  const json: JsonObject =
    kind === 'code'
      ? { cell_type: kind, execution_count: null, id, metadata, outputs: [], source: [] }
      : { cell_type: kind, id, metadata, source: [] };
  return { kind, id, language: kind === 'code' ? language : kind, source, outputs: [], json };
}

const newId = () =>
  Math.floor((1 + Math.random()) * 2 ** 32)
    .toString(16)
    .slice(1);

/** Throws {@link NotebookError}. An empty file is a new notebook. */
export function parseNotebook(text: string): Notebook {
  const bom = text.startsWith(BOM);
  const body = bom ? text.slice(1) : text;
  if (body.trim() === '') return emptyNotebook();
  const json = parseJson(body);
  if (!isObject(json)) throw new NotebookError('a notebook is a JSON object, this is not', 1);
  if (json.nbformat === undefined)
    throw new NotebookError('this JSON is not a notebook: “nbformat” is missing');
  if (json.nbformat !== 4)
    throw new NotebookError(
      `notebook format ${JSON.stringify(json.nbformat)} cannot be read, only format 4`,
      lineOf(body, '"nbformat"'),
    );
  if (!Array.isArray(json.cells))
    throw new NotebookError('“cells” is not a list of cells', lineOf(body, '"cells"'));
  const fallback = defaultLanguage(json);
  const used = new Set<string>();
  const cells = json.cells.map((cell, i) => parseCell(cell, i, fallback, used));
  return { cells, json: { ...json, cells: [] }, format: formatOf(body, bom), original: text };
}

function parseJson(body: string): Json {
  try {
    return JSON.parse(body) as Json;
  } catch {
    const problem = jsonProblem(body) ?? { offset: 0, message: 'it cannot be read' };
    const line = body.slice(0, problem.offset).split('\n').length;
    throw new NotebookError(`not valid JSON: ${problem.message}`, line);
  }
}

function lineOf(body: string, needle: string): number | undefined {
  const at = body.indexOf(needle);
  return at < 0 ? undefined : body.slice(0, at).split('\n').length;
}

const KINDS = new Set<Json | undefined>(['code', 'markdown', 'raw']);

function parseCell(cell: Json, index: number, fallback: string, used: Set<string>): NotebookCell {
  const name = `cell ${index + 1}`;
  if (!isObject(cell)) throw new NotebookError(`${name} is not an object`);
  if (!KINDS.has(cell.cell_type))
    throw new NotebookError(`${name} has the unknown cell_type ${JSON.stringify(cell.cell_type ?? null)}`);
  const kind = cell.cell_type as NotebookCell['kind'];
  const source = multiline(cell.source ?? '');
  if (source === undefined)
    throw new NotebookError(`the source of ${name} is neither text nor a list of lines`);
  const outputs = cell.outputs ?? [];
  if (!Array.isArray(outputs) || !outputs.every(isObject))
    throw new NotebookError(`the outputs of ${name} are not a list of outputs`);
  // Copies of a cell made by hand share its id; ids must tell cells apart.
  const own = stringAt(cell, 'id');
  const id = own && !used.has(own) ? own : freeId(`cell-${index + 1}`, used);
  used.add(id);
  return {
    kind,
    id,
    language: kind === 'code' ? (languageOf(cell) ?? fallback) : kind,
    source,
    outputs,
    json: cell.outputs === undefined ? cell : { ...cell, outputs: [] },
  };
}

function freeId(id: string, used: Set<string>): string {
  let free = id;
  for (let n = 2; used.has(free); n++) free = `${id}-${n}`;
  return free;
}

/** What code cells without a language of their own hold. */
const defaultLanguage = (json: JsonObject) =>
  stringAt(objectAt(objectAt(json, 'metadata'), 'language_info'), 'name') ?? DEFAULT_LANGUAGE;

const languageOf = (cell: JsonObject) =>
  stringAt(objectAt(objectAt(cell, 'metadata'), 'vscode'), 'languageId');

function formatOf(body: string, bom: boolean): NotebookFormat {
  return {
    indent: /^\{\r?\n([ \t]+)/.exec(body)?.[1] ?? (body.includes('\n') && !/^\{\S/.test(body) ? ' ' : ''),
    newline: /\r\n/.test(body) ? '\r\n' : '\n',
    finalNewline: body.endsWith('\n'),
    bom,
  };
}

export function stringifyNotebook(notebook: Notebook): string {
  const text = write(notebook);
  const { original } = notebook;
  if (original === undefined || original === text) return text;
  try {
    return write(parseNotebook(original)) === text ? original : text;
  } catch {
    return text;
  }
}

function write({ cells, json, format }: Notebook): string {
  // Cell ids came with 4.5; in an older file they would be invalid.
  const withIds = typeof json.nbformat_minor === 'number' && json.nbformat_minor >= 5;
  const fallback = defaultLanguage(json);
  const notebook = { ...json, cells: cells.map(cell => writeCell(cell, fallback, withIds)) };
  const text = layOut(notebook, format.indent, isOurs);
  const body = text + (format.finalNewline ? '\n' : '');
  return (format.bom ? BOM : '') + (format.newline === '\n' ? body : body.replaceAll('\n', format.newline));
}

/** Data of runs: what other tools wrote keeps the form that they gave it. */
const isOurs = (mime: string, bundle: JsonObject) => RUN_MIME in bundle && mime.endsWith('+json');

const REQUIRED: { [kind in NotebookCell['kind']]: JsonObject } = {
  code: { execution_count: null, metadata: {}, outputs: [], source: [] },
  markdown: { metadata: {}, source: [] },
  raw: { metadata: {}, source: [] },
};

function writeCell(cell: NotebookCell, fallback: string, withIds: boolean): JsonObject {
  let json = cell.json;
  if (json.cell_type !== cell.kind) {
    // Code and text cells differ in what they must and must not have.
    const { outputs: _, execution_count: __, ...rest } = json;
    json = withKey(rest, 'cell_type', cell.kind);
  }
  for (const [key, value] of Object.entries(REQUIRED[cell.kind]))
    if (!(key in json)) json = withKey(json, key, value);
  if (!withIds) json = Object.fromEntries(Object.entries(json).filter(([key]) => key !== 'id'));
  else if (withIds && json.id !== cell.id) json = withKey(json, 'id', cell.id);
  if (cell.kind === 'code') json = { ...json, execution_count: null, outputs: cell.outputs };
  if (cell.kind === 'code' && cell.language !== (languageOf(json) ?? fallback))
    json = withLanguage(json, cell.language);
  return withKey(json, 'source', sourceJson(json.source, cell.source));
}

function withLanguage(json: JsonObject, language: string): JsonObject {
  const metadata = objectAt(json, 'metadata') ?? {};
  const vscode = objectAt(metadata, 'vscode') ?? {};
  return withKey(json, 'metadata', withKey(metadata, 'vscode', withKey(vscode, 'languageId', language)));
}

/** The file's own splitting stays while the text is the same. */
function sourceJson(before: Json | undefined, source: string): Json {
  const old = multiline(before);
  if (before !== undefined && old !== undefined && unix(old) === unix(source)) return before;
  return typeof before === 'string' && before !== '' ? source : splitLines(source);
}

const unix = (text: string) => text.replaceAll('\r\n', '\n');
