/** What the compiler makes of a program on its way to C, as text for people: its tree, and the types it found. */
import { checkProgram } from './checker/program.ts';
import { Reporter, Source } from './diagnostics.ts';
import { parseProgram } from './parser/program.ts';
import type { CompileOptions } from './target.ts';
import { typeName } from './types.ts';

/** What a node holds besides its parts and its place. */
const LEFT_OUT = new Set(['kind', 'start', 'end', 'type', 'variable']);

/** The tree as it was read: a line a node, its parts indented. */
export function treeText(source: string): string {
  const text = new Source(source);
  const lines: string[] = [];
  const write = (label: string, node: unknown, depth: number): void => {
    if (Array.isArray(node)) {
      for (const part of node) write(label, part, depth);
      return;
    }
    if (typeof node !== 'object' || node === null) return;
    const entries = Object.entries(node).filter(([name]) => !LEFT_OUT.has(name));
    const words = entries
      .filter(([, value]) => typeof value !== 'object')
      .map(([name, value]) => `${name}=${value}`);
    const { kind, start } = node as { kind?: string; start?: number };
    const at = start === undefined ? undefined : text.position(start);
    const place = at ? `[${at.line + 1}:${at.column + 1}]` : '';
    lines.push('  '.repeat(depth) + [label, kind, ...words, place].filter(Boolean).join(' '));
    for (const [name, value] of entries) write(name, value, depth + 1);
  };
  write('program', parseProgram(new Reporter(text)), 0);
  return `${lines.join('\n')}\n`;
}

/** Maps and variables with the types that were found for them. */
export function typesText(source: string, options: CompileOptions): string {
  const text = new Source(source);
  const reporter = new Reporter(text);
  const { program } = checkProgram(parseProgram(reporter), options, text, reporter);
  const maps = [...program.maps.values()].map(({ name, key, value }) => {
    const keys = key === undefined || key.kind === 'void' ? '' : `[${typeName(key)}]`;
    return `${name}${keys}: ${typeName(value)}\n`;
  });
  const probes = program.probes.map(({ point, variables }) =>
    [`${point.name}\n`, ...variables.map(({ name, type }) => `  ${name}: ${typeName(type)}\n`)].join(''),
  );
  return [...maps, ...probes].join('');
}
