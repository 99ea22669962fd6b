/** Mutations of C, by its tokens and lines. */
import { CHANGES, put } from './characters.ts';
import { Random } from './random.ts';
import type { CSource } from './sources.ts';

interface Token {
  kind: string;
  start: number;
  end: number;
}

/** Blanks and comments have no name, and are none. */
const TOKEN =
  /(?:\s+|\/\/.*|\/\*[\s\S]*?\*\/)|(?<word>[A-Za-z_]\w*)|(?<number>\d\w*)|(?<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(?<sign>->|\+\+|--|<<=?|>>=?|&&|\|\||[-+*/%&|^!=<>]=|.)/g;

const tokensOf = (text: string): Token[] =>
  [...text.matchAll(TOKEN)].flatMap(({ 0: token, index, groups = {} }) => {
    const kind = Object.keys(groups).find(name => groups[name] !== undefined);
    return kind ? [{ kind, start: index, end: index + token.length }] : [];
  });

/** What tends to be at an edge. */
const NUMBERS = [
  ...['0', '1', '-1', '7', '8', '64', '511', '512', '513', '4096', '0x7fffffff', '0xffffffff', '1 << 20'],
  ...['0x8000000000000000ULL', 'NULL', 'sizeof(int)'],
];

/** What C and BPF have words for. */
const WORDS = `
(void *)0|"a"|'\\0'|{ 0 }|char|int|long|u8|u64|__u32|void|struct|union|enum|static|const|volatile|__noinline
__always_inline|goto|return|if|else|while (1)|for (;;)|switch|case 1:|break|continue|SEC("iter/task")
SEC("tp_btf/sched_switch")|SEC("xdp")|SEC("kprobe.multi/vfs_*")|SEC("uprobe//bin/sh:main")|SEC("lsm/file_open")
SEC(".maps")|BPF_MAP_TYPE_HASH|BPF_MAP_TYPE_PERCPU_ARRAY|BPF_MAP_TYPE_RINGBUF|BPF_MAP_TYPE_TASK_STORAGE
BPF_MAP_TYPE_PROG_ARRAY|BPF_MAP_TYPE_STRUCT_OPS|LIBBPF_PIN_BY_NAME|BPF_F_NO_PREALLOC|bpf_get_current_task_btf()
bpf_probe_read_kernel|ctx|bpf_override_return(ctx, 0)|bpf_send_signal(9)|bpf_loop|bpf_for_each_map_elem
asm volatile("")|#define|#include "vmlinux.h"|#error|#if 0|__attribute__((packed))|_Static_assert(0, "")
`
  .trim()
  .split(/[|\n]/);

const EDGES = [...NUMBERS, ...WORDS];

type Mutation = (text: string, random: Random, programs: readonly string[]) => string;

/** One token becomes another of its kind, of the same program or of another one. */
const alike =
  (own: boolean): Mutation =>
  (text, random, programs) => {
    const tokens = tokensOf(text);
    if (tokens.length === 0) return text;
    const { kind, start, end } = random.of(tokens);
    const source = own ? text : random.of(programs);
    const choices = tokensOf(source).filter(token => token.kind === kind);
    if (choices.length === 0) return text;
    const by = random.of(choices);
    return put(text, start, end, source.slice(by.start, by.end));
  };

/** A number becomes one at an edge. */
const number: Mutation = (text, random) => {
  const numbers = tokensOf(text).filter(({ kind }) => kind === 'number');
  if (numbers.length === 0) return text;
  const { start, end } = random.of(numbers);
  return put(text, start, end, random.of(NUMBERS));
};

const IN_TOKENS: Mutation[] = [
  alike(true),
  alike(true),
  alike(false),
  number,
  number,
  (text, random) => {
    const tokens = tokensOf(text);
    if (tokens.length === 0) return text;
    const { start, end } = random.of(tokens);
    return put(text, start, end, random.of(EDGES));
  },
  (text, random) => {
    const tokens = tokensOf(text);
    if (tokens.length === 0) return text;
    const { start, end } = random.of(tokens);
    return put(text, start, random.below(2) ? end : start, random.below(2) ? '' : `${random.of(EDGES)} `);
  },
];

/** Lines are left out, doubled, moved, and taken from elsewhere. */
const IN_LINES: Mutation[] = [
  (text, random, programs) => {
    const lines = text.split('\n');
    const at = random.below(lines.length);
    const elsewhere = random.of(programs).split('\n');
    const by = random.of([
      [],
      [lines[at]!, lines[at]!],
      [random.of(lines)],
      [random.of(elsewhere), lines[at]!],
    ]);
    lines.splice(at, 1, ...by);
    return lines.join('\n');
  },
];

/** Cell number `number`: one of the sources, changed in one to three places. */
export function mutantOf(number: number, sources: readonly CSource[], programs: readonly string[]): CSource {
  const random = new Random(number);
  const source = random.of(sources);
  const kinds = random.of([IN_TOKENS, IN_TOKENS, IN_TOKENS, IN_TOKENS, IN_LINES, CHANGES]);
  let { text } = source;
  for (let changes = random.of([1, 1, 2, 3]); changes > 0; changes--)
    text = random.of(kinds)(text, random, programs).slice(0, 40_000);
  return { ...source, text };
}
