/** The named parameters that a program declares with getopt(): what `--help` lists and what else is an error. */
import { Reporter, Source } from './diagnostics.ts';
import type { CallNode } from './nodes.ts';
import { parseProgram } from './parser/program.ts';

export interface ScriptOption {
  name: string;
  /** As written in the program; missing for a flag. */
  default?: string;
  description?: string;
}

/** In order of appearance, each once. */
export function scriptOptions(source: string): ScriptOption[] {
  const text = new Source(source);
  const found = new Map<string, ScriptOption>();
  for (const call of optionCalls(parseProgram(new Reporter(text)))) {
    const [name, otherwise, description] = call.arguments;
    if (name?.kind !== 'string' || found.has(name.value)) continue;
    found.set(name.value, {
      name: name.value,
      ...(otherwise ? { default: text.slice(otherwise) } : {}),
      ...(description?.kind === 'string' ? { description: description.value } : {}),
    });
  }
  return [...found.values()];
}

/** What a program asks of its command line, in order. */
export function optionCalls(part: unknown, found: CallNode[] = []): CallNode[] {
  if (typeof part !== 'object' || part === null) return found;
  const call = part as CallNode;
  if (call.kind === 'call' && call.name === 'getopt') found.push(call);
  for (const value of Object.values(part)) optionCalls(value, found);
  return found;
}
