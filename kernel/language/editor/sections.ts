/** `SEC("…")` in BPF C cells: what kind of program it makes, where that runs, and what it is given. */
import type { Range } from '../nodes.ts';
import { sectionProblem, sectionRow } from '../sections.ts';
import { findProbe } from '../tables/probes.ts';
import { SECTIONS } from '../tables/sections.ts';
import type { Catalogue } from './analysis.ts';
import type { Hover } from './hover.ts';
import type { Completion, CompletionItem } from './items.ts';
import { probeFacts } from './probe.ts';

const OTHERS: Readonly<Record<string, string>> = {
  license:
    'The license of the programs. Linux offers most of its tracing helpers to GPL-compatible ones only.',
  '.maps': 'A map: its members tell its type, its key, its value and how many entries it may have.',
};

/** The text between the quotes of the SEC() that an offset is in. */
function sectionAt(source: string, offset: number): (Range & { text: string }) | undefined {
  for (const { 0: whole, 1: text = '', index } of source.matchAll(/\bSEC\(\s*"([^"\n]*)/g)) {
    const end = index + whole.length;
    if (end - text.length <= offset && offset <= end) return { text, start: end - text.length, end };
  }
  return undefined;
}

export function sectionHover(source: string, offset: number, catalogue: Catalogue): Hover | undefined {
  const found = sectionAt(source, offset);
  if (!found) return undefined;
  const { text, ...range } = found;
  const row = sectionRow(text);
  if (!row) {
    const told = OTHERS[text] ?? sectionProblem(text, undefined);
    if (typeof told === 'string') return { ...range, text: told };
    return told?.code === 'section-refused'
      ? { ...range, text: `${told.message}. ${told.remedy}` }
      : undefined;
  }
  const slash = text.indexOf('/');
  const [kind, name] = [text.slice(0, slash), text.slice(slash + 1).replace('/', ':')];
  const provider = findProbe(kind) ? kind : row.provider;
  const facts = provider && slash > 0 ? probeFacts(`${provider}:${name}`, catalogue) : [];
  const written = row.signature ? `\`SEC("${row.names.join(' | ')}/${row.signature}")\`\n\n` : '';
  return {
    ...range,
    text: [
      `${written}${row.docs}`,
      `Context: \`${row.context}\` · \`${row.type}\``,
      `\`\`\`c\n${row.example}\n\`\`\``,
      ...facts,
    ].join('\n\n'),
  };
}

const MOST = 300;

export function completeSection(
  source: string,
  offset: number,
  catalogue: Catalogue,
): Completion | undefined {
  const found = sectionAt(source, offset);
  if (!found) return undefined;
  const typed = source.slice(found.start, offset);
  const slash = typed.indexOf('/');
  const items = slash < 0 ? kinds() : namesOf(typed.slice(0, slash), typed.slice(slash + 1), catalogue);
  return { start: found.start, end: found.end, items: items.slice(0, MOST), more: items.length > MOST };
}

const kinds = (): CompletionItem[] => [
  ...SECTIONS.flatMap(({ names, signature, docs }) =>
    names.map(
      (label): CompletionItem => ({
        label,
        kind: 'provider',
        documentation: docs,
        ...(signature ? { detail: `${label}/${signature}`, snippet: `${label}/`, again: true } : {}),
      }),
    ),
  ),
  ...Object.entries(OTHERS).map(
    ([label, documentation]): CompletionItem => ({ label, kind: 'value', documentation }),
  ),
];

function namesOf(kind: string, typed: string, catalogue: Catalogue): CompletionItem[] {
  const provider = sectionRow(kind)?.provider;
  if (!provider) return [];
  const wanted = typed.toLowerCase();
  return catalogue
    .names(provider)
    .map(name => name.replace(':', '/'))
    .filter(name => name.toLowerCase().includes(wanted))
    .map(name => ({ label: `${kind}/${name}`, kind: 'probe' }));
}
