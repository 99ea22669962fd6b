/** A variable that is too large for the stack goes into a per-CPU array of one element. */
import type { Fix, Span } from '../errors.ts';

const INDENT = /^[ \t]*/;

/** The change, for the function whose name stands on a line (from 0); undefined where no struct variable is found. */
export function scratchFix(source: string, line: number): Fix | undefined {
  const lines = source.split('\n');
  const end = lines.findIndex((text, i) => i > line && /^}/.test(text));
  if (end < 0) return undefined;
  const declared = lines.slice(line, end).flatMap((text, i) => {
    const match = /^\s*(struct\s+\w+)\s+(\w+)\s*(=\s*\{[^;]*\})?\s*;\s*$/.exec(text);
    return match
      ? [{ line: line + i, type: match[1]!, name: match[2]!, cleared: match[3] !== undefined }]
      : [];
  });
  const [largest] = declared.sort((a, b) => weight(source, b.type) - weight(source, a.type));
  if (!largest) return undefined;
  const { type, name, cleared } = largest;
  const map = `${name}_scratch`;
  const indent = INDENT.exec(lines[largest.line]!)![0];
  const declaration = [
    'u32 zero = 0;',
    `${type} *${name} = bpf_map_lookup_elem(&${map}, &zero);`,
    '',
    `if (!${name})`,
    '\treturn 0;',
    ...(cleared ? [`*${name} = (${type}){};`] : []),
  ].map(text => (text ? indent + text : text));
  const definition = `struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, ${type});
} ${map} SEC(".maps");

`;
  const start = headOf(lines, line);
  return {
    title: `Keep ${name} in a per-CPU array`,
    edits: [
      { span: { start: { line: start, column: 0 }, end: { line: start, column: 0 } }, text: definition },
      { span: wholeText(lines, largest.line), text: declaration.join('\n') },
      ...lines.slice(largest.line + 1, end).flatMap((text, i) => uses(text, largest.line + 1 + i, name)),
    ],
  };
}

/** How much a struct's arrays hold, by its text: enough to tell which is large. */
function weight(source: string, type: string): number {
  const body = new RegExp(`${type.replace(/\s+/g, '\\s+')}\\s*\\{([^}]*)\\}`).exec(source)?.[1] ?? '';
  return [...body.matchAll(/\[\s*(\d+)?/g)].reduce((sum, [, count]) => sum + Number(count ?? 64), 1);
}

/** SEC() stands above the function. */
function headOf(lines: readonly string[], line: number): number {
  let head = line;
  while (head > 0 && /^\s*SEC\(/.test(lines[head - 1]!)) head--;
  return head;
}

/** A variable becomes a pointer: `e.x` is `e->x`, `&e` is `e`, `sizeof(e)` is that of what it points to. */
function uses(text: string, line: number, name: string): Fix['edits'] {
  const pattern = new RegExp(
    `(?<member>(?<![.>])\\b${name}\\s*\\.)|(?<address>&\\s*${name}\\b(?!\\s*[.\\[]))|(?<size>sizeof\\s*\\(\\s*${name}\\s*\\))`,
    'g',
  );
  return [...text.matchAll(pattern)].map(match => {
    const { member, address } = match.groups!;
    const put = member ? `${name}->` : address ? name : `sizeof(*${name})`;
    const start = { line, column: match.index };
    return { span: { start, end: { line, column: match.index + match[0].length } }, text: put };
  });
}

const wholeText = (lines: readonly string[], line: number): Span => ({
  start: { line, column: 0 },
  end: { line, column: lines[line]!.length },
});
