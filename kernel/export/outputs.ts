/** The one form of an output that is shown, of the several it was saved in. */
import {
  type JsonObject,
  type NotebookCell,
  outputItems,
  panelsOnce,
  runInCell,
  runOfOutput,
  runText,
} from '../notebook/index.ts';
import type { RunSnapshot } from '../protocol.ts';
import { dataUri } from './images.ts';

export type Shown =
  /** `text` is for those who can only read it. */
  | { kind: 'run'; run: RunSnapshot; text: string }
  /** `source` is a data URI. */
  | { kind: 'image'; source: string }
  | { kind: 'markdown'; text: string }
  | { kind: 'text'; text: string; failed?: boolean };

type Row = [mime: RegExp, show: (text: string, mime: string) => Shown | undefined];

const picture = (mime: string, base64: string): Shown | undefined => {
  const source = dataUri(mime, base64);
  return source === undefined ? undefined : { kind: 'image', source };
};

/** What is not here, such as HTML and scripts of others, is shown by another form, or as its source. */
const ROWS: Row[] = [
  [/\.notebook\.stdout$/, text => ({ kind: 'text', text })],
  [/\.notebook\.stderr$/, text => ({ kind: 'text', text, failed: true })],
  [/\.notebook\.error$/, text => ({ kind: 'text', text: errorText(text), failed: true })],
  [/^image\/svg\+xml$/, (text, mime) => picture(mime, Buffer.from(text).toString('base64'))],
  [/^image\//, (text, mime) => picture(mime, text)],
  [/^text\/markdown$/, text => ({ kind: 'markdown', text })],
  [/^text\/plain$/, text => ({ kind: 'text', text })],
];

export function shownOutput(output: JsonObject, cell: NotebookCell): Shown {
  const run = runOf(output, cell);
  if (run) return { kind: 'run', run, text: runText(readOnly(run)) };
  const items = outputItems(output);
  for (const { mime, text } of items) {
    const shown = ROWS.find(([pattern]) => pattern.test(mime))?.[1](text, mime);
    if (shown) return shown;
  }
  return { kind: 'text', text: items[0]?.text ?? '' };
}

function errorText(json: string): string {
  const { name, message, stack } = JSON.parse(json) as { name: string; message: string; stack: string };
  return stack || `${name}: ${message}`;
}

/** The run in an output of ours, in the form that its cell shows it in; undefined for what only calls itself one. */
export function runOf(output: JsonObject, cell: NotebookCell): RunSnapshot | undefined {
  const saved = runOfOutput(output);
  if (!saved) return undefined;
  const run = runInCell(saved, cell);
  try {
    runText(run);
    return run;
  } catch {
    return undefined;
  }
}

/** A run for those who cannot fold things away. */
export const readOnly = (run: RunSnapshot): RunSnapshot => ({ ...run, panels: panelsOnce(run) });
