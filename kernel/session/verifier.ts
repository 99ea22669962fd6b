/** Reads the verifier's log: the line that says why, the source line it speaks of, and a fix where known. Pure. */
import type { Span } from '../errors.ts';

export interface Explanation {
  reason: string;
  remedy: string;
  span?: Span;
}

/** Lines that are state, instructions, source or totals, not a verdict. */
const NOT_A_VERDICT =
  /^(\d+: |\(?\d+\) |;|R\d+(_\w+)?=|processed \d+|verification time|stack depth|from \d+ to|max_states|libbpf:|-- |arg#|func#|Func#|last_idx|regs=|parent |mark_precise|\s*$|frame\d+|Global function|caller:|callee:|returning from|to caller|old state|cur state|the sequence)/;

/** What to do about verdicts that are common. */
const FIXES: [RegExp, string][] = [
  [
    /map_value_or_null|invalid mem access '(.*_or_null)'|_or_null/,
    'Check the pointer for NULL before you use it.',
  ],
  [
    /invalid mem access '(scalar|inv)'/,
    'This is a plain number to the verifier. Read it with bpf_probe_read_kernel(), bpf_probe_read_user() or BPF_CORE_READ().',
  ],
  [
    /invalid access to (map value|packet|mem|stack)|invalid (read|write|indirect)|out of bounds|outside of the|min value is (negative|outside)|unbounded (memory|min)/,
    'Compare the index or length with its limits before you use it; for an unsigned length, mask it (len & (SIZE - 1)).',
  ],
  [
    /R\d+ !read_ok|invalid read from stack|uninitialized/,
    'Give the variable a value on every path before it is read.',
  ],
  [
    /Unreleased reference|reference leak/,
    'Each bpf_ringbuf_reserve() needs a submit or a discard on every path.',
  ],
  [
    /sequence of \d+ jumps is too complex/,
    'Give the loop a low, constant upper bound: the verifier follows every turn of it. Without loops: fewer branches.',
  ],
  [
    /too many instructions|BPF program is too large|complexity/,
    'Simplify: shorter loops, fewer branches, or split the program.',
  ],
  [/back-edge|infinite loop/, 'Give the loop a constant upper bound.'],
  [
    /combined stack|stack (size|depth)|exceeds.*stack/,
    'The stack holds 512 bytes. Put large values into a per-CPU array map of one entry.',
  ],
  [/cannot call GPL[- ]restricted|GPL[- ]compatible/, 'Add: char LICENSE[] SEC("license") = "GPL";'],
  [
    /unknown func|helper call is not allowed|program of this type cannot use helper/,
    'This helper is not available to this kind of program on this host. Use another helper or another attach point.',
  ],
  [
    /dereference of modified ctx|invalid bpf_context access/,
    'This field or offset does not exist in the context of this attach point.',
  ],
];

const FALLBACK = 'See the whole log for the path that the verifier followed.';

/** `file` is what the log calls the cell's own text. */
export function explainVerifier(log: string, file: string): Explanation {
  const lines = log.split('\n').map(line => line.trimEnd());
  const verdict = lines.findLastIndex(line => !NOT_A_VERDICT.test(line));
  const reason = (verdict < 0 ? 'it gave no reason' : lines[verdict]!).trim();
  const span = sourceOf(lines, verdict < 0 ? lines.length : verdict, file);
  const remedy = FIXES.find(([pattern]) => pattern.test(reason))?.[1] ?? FALLBACK;
  return { reason, remedy, ...(span ? { span } : {}) };
}

/** Since Linux 6.9 source lines in the log end in ` @ FILE:LINE`. */
function sourceOf(lines: string[], before: number, file: string): Span | undefined {
  for (let at = before; at >= 0; at--) {
    const [, text, name, number] = /^;\s*(.*?)\s*@ (.+):(\d+)$/.exec(lines[at] ?? '') ?? [];
    if (name !== file) continue;
    const line = Number(number) - 1;
    // The log gives the line's text without its indentation, if at all: only the line is sure.
    return {
      start: { line, column: 0 },
      end: text ? { line, column: text.length } : { line: line + 1, column: 0 },
    };
  }
  return undefined;
}
