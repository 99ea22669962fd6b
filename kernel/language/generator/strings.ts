/** Comparing strings. */
import { bytesOf } from '../../utf8.ts';
import type { Expression } from '../nodes.ts';
import { byteLength, cString, probeName } from '../tables/builtins.ts';
import { parameterText } from '../target.ts';
import type { ProgramWriter } from './program.ts';

const size = (e: Expression) => (e.type as { size: number }).size;

/** The text of a string that is known while compiling. */
export function constantText(g: ProgramWriter, e: Expression): string | undefined {
  if (e.kind === 'string') return e.value;
  if (e.kind === 'positional') return parameterText(g.options, e);
  if (e.kind === 'comptime') return constantText(g, e.operand);
  if (e.kind === 'call' && e.name === 'str' && e.arguments.length === 1 && e.arguments[0])
    return constantText(g, e.arguments[0]);
  if (e.kind === 'identifier' && e.name === 'probe') return probeName(g.probe);
  return typeof e.constant === 'string' ? e.constant : undefined;
}

const upToNul = (text: string) => text.split('\0', 1)[0]!;

/** A C expression that is 1 when both strings, or their first `limit` bytes, are equal. */
export function equalStrings(g: ProgramWriter, left: Expression, right: Expression, limit?: number): string {
  const a = constantText(g, left);
  const b = constantText(g, right);
  if (a !== undefined && b !== undefined) {
    const cut = (text: string) => [...bytesOf(upToNul(text))].slice(0, limit).join();
    return cut(a) === cut(b) ? '1' : '0';
  }
  if (a !== undefined) return equalStrings(g, right, left, limit);
  const text = g.value(left);
  if (b !== undefined) {
    // The helper of Linux 5.17 wants the constant in read-only memory, which a literal is.
    const bytes = Math.min(size(left), limit ?? Number.MAX_SAFE_INTEGER);
    const shown = upToNul(b);
    return `(bpf_strncmp(${text}, ${Math.max(1, Math.min(bytes, byteLength(shown) + 1))}, ${cString(shown)}) == 0)`;
  }
  const other = g.value(right);
  return `equal_strings(${text}, ${other}, ${Math.min(size(left), size(right), limit ?? 4096)})`;
}
