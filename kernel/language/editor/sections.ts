/** `SEC("…")` in BPF C cells: what kind of program it makes, where that runs, and what it is given. */
import type { Range } from '../nodes.ts';
import { findProbe } from '../tables/probes.ts';
import type { Catalogue } from './analysis.ts';
import type { Hover } from './hover.ts';
import type { Completion, CompletionItem } from './items.ts';
import { probeFacts } from './probe.ts';

interface SectionRow {
  /** What stands before the first slash, its short name last. */
  names: readonly string[];
  /** What can stand behind it. */
  signature?: string;
  docs: string;
  /** C type of the program's argument. */
  context: string;
  /** Program type, as Linux names it. */
  type: string;
  /** The kind of probe of bpftrace whose names stand behind it, with `/` for `:`. */
  provider?: string;
}

const SECTIONS: readonly SectionRow[] = [
  {
    names: ['tracepoint', 'tp'],
    signature: 'category/event',
    docs: 'Runs at a tracepoint, with the record that it makes.',
    context: 'struct trace_event_raw_EVENT *',
    type: 'BPF_PROG_TYPE_TRACEPOINT',
    provider: 'tracepoint',
  },
  {
    names: ['raw_tracepoint', 'raw_tp'],
    signature: 'event',
    docs: 'Runs at a tracepoint before its record is made: cheaper, with the arguments as Linux passes them.',
    context: 'struct bpf_raw_tracepoint_args *',
    type: 'BPF_PROG_TYPE_RAW_TRACEPOINT',
    provider: 'rawtracepoint',
  },
  {
    names: ['tp_btf'],
    signature: 'event',
    docs: 'As raw_tp, with arguments that have types and can be read without a helper. Write it with BPF_PROG.',
    context: '__u64 *',
    type: 'BPF_PROG_TYPE_TRACING',
    provider: 'rawtracepoint',
  },
  {
    names: ['kprobe', 'kretprobe'],
    signature: 'function[+offset]',
    docs: 'Runs where a function of Linux starts, or returns. Write it with BPF_KPROBE or BPF_KRETPROBE.',
    context: 'struct pt_regs *',
    type: 'BPF_PROG_TYPE_KPROBE',
    provider: 'kprobe',
  },
  {
    names: ['ksyscall', 'kretsyscall'],
    signature: 'name',
    docs: 'Runs where a system call starts, or returns, whatever its function is called. Write it with BPF_KSYSCALL.',
    context: 'struct pt_regs *',
    type: 'BPF_PROG_TYPE_KPROBE',
  },
  {
    names: ['fentry', 'fexit'],
    signature: 'function',
    docs: 'Runs where a function of Linux starts, or returns, with typed arguments. Write it with BPF_PROG.',
    context: '__u64 *',
    type: 'BPF_PROG_TYPE_TRACING',
    provider: 'kprobe',
  },
  {
    names: ['uprobe', 'uretprobe', 'uprobe.multi', 'uretprobe.multi'],
    signature: 'binary:function[+offset]',
    docs: 'Runs where a function of a program or library starts, or returns. Write it with BPF_UPROBE or BPF_URETPROBE.',
    context: 'struct pt_regs *',
    type: 'BPF_PROG_TYPE_KPROBE',
  },
  {
    names: ['usdt'],
    signature: 'binary:provider:name',
    docs: 'Runs at a static probe of a program or library. Write it with BPF_USDT.',
    context: 'struct pt_regs *',
    type: 'BPF_PROG_TYPE_KPROBE',
  },
  {
    names: ['iter'],
    signature: 'kind',
    docs: 'Runs once for each object of a kind, when it is read.',
    context: 'struct bpf_iter__KIND *',
    type: 'BPF_PROG_TYPE_TRACING',
    provider: 'iter',
  },
  {
    names: ['perf_event'],
    docs: 'Runs when an event is counted or sampled.',
    context: 'struct bpf_perf_event_data *',
    type: 'BPF_PROG_TYPE_PERF_EVENT',
  },
];
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

const rowOf = (text: string) => SECTIONS.find(({ names }) => names.includes(text.replace(/[/?].*|\.s$/, '')));

export function sectionHover(source: string, offset: number, catalogue: Catalogue): Hover | undefined {
  const found = sectionAt(source, offset);
  if (!found) return undefined;
  const { text, ...range } = found;
  const row = rowOf(text);
  if (!row) return OTHERS[text] ? { ...range, text: OTHERS[text] } : undefined;
  const slash = text.indexOf('/');
  const [kind, name] = [text.slice(0, slash), text.slice(slash + 1).replace('/', ':')];
  const provider = findProbe(kind) ? kind : row.provider;
  const facts = provider && slash > 0 ? probeFacts(`${provider}:${name}`, catalogue) : [];
  const written = row.signature ? `\`SEC("${row.names.join(' | ')}/${row.signature}")\`\n\n` : '';
  return {
    ...range,
    text: [`${written}${row.docs}`, `Context: \`${row.context}\` · \`${row.type}\``, ...facts].join('\n\n'),
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
  const provider = rowOf(kind)?.provider;
  if (!provider) return [];
  const wanted = typed.toLowerCase();
  return catalogue
    .names(provider)
    .map(name => name.replace(':', '/'))
    .filter(name => name.toLowerCase().includes(wanted))
    .map(name => ({ label: `${kind}/${name}`, kind: 'probe' }));
}
