/** Changes of a cell's C that mend what is missing or too much in it. */
import { type Diagnostic, type Fix, problem, type Span } from '../errors.ts';
import { afterIncludes, beforeIncludes, includesOf, isOfLinux } from './includes.ts';

const LICENSE = 'char LICENSE[] SEC("license") = "GPL";';

/** The warning stands where the license could. */
export function noLicense(source: string): Diagnostic {
  const line = afterIncludes(source);
  const end = source.split('\n')[line]?.length ?? 0;
  const span = { start: { line, column: 0 }, end: { line, column: end } };
  const fix = { title: 'State the license: GPL', edits: [insertLines(line, `\n${LICENSE}\n`)] };
  return { ...problem('no-license', {}, { span }), fix };
}

/** What a context parameter, or the macro that declares it, says about where its function belongs; the first row that fits counts. */
const SECTIONS: [pattern: RegExp, sections: string[]][] = [
  [/\bBPF_KSYSCALL\s*\($/, ['ksyscall/NAME']],
  [/\bBPF_KRETPROBE\s*\($/, ['kretprobe/FUNCTION']],
  [/\bBPF_KPROBE\s*\($/, ['kprobe/FUNCTION']],
  [/\bBPF_URETPROBE\s*\($/, ['uretprobe/PROGRAM:FUNCTION']],
  [/\bBPF_UPROBE\s*\($/, ['uprobe/PROGRAM:FUNCTION']],
  [/\bBPF_USDT\s*\($/, ['usdt/PROGRAM:PROVIDER:NAME']],
  [/\bBPF_PROG2?\s*\($/, ['fentry/FUNCTION', 'tp_btf/EVENT']],
  [/^\s*struct\s+pt_regs\b/, ['kprobe/FUNCTION', 'ksyscall/NAME', 'uprobe/PROGRAM:FUNCTION']],
  [/^\s*struct\s+trace_event_raw_sys_enter\b/, ['tp/syscalls/sys_enter_NAME']],
  [/^\s*struct\s+trace_event_raw_sys_exit\b/, ['tp/syscalls/sys_exit_NAME']],
  [/^\s*struct\s+trace_event_raw_(sched\w*)/, ['tp/sched/$1']],
  [/^\s*struct\s+trace_event_raw_(\w+)/, ['tp/CATEGORY/$1']],
  [/^\s*struct\s+bpf_raw_tracepoint_args\b/, ['raw_tp/EVENT']],
  [/^\s*struct\s+bpf_perf_event_data\b/, ['perf_event']],
  [/^\s*struct\s+bpf_iter__(\w+)/, ['iter/$1']],
  [/^/, ['tp/CATEGORY/EVENT', 'kprobe/FUNCTION']],
];

/** SEC() texts that a function without one may want. `name` is where its name stands; capitals are to be filled in. */
export function sectionsFor(source: string, name: Span): string[] {
  const line = source.split('\n')[name.start.line] ?? '';
  const before = line.slice(0, name.start.column);
  const parameters = line.slice(name.end.column).replace(/^\s*\(/, '');
  for (const [pattern, sections] of SECTIONS) {
    const match = pattern.exec(before) ?? pattern.exec(parameters);
    if (match) return sections.map(section => section.replace('$1', match[1] ?? ''));
  }
  return [];
}

export const sectionFix = (source: string, name: Span): Fix => {
  const [section] = sectionsFor(source, name);
  return {
    title: `Put SEC("${section}") before it`,
    edits: [insertLines(name.start.line, `SEC("${section}")\n`)],
  };
};

/** Leaves out headers of Linux's own sources, whose types vmlinux.h has. */
export function vmlinuxFix(source: string): Fix | undefined {
  const includes = includesOf(source);
  const drop = includes.filter(({ header }) => isOfLinux(header));
  if (drop.length === 0) return undefined;
  const has = includes.some(({ header }) => header === 'vmlinux.h');
  const [first, ...others] = has ? [undefined, ...drop] : drop;
  return {
    title: `${has ? 'Use vmlinux.h alone' : 'Include "vmlinux.h" instead'}: leave out ${drop.map(({ header }) => `<${header}>`).join(', ')}`,
    edits: [
      ...(first ? [{ span: first.span, text: '#include "vmlinux.h"' }] : []),
      ...others.flatMap(one => (one ? [{ span: wholeLine(one.line), text: '' }] : [])),
    ],
  };
}

/** What a program's words need, in the order in which it has to be included. */
const HEADERS: [header: string, words: RegExp][] = [
  ['"vmlinux.h"', /(?:)/],
  ['<bpf/bpf_helpers.h>', /(?:)/],
  ['<bpf/bpf_tracing.h>', /\b(?:PT_REGS_\w+|BPF_(?:PROG2?|K(?:RET)?PROBE|U(?:RET)?PROBE|KSYSCALL))\b/],
  ['<bpf/bpf_core_read.h>', /\bBPF_(?:CORE_|PROBE_READ|KSYSCALL)|\bbpf_core_/],
  ['<bpf/bpf_endian.h>', /\bbpf_(?:nto|hto)\w+/],
];

/** Adds the headers that every BPF program has, where a program came without. */
export function headersFix(source: string): Fix | undefined {
  const names = includesOf(source).map(({ header }) => header);
  const typed = names.some(header => header === 'vmlinux.h' || isOfLinux(header));
  const missing = HEADERS.filter(
    ([header, words]) =>
      words.test(source) && !names.includes(header.slice(1, -1)) && !(header === '"vmlinux.h"' && typed),
  ).map(([header]) => `#include ${header}`);
  if (missing.length === 0) return undefined;
  return {
    title: `Add ${missing.join(', ')}`,
    edits: [insertLines(typed ? afterIncludes(source) : beforeIncludes(source), `${missing.join('\n')}\n`)],
  };
}

const wholeLine = (line: number): Span => ({
  start: { line, column: 0 },
  end: { line: line + 1, column: 0 },
});

function insertLines(line: number, text: string): Fix['edits'][number] {
  const at = { line, column: 0 };
  return { span: { start: at, end: at }, text };
}
