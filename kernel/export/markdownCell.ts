/** Markdown cells as HTML: no HTML of their own, no pictures from elsewhere. */
import MarkdownIt from 'markdown-it';
import { escapeHtml, visible } from '../notebook/index.ts';
import { coloured } from './colours.ts';
import type { Images } from './images.ts';

const markdown = new MarkdownIt({
  html: false,
  linkify: true,
  highlight: (code, language) => coloured(code, language.toLowerCase()),
});
const { rules } = markdown.renderer;

const attribute = (name: string, value: string | number | null) =>
  value ? ` ${name}="${escapeHtml(String(value))}"` : '';

/** A picture that is not in the page is a link to where it is: the reader decides. */
rules.image = (tokens, index, options, env, self) => {
  const token = tokens[index]!;
  const source = String(token.attrGet('src') ?? '');
  const alt = self.renderInlineAsText(token.children ?? [], options, env);
  const uri = (env as { images: Images }).images(source);
  return uri
    ? `<img src="${escapeHtml(uri)}"${attribute('alt', alt)}${attribute('title', token.attrGet('title'))}>`
    : `<a href="${escapeHtml(source)}" rel="noopener noreferrer">${escapeHtml(alt || source)}</a>`;
};

rules.link_open = (tokens, index, options, _env, self) => {
  tokens[index]!.attrSet('rel', 'noopener noreferrer');
  return self.renderToken(tokens, index, options);
};

/** Links within the page go to headings by the names that VS Code gives them. */
rules.heading_open = (tokens, index, options, _env, self) => {
  tokens[index]!.attrSet('id', anchor(tokens[index + 1]?.content ?? ''));
  return self.renderToken(tokens, index, options);
};

const anchor = (heading: string) =>
  heading
    .trim()
    .toLowerCase()
    .replace(/\s+/g, '-')
    .replace(/[^\p{L}\p{N}_-]/gu, '');

// Aligned columns have a style attribute, which the page's policy forbids.
for (const name of ['th_open', 'td_open'])
  rules[name] = (tokens, index) => {
    const { tag } = tokens[index]!;
    const align = /text-align:(\w+)/.exec(String(tokens[index]!.attrGet('style') ?? ''))?.[1] ?? null;
    return `<${tag}${attribute('align', align)}>`;
  };

export const markdownHtml = (source: string, images: Images): string =>
  markdown.render(visible(source.replaceAll('\r\n', '\n')), { images });

/** The first heading, as text. */
export function firstHeading(source: string): string | undefined {
  const tokens = markdown.parse(source, {});
  const at = tokens.findIndex(({ type }) => type === 'heading_open');
  const children = tokens[at + 1]?.children ?? [];
  return at < 0
    ? undefined
    : children
        .map(({ content }) => content)
        .join('')
        .trim() || undefined;
}

/** What must follow a cell's Markdown so that it ends there, and does not swallow what comes behind it. */
export function closing(source: string): string {
  const end = 'end of the cell';
  const tokens = withHtml.parse(`${source}\n\n${end}`, {});
  const last = tokens.at(-1);
  if (last?.type === 'fence') return `\n${last.markup}`;
  if (last?.type === 'html_block' && last.content.includes(end)) return `\n${closingOf(last.content)}`;
  return '';
}

const withHtml = new MarkdownIt({ html: true });

/** HTML in Markdown that goes on until something other than an empty line ends it. */
const CLOSINGS: [RegExp, string][] = [
  [/^\s*<!--/, '-->'],
  [/^\s*<\?/, '?>'],
  [/^\s*<!\[CDATA\[/, ']]>'],
  [/^\s*<![A-Za-z]/, '>'],
  [/^\s*<script/i, '</script>'],
  [/^\s*<style/i, '</style>'],
  [/^\s*<textarea/i, '</textarea>'],
  [/^\s*<pre/i, '</pre>'],
];
const closingOf = (html: string) => CLOSINGS.find(([start]) => start.test(html))?.[1] ?? '';
