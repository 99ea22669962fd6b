/** Iterators: `iter:task` runs for each object of a kind. */
import { didYouMean } from '../suggest.ts';
import type { ProbePoint } from '../symbols.ts';
import { type AttachContext, hasWildcard, point } from './attachPoint.ts';

/** Kinds of objects that belong to a process, of which one can be picked. */
const OF_A_PROCESS = ['task', 'task_file', 'task_vma'];

export function iterator(context: AttachContext): ProbePoint[] {
  const { parts, node, reporter, options } = context;
  const [name, pin] = parts as [string, string?];
  if (hasWildcard(name)) {
    reporter.report('iterator-wildcard', {}, node);
    return [];
  }
  if (pin !== undefined) {
    reporter.report('iterator-pin', { name }, node);
    return [];
  }
  if (!options.target.type(`struct bpf_iter__${name}`)) {
    const remedy = didYouMean(name, OF_A_PROCESS) || 'List them with: ebpfnb list iter:*';
    reporter.report('no-iterator', { name, remedy }, node);
    return [];
  }
  const pid = options.pid === undefined || !OF_A_PROCESS.includes(name) ? {} : { pid: options.pid };
  return [point(context, `iter:${name}`, { kind: 'iter', ...pid })];
}
