/** Runs as saved outputs, and saved outputs as items to show. */
import type { RunSnapshot } from '../protocol.ts';
import { type Chart, chosenChart, vegaLite } from './charts/index.ts';
import { escapeHtml, panelHtml } from './html.ts';
import { isObject, type Json, type JsonObject, multiline, objectAt, splitLines, stringAt } from './json.ts';
import { visible } from './labels.ts';
import { BOUNDS, boundSnapshot } from './saved.ts';
import { panelText, renderPanels, runLine } from './text.ts';

export const RUN_MIME = 'application/vnd.ebpfnb.run+json';
export const VEGA_MIME = 'application/vnd.vegalite.v5+json';
/** VS Code's own types for what nbformat calls stream and error. */
const STDOUT_MIME = 'application/vnd.code.notebook.stdout';
const STDERR_MIME = 'application/vnd.code.notebook.stderr';
const ERROR_MIME = 'application/vnd.code.notebook.error';

/** Bytes that an output may have in a file: a notebook of 50 stays below 5 MB. */
const MOST_BYTES = 80_000;
const HTML_ROWS = 100;
const TEXT_WIDTH = 100;

export interface OutputItem {
  mime: string;
  /** Text; JSON text for JSON types; base64 for images other than SVG. */
  text: string;
}

const isJson = (mime: string) => mime === 'application/json' || mime.endsWith('+json');

/** VS Code shows the first type it can: ours, then charts, pictures, HTML, text. */
const ORDER = [
  /ebpfnb/,
  /vega/,
  /json$/,
  /^image\//,
  /^text\/html$/,
  /^text\/markdown$/,
  /^text\/latex$/,
  /^text\//,
];
const rank = (mime: string) => {
  const index = ORDER.findIndex(pattern => pattern.test(mime));
  return index < 0 ? ORDER.length - 1.5 : mime === 'text/plain' ? ORDER.length : index;
};

/** The items of an nbformat output (display_data, execute_result, stream, error), custom types first. */
export function outputItems(output: JsonObject): OutputItem[] {
  switch (output.output_type) {
    case 'stream':
      return [
        { mime: output.name === 'stderr' ? STDERR_MIME : STDOUT_MIME, text: multiline(output.text) ?? '' },
      ];
    case 'error': {
      const stack = Array.isArray(output.traceback) ? output.traceback.join('\n') : '';
      const error = {
        name: stringAt(output, 'ename') ?? 'Error',
        message: stringAt(output, 'evalue') ?? '',
        stack,
      };
      return [{ mime: ERROR_MIME, text: JSON.stringify(error) }];
    }
    default:
      return Object.entries(objectAt(output, 'data') ?? {})
        .map(([mime, value]) => ({
          mime,
          text: isJson(mime) ? JSON.stringify(value) : (multiline(value) ?? JSON.stringify(value)),
        }))
        .sort((a, b) => rank(a.mime) - rank(b.mime));
  }
}

/** An nbformat output of items that are no run's: what a shellscript cell printed, an error. */
export function outputOfItems(items: OutputItem[]): JsonObject {
  const lone = items[0];
  if (lone?.mime === STDOUT_MIME || lone?.mime === STDERR_MIME)
    return {
      name: lone.mime === STDERR_MIME ? 'stderr' : 'stdout',
      output_type: 'stream',
      text: splitLines(items.map(item => item.text).join('')),
    };
  if (lone?.mime === ERROR_MIME) {
    const error = parsed(lone.text);
    const stack = stringAt(error, 'stack') ?? '';
    return {
      ename: stringAt(error, 'name') ?? 'Error',
      evalue: stringAt(error, 'message') ?? '',
      output_type: 'error',
      traceback: stack ? stack.split('\n') : [],
    };
  }
  const data: JsonObject = {};
  for (const { mime, text } of [...items].sort((a, b) => (a.mime < b.mime ? -1 : 1)))
    data[mime] = isJson(mime) ? (parsedJson(text) ?? text) : isText(mime) ? splitLines(text) : text;
  return { data, metadata: {}, output_type: 'display_data' };
}

const isText = (mime: string) =>
  mime.startsWith('text/') || mime === 'image/svg+xml' || mime === 'application/javascript';

function parsedJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

const parsed = (text: string): JsonObject => {
  const json = parsedJson(text);
  return isObject(json) ? json : {};
};

/**
 * The nbformat output that saves a run: custom type, Vega-Lite for a lone chart, bounded HTML, plain text. It does not
 * say which run it was: running a cell again changes only what came out.
 */
export function runOutput(snapshot: RunSnapshot): JsonObject {
  // What others show is shorter than what we do: it says the same once more.
  for (let i = 0; i < BOUNDS.length - 2; i++) {
    const run = boundSnapshot(snapshot, BOUNDS[i]);
    if (bytesOf(run) > MOST_BYTES) continue;
    const output = outputOf(run, boundSnapshot(snapshot, BOUNDS[i + 1]));
    if (bytesOf(output) <= MOST_BYTES) return output;
  }
  const least = boundSnapshot(snapshot, BOUNDS.at(-1));
  return outputOf(least, least);
}

function outputOf({ run: _, ...saved }: RunSnapshot, brief: RunSnapshot): JsonObject {
  const chart = loneChart(brief);
  const data: JsonObject = {
    [RUN_MIME]: saved as unknown as Json,
    ...(chart ? { [VEGA_MIME]: vegaLite(chart) } : {}),
    'text/html': splitLines(runHtml(brief)),
    'text/plain': splitLines(runText(brief)),
  };
  return { data, metadata: {}, output_type: 'display_data' };
}

const bytesOf = (json: unknown) => encoder.encode(JSON.stringify(json)).length;
const encoder = new TextEncoder();

/** The same as several outputs, for readers that show one form of each: every panel by itself. */
export function runOutputs(snapshot: RunSnapshot): JsonObject[] {
  const run = boundSnapshot(snapshot);
  const head = headLines(run);
  return [
    { 'text/html': headHtml(run), 'text/plain': `${head.join('\n')}\n` },
    ...run.panels.map(panel => {
      const chart = chosenChart(panel, run.view);
      return {
        // Jupyter prefers HTML to charts where it has both.
        ...(chart ? { [VEGA_MIME]: vegaLite(chart) } : { 'text/html': panelHtml(panel, HTML_ROWS) }),
        'text/plain': panelText(panel, { width: TEXT_WIDTH, rows: HTML_ROWS }),
      };
    }),
  ].map(forms => ({
    data: Object.fromEntries(
      Object.entries<Json>(forms).map(([mime, form]) => [
        mime,
        typeof form === 'string' ? splitLines(form) : form,
      ]),
    ),
    metadata: {},
    output_type: 'display_data',
  }));
}

/** The run in an output of ours; which one it was is known of no saved output. */
export function runOfOutput(output: JsonObject): RunSnapshot | undefined {
  const run = objectAt(objectAt(output, 'data'), RUN_MIME);
  return run && Array.isArray(run.panels) ? ({ ...run, run: '' } as unknown as RunSnapshot) : undefined;
}

function loneChart({ panels, view }: RunSnapshot): Chart | undefined {
  const [panel, ...others] = panels;
  return panel && others.length === 0 ? chosenChart(panel, view) : undefined;
}

function headLines(run: RunSnapshot): string[] {
  const told = [...run.diagnostics, ...(run.losses ?? []).map(({ problem }) => problem)];
  const problems = told.map(({ severity, message, remedy, span }) => {
    const place = span ? `line ${span.start.line + 1}: ` : '';
    return visible(`${severity}: ${place}${message}${remedy ? `. ${remedy}` : ''}`);
  });
  return [runLine(run), ...problems];
}

/** A run as text: what it was, what went wrong, its panels. */
export const runText = (run: RunSnapshot): string =>
  `${headLines(run).join('\n')}\n${run.panels.length ? `\n${renderPanels(run.panels, { width: TEXT_WIDTH, rows: HTML_ROWS })}` : ''}`;

const headHtml = (run: RunSnapshot) =>
  headLines(run)
    .map(line => `<p>${escapeHtml(line)}</p>`)
    .join('\n');

const runHtml = (run: RunSnapshot) =>
  [headHtml(run), ...run.panels.map(panel => panelHtml(panel, HTML_ROWS))].join('\n');
