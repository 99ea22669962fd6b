/** A notebook as one page that stands alone: it asks nobody for anything, and runs no script but its own. */
import { createHash } from 'node:crypto';
import { escapeHtml, type Notebook, type NotebookCell, visible } from '../notebook/index.ts';
import type { RunSnapshot } from '../protocol.ts';
import { coloured } from './colours.ts';
import { imagesOf } from './images.ts';
import type { ExportContext } from './index.ts';
import { firstHeading, markdownHtml } from './markdownCell.ts';
import { type Shown, shownOutput } from './outputs.ts';
import { pageScripts } from './scripts.ts';
import { STYLE } from './style.ts';

const LANGUAGE_NAMES: { readonly [language: string]: string } = {
  'bpf-c': 'BPF C',
  c: 'BPF C',
  shellscript: 'shell',
};

export function notebookPage({ cells }: Notebook, context: ExportContext): string {
  const runs: RunSnapshot[] = [];
  const body = cells.map(cell => CELLS[cell.kind](cell, context, runs)).join('\n');
  const scripts = pageScripts(runs);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(STYLE, scripts)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="eBPF Notebook">
<title>${text(titleOf(cells) ?? context.name)}</title>
<style>${STYLE}</style>
</head>
<body class="vscode-light">
<header>${text([context.name, datesOf(runs)].filter(Boolean).join(' · '))}</header>
<main>
${body}
</main>
${scripts.map(script => `<script>${script}</script>`).join('\n')}
</body>
</html>
`;
}

const text = (from: string) => escapeHtml(visible(from.replaceAll('\r\n', '\n')));

/** Its own scripts and style by their hashes; pictures are in the page itself. */
function policy(style: string, scripts: string[]): string {
  const hash = (source: string) => `'sha256-${createHash('sha256').update(source).digest('base64')}'`;
  return [
    "default-src 'none'",
    `script-src ${scripts.map(hash).join(' ') || "'none'"}`,
    `style-src ${hash(style)}`,
    'img-src data: blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

const titleOf = (cells: NotebookCell[]) =>
  cells
    .filter(({ kind }) => kind === 'markdown')
    .map(({ source }) => firstHeading(source))
    .find(heading => heading !== undefined);

/** From when to when its runs were started, in UTC: `2026-11-21 17:40 – 18:05 UTC`. */
function datesOf(runs: RunSnapshot[]): string | undefined {
  const times = runs.map(({ startedAt }) => startedAt).filter(time => time > 0 && time < 8.64e15);
  if (times.length === 0) return undefined;
  const [from, to] = [Math.min(...times), Math.max(...times)].map(time => new Date(time).toISOString());
  const minute = (time: string) => time.slice(0, 16).replace('T', ' ');
  const until = to!.slice(0, 10) === from!.slice(0, 10) ? minute(to!).slice(11) : minute(to!);
  return `run ${minute(from!)}${minute(from!) === minute(to!) ? '' : ` – ${until}`} UTC`;
}

type CellHtml = (cell: NotebookCell, context: ExportContext, runs: RunSnapshot[]) => string;

const CELLS: { readonly [kind in NotebookCell['kind']]: CellHtml } = {
  markdown: (cell, { directory }) =>
    `<section class="nb-markdown">${markdownHtml(cell.source, imagesOf(cell, directory))}</section>`,
  raw: ({ source }) => `<section class="nb-raw"><pre>${text(source)}</pre></section>`,
  code: (cell, _, runs) => {
    const { source, language, outputs } = cell;
    const code = coloured(visible(source.replaceAll('\r\n', '\n')), language);
    const name = text(LANGUAGE_NAMES[language] ?? language);
    const results = outputs.map(output => outputHtml(shownOutput(output, cell), runs));
    return `<section class="nb-code"><span class="nb-language">${name}</span><pre><code>${code}</code></pre>
${results.join('\n')}</section>`;
  },
};

function outputHtml(shown: Shown, runs: RunSnapshot[]): string {
  if (shown.kind === 'run') runs.push(shown.run);
  return `<div class="nb-output">${SHOWN[shown.kind](shown as never)}</div>`;
}

const SHOWN: { readonly [K in Shown['kind']]: (shown: Extract<Shown, { kind: K }>) => string } = {
  // The text is for readers without scripts; else the script puts the run in its place.
  run: ({ run, text: read }) =>
    `<script type="application/json">${scriptData(run)}</script><pre>${escapeHtml(read)}</pre>`,
  image: ({ source }) => `<img src="${escapeHtml(source)}" alt="output">`,
  markdown: ({ text: source }) => markdownHtml(source, () => undefined),
  text: ({ text: shown, failed }) => `<pre${failed ? ' class="nb-failed"' : ''}>${text(shown)}</pre>`,
};

/** JSON in which nothing ends or comments out the element around it. */
const scriptData = (data: unknown) => JSON.stringify(data).replaceAll('<', '\\u003c');
