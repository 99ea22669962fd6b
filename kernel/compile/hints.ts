/** Ways of older programs that work, where something newer gives more. By the program's text. */
import { type Diagnostic, type ErrorCode, type Fix, problem, type Span } from '../errors.ts';

interface Hint {
  code: ErrorCode;
  /** The first place counts. */
  pattern: RegExp;
  /** Whether the rest of the program agrees. */
  fits?(source: string, match: RegExpExecArray): boolean;
  fix?(match: RegExpExecArray): Omit<Fix, 'edits'> & { text: string };
}

const HINTS: readonly Hint[] = [
  {
    code: 'context-of-tracepoint',
    pattern:
      /(?<=\bSEC\(\s*"(?:k(?:ret)?probe|u(?:ret)?probe)[^"\n]*"\s*\)\s*int\s+\w+\s*\(\s*)struct\s+(trace_event_raw_\w+)(?=\s*\*)/,
  },
  { code: 'printk-lines', pattern: /\bbpf_trace_printk(?=\s*\()/ },
  {
    code: 'text-by-size',
    pattern: /\bbpf_probe_read(?:_kernel)?\(\s*&?(\w+)\s*,\s*sizeof\(\s*\1\s*\)\s*,\s*(\w+)->(\w+)\s*\)/,
    fits: (source, [, text]) =>
      new RegExp(`\\bchar\\s+(?:\\w+\\s*\\[[^\\]]*\\]\\s*,\\s*)*${text}\\s*\\[`).test(source) &&
      /^\s*#\s*include\s*"vmlinux\.h"/m.test(source),
    fix: ([, text, pointer, member]) => ({
      title: 'Read it as a text',
      text: `BPF_CORE_READ_STR_INTO(&${text}, ${pointer}, ${member})`,
    }),
  },
];

export const hintsFor = (source: string): Diagnostic[] =>
  HINTS.flatMap(({ code, pattern, fits, fix }) => {
    const match = pattern.exec(source);
    if (!match || fits?.(source, match) === false) return [];
    const span = spanOf(source, match);
    const values = {
      text: match[1] ?? '',
      struct: match[1] ?? '',
      pointer: match[2] ?? '',
      member: match[3] ?? '',
    };
    const made = fix?.(match);
    const told = problem(code, values, { span });
    return [made ? { ...told, fix: { title: made.title, edits: [{ span, text: made.text }] } } : told];
  });

function spanOf(source: string, { 0: whole, index }: RegExpExecArray): Span {
  const at = (offset: number) => {
    const lines = source.slice(0, offset).split('\n');
    return { line: lines.length - 1, column: lines.at(-1)!.length };
  };
  return { start: at(index), end: at(index + whole.length) };
}
