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

/** A glob with `*` and `[…]` as a regular expression. */
export function globPattern(glob: string): RegExp {
  const parts = glob.match(/\[[^\]]+\]|[\s\S]/g) ?? [];
  const pattern = parts.map(part => {
    if (part === '*') return '.*';
    if (part.length > 1) return `[${part.slice(1, -1).replaceAll(/[\\^\]]/g, '\\$&')}]`;
    return part.replaceAll(/[.+^${}()|\\?[\]]/g, '\\$&');
  });
  try {
    return new RegExp(`^${pattern.join('')}$`);
  } catch {
    // A range such as [z-a] matches nothing.
    return /$./;
  }
}

export const hasWildcard = (text: string) => /[*[]/.test(text);

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
