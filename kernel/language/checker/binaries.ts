/** Programs and libraries as probes name them. */
import type { AttachContext } from './attachPoint.ts';

export const isPattern = (binary: string) => binary.includes('*');

/**
 * The files that a probe's target means: itself, unless it has wildcards or a process is named, which may see other
 * files. None where that is not known, or where there are none, which is reported.
 */
export function binariesOf({ row, options, node, reporter }: AttachContext, name: string): string[] {
  const { pid, target } = options;
  if (!target.binaries || target.partial) return isPattern(name) ? [] : [name];
  if (!isPattern(name) && (pid === undefined || name.startsWith('/proc/'))) return [name];
  const found = target.binaries(name, pid);
  if (found?.length === 0) reporter.report('no-binary', { provider: row.name, path: name }, node);
  return found ?? [];
}
