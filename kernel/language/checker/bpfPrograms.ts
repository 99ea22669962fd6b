/** Probes at functions of BPF programs that are loaded: `fentry:bpf:[id:]function`. */
import { globPattern } from '../../glob.ts';
import { didYouMean } from '../suggest.ts';
import type { ProbePoint } from '../symbols.ts';
import { INT64 } from '../types.ts';
import { type AttachContext, hasWildcard, noMatches, point } from './attachPoint.ts';

/** What stands in the place of a module. */
export const BPF = 'bpf';

/** `fentry` and `fexit`. Each program that has such a function is one; without its id, all of them. */
export function bpfFunction(context: AttachContext): ProbePoint[] {
  const { parts, row, options, node, reporter, mentions } = context;
  const [name, id = '*'] = parts.slice(1).reverse() as [string?, string?];
  const reason =
    name === undefined
      ? "the 'bpf' variant of this probe requires a bpf program name and optional bpf program id"
      : /^(?:\*|[0-9]+)$/.test(id)
        ? undefined
        : "bpf program id must be a number or '*'";
  if (reason || name === undefined) {
    reporter.report('probe-target', { reason: reason ?? '', signature: row.signature }, node);
    return [];
  }
  if (mentions('args')) {
    reporter.report('bpf-args', {}, node);
    return [];
  }
  const missing = options.target.obstacle?.('fentry');
  if (missing) {
    reporter.report('no-function-probes', { probe: node.text, reason: missing, remedy: '' }, node);
    return [];
  }
  const programs = options.target.bpfPrograms?.() ?? [];
  const names = globPattern(name);
  const found = programs
    .filter(program => id === '*' || program.id === Number(id))
    .flatMap(({ id, functions }) =>
      [...new Set(functions)].filter(one => names.test(one)).map(name => ({ id, name })),
    );
  if (found.length === 0 && !options.target.partial) {
    const known = [...new Set(programs.flatMap(({ functions }) => functions))];
    const meant = hasWildcard(name) ? '' : didYouMean(name, known);
    const remedy = meant || `List them with: ebpfnb list '${row.name}:${BPF}:*'.`;
    noMatches(context, row.name, parts.join(':'), remedy);
  }
  return found.map(({ id, name }) => ({
    ...point(context, `${row.name}:${BPF}:${id}:${name}`, { kind: 'bpf_program', id, function: name }),
    way: 'fentry',
    ...(row.name === 'fexit' ? { returns: INT64 } : {}),
  }));
}
