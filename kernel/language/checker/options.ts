/** One option of the command line is the same wherever it is asked for. */
import type { Reporter } from '../diagnostics.ts';
import type { Expression } from '../nodes.ts';
import { optionCalls } from '../scriptOptions.ts';

interface Seen {
  default: string;
  kind: string;
  description?: string;
}

export function checkOptions(tree: unknown, reporter: Reporter): void {
  const seen = new Map<string, Seen>();
  for (const call of optionCalls(tree)) {
    const [name, otherwise, about] = call.arguments;
    const given = otherwise ? literal(otherwise) : { kind: 'boolean', default: 'false' };
    if (name?.kind !== 'string' || !given) continue;
    const before = seen.get(name.value);
    const description = about?.kind === 'string' && about.value !== '' ? about.value : undefined;
    if (before && (before.kind !== given.kind || before.default !== given.default))
      reporter.report('option-defaults', { name: name.value, before: before.default }, call);
    else if (
      before?.description !== undefined &&
      description !== undefined &&
      before.description !== description
    )
      reporter.report('option-descriptions', { name: name.value }, call);
    seen.set(name.value, { ...given, ...(description === undefined ? {} : { description }), ...before });
  }
}

/** A constant as it is written; undefined for what is none. */
function literal(e: Expression): Seen | undefined {
  if (e.kind === 'integer' || e.kind === 'boolean' || e.kind === 'string')
    return { kind: e.kind, default: String(e.value) };
  const negative = e.kind === 'unary' && e.operator === '-' && e.operand.kind === 'integer';
  return negative ? { kind: 'integer', default: `-${(e.operand as { value: bigint }).value}` } : undefined;
}
