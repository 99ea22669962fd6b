/** Maps as programs declared them before libbpf 1.0, which takes them no more: `struct bpf_map_def SEC("maps") x = { … };` */
import { type Diagnostic, type Fix, problem, type Span } from '../errors.ts';

const DEFINITION = /^[ \t]*struct\s+bpf_map_def\s+SEC\(\s*"maps"\s*\)\s*(\w+)\s*=\s*\{([^{}]*)\}\s*;/gm;

/** What each member becomes; sizes of types become the types. */
const MEMBERS: [member: string, become: (value: string) => string][] = [
  ['type', value => `__uint(type, ${value})`],
  ['key_size', value => sized('key', value)],
  ['value_size', value => sized('value', value)],
  ['max_entries', value => `__uint(max_entries, ${value})`],
  ['map_flags', value => `__uint(map_flags, ${value})`],
];

/** A perf buffer and an array of programs have numbers of CPUs, and no types that mean something. */
function sized(what: 'key' | 'value', size: string): string {
  const type = /^sizeof\s*\(\s*(.*?)\s*\)$/.exec(size)?.[1];
  return type ? `__type(${what}, ${type})` : `__uint(${what}_size, ${size})`;
}

/** One error for all of them; undefined where there is none. */
export function oldMaps(source: string): Diagnostic | undefined {
  const found = [...source.matchAll(DEFINITION)];
  const [first] = found;
  if (!first) return undefined;
  const edits = found.map(({ 0: whole, 1: name, 2: body, index }) => ({
    span: spanOf(source, index, whole.length),
    text: modern(name!, body!),
  }));
  const fix: Fix = {
    title: `Declare ${found.map(([, name]) => name).join(', ')} as libbpf takes maps now`,
    edits,
  };
  const names = found.map(([, name]) => name).join(', ');
  return { ...problem('old-maps', { names }, { span: edits[0]!.span }), fix };
}

function modern(name: string, body: string): string {
  const members = MEMBERS.flatMap(([member, become]) => {
    const value = new RegExp(`\\.\\s*${member}\\s*=\\s*((?:[^,()]|\\([^()]*\\))+)`).exec(body)?.[1];
    return value ? [`\t${become(value.trim())};`] : [];
  });
  return `struct {\n${members.join('\n')}\n} ${name} SEC(".maps");`;
}

function spanOf(source: string, offset: number, length: number): Span {
  const at = (place: number) => {
    const lines = source.slice(0, place).split('\n');
    return { line: lines.length - 1, column: lines.at(-1)!.length };
  };
  return { start: at(offset), end: at(offset + length) };
}
