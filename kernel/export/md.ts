/** A notebook as Markdown: cells as they are, code and what it said in fences. */
import { type Notebook, type NotebookCell, visible } from '../notebook/index.ts';
import { imagesOf } from './images.ts';
import type { ExportContext } from './index.ts';
import { closing, firstHeading } from './markdownCell.ts';
import { type Shown, shownOutput } from './outputs.ts';

/** What readers of Markdown call the languages of cells. */
const FENCE_NAMES: { readonly [language: string]: string } = { 'bpf-c': 'c', shellscript: 'sh' };

export function notebookMarkdown({ cells }: Notebook, { name }: ExportContext): string {
  const titled = cells[0]?.kind === 'markdown' && firstHeading(cells[0].source) !== undefined;
  const title = titled ? [] : [`# ${escaped(name)}`];
  return `${[...title, ...cells.flatMap(cell => CELLS[cell.kind](cell))].join('\n\n')}\n`;
}

const CELLS: { readonly [kind in NotebookCell['kind']]: (cell: NotebookCell) => string[] } = {
  markdown: cell => {
    const source = plain(cell.source).trimEnd();
    return source ? [withPictures(cell, source) + closing(source)] : [];
  },
  raw: ({ source }) => [fence(source, 'text')],
  code: cell => [
    ...(cell.source.trim() ? [fence(cell.source, FENCE_NAMES[cell.language] ?? cell.language)] : []),
    ...cell.outputs.flatMap(output => {
      const shown = shownOutput(output, cell);
      return SHOWN[shown.kind](shown as never);
    }),
  ],
};

const SHOWN: { readonly [K in Shown['kind']]: (shown: Extract<Shown, { kind: K }>) => string[] } = {
  run: ({ text }) => [fence(text, 'text')],
  image: ({ source }) => [`![output](${source})`],
  markdown: ({ text }) => [fence(text, 'markdown')],
  text: ({ text }) => (text.trim() ? [fence(text, 'text')] : []),
};

const plain = (text: string) => visible(text.replaceAll('\r\n', '\n'));

/** Longer than any run of backticks in it, so that nothing in it ends it. */
function fence(content: string, language: string): string {
  const text = plain(content).replace(/\n+$/, '');
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(run => run.length));
  const marks = '`'.repeat(longest + 1);
  return `${marks}${/^[\w+-]+$/.test(language) ? language : ''}\n${text}\n${marks}`;
}

/** Attachments have no other place to go than into the text. */
function withPictures(cell: NotebookCell, source: string): string {
  const images = imagesOf(cell, undefined);
  return source.replace(
    /(!\[[^\]\n]*\]\()(attachment:[^\s)]+)/g,
    (whole, before, name) => before + (images(name) ?? whole.slice(before.length)),
  );
}

/** Text that is no markup. */
const escaped = (text: string) => visible(text).replace(/[\\`*_[\]<>&#!|~]/g, mark => `\\${mark}`);
