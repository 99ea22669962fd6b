/** What the kinds of attach points share. */
import type { AttachSpec } from '../../layout.ts';
import type { Reporter } from '../diagnostics.ts';
import type { AttachPointNode } from '../nodes.ts';
import type { Config, ProbePoint } from '../symbols.ts';
import type { ProbeRow } from '../tables/rows.ts';
import type { CompileOptions } from '../target.ts';

export interface AttachContext {
  node: AttachPointNode;
  row: ProbeRow;
  /** What stands behind the provider. */
  parts: string[];
  options: CompileOptions;
  config: Config;
  reporter: Reporter;
  /** Does the probe's block use this name? */
  mentions(name: string): boolean;
}

export const point = ({ row, node }: AttachContext, name: string, attach: AttachSpec): ProbePoint => ({
  row,
  name,
  attach,
  range: { start: node.start, end: node.end },
});

export const hasWildcard = (text: string) => /[*[]/.test(text);

/** `function+offset` in its parts; undefined when the offset is wrong, which is reported. */
export function splitOffset(
  { row, node, reporter }: AttachContext,
  written: string,
): { name: string; offset?: number } | undefined {
  const [name = '', ...offsets] = written.split('+');
  const [offset] = offsets;
  if (offset === undefined) return { name };
  const onReturn = row.name !== 'kprobe' && row.name !== 'uprobe';
  const reason = onReturn
    ? 'Offset not allowed'
    : offsets.length > 1
      ? 'Cannot take more than one offset'
      : /^(?:0x[0-9a-fA-F]+|[0-9]+)$/.test(offset)
        ? undefined
        : `Invalid offset: ${offset}`;
  if (reason === undefined) return { name, offset: Number(offset) };
  reporter.report('probe-offset', { reason }, node);
  return undefined;
}

/** Tells, as the option missing_probes asks, that nothing has this name. */
export function noMatches(
  { node, config, reporter }: AttachContext,
  provider: string,
  target: string,
  remedy: string,
): void {
  if (config.missing_probes === 'warn') reporter.report('no-matches-skipped', { provider, target }, node);
  if (config.missing_probes !== 'error') return;
  const values = { provider, target, remedy: remedy || 'List probes with: ebpfnb list PATTERN.' };
  reporter.report('no-matches', values, node);
}
