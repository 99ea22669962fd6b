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
  | { kind: 'run'; run: RunSnapshot }
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
  const run = runOfOutput(output);
  if (run) return { kind: 'run', run: runInCell(run, cell) };
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

/** A run for those who can only read it. */
export const staticRun = (run: RunSnapshot): RunSnapshot => ({ ...run, panels: panelsOnce(run) });
export const staticText = (run: RunSnapshot): string => runText(staticRun(run));
