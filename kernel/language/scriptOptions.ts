/** The named parameters that a program declares with getopt(): what `--help` lists and what else is an error. */
import { Reporter, Source } from './diagnostics.ts';
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
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const call = node as {
      kind?: string;
      name?: string;
      arguments?: { kind: string; value?: string; start: number; end: number }[];
    };
    const [name, otherwise, description] =
      (call.kind === 'call' && call.name === 'getopt' && call.arguments) || [];
    if (name?.kind === 'string' && name.value !== undefined && !found.has(name.value)) {
      found.set(name.value, {
        name: name.value,
        ...(otherwise ? { default: text.slice(otherwise) } : {}),
        ...(description?.kind === 'string' && description.value !== undefined
          ? { description: description.value }
          : {}),
      });
    }
    for (const part of Object.values(node)) walk(part);
  };
  walk(parseProgram(new Reporter(text)));
  return [...found.values()];
}
