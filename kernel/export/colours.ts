/** Code with its words marked by class, as HTML. */
import hljs from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import c from 'highlight.js/lib/languages/c';
import json from 'highlight.js/lib/languages/json';
import { escapeHtml } from '../notebook/index.ts';
import { bpftrace } from './bpftrace.ts';

const GRAMMARS = { bpftrace, c, bash, json };
for (const [name, grammar] of Object.entries(GRAMMARS)) hljs.registerLanguage(name, grammar);

/** Languages of cells, and what people write behind ``` → grammars. */
const LANGUAGES: { readonly [language: string]: keyof typeof GRAMMARS } = {
  bpftrace: 'bpftrace',
  bt: 'bpftrace',
  'bpf-c': 'c',
  c: 'c',
  h: 'c',
  cpp: 'c',
  shellscript: 'bash',
  sh: 'bash',
  bash: 'bash',
  shell: 'bash',
  json: 'json',
};

/** Escaped, and in colours where the language has a grammar. */
export function coloured(code: string, language: string): string {
  const grammar = Object.hasOwn(LANGUAGES, language) ? LANGUAGES[language] : undefined;
  return grammar === undefined
    ? escapeHtml(code)
    : hljs.highlight(code, { language: grammar, ignoreIllegals: true }).value;
}
