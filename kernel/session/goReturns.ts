/** Programs of BPF C at the returns of Go functions: they attach as those of bpftrace do, at the return instructions. */
import { CellError, type Diagnostic, problem } from '../errors.ts';
import { isGoFunction } from '../language/index.ts';
import type { AttachSpec, ProgramLayout } from '../layout.ts';
import type { Connection } from './loader.ts';

type Uprobe = AttachSpec & { kind: 'uprobe' };

/** Undefined for functions that are not of Go. Throws CellError for those that never return. */
export async function goReturns(
  { probe, span }: ProgramLayout,
  { binary, symbol, pid }: Uprobe,
  { target, loader }: Pick<Connection, 'loader' | 'target'>,
): Promise<{ attach: Uprobe; note: Diagnostic } | undefined> {
  const pattern = symbol ?? '';
  const found = await loader
    .request('userSymbols', { binary, pattern, cpp: false })
    .then(({ result }) => (result.go ? result : undefined))
    .catch(() => undefined);
  const functions = found?.symbols.filter(one => one.kind === 'function' && isGoFunction(one)) ?? [];
  if (!found || functions.length === 0) return undefined;
  const returns = await target.resolve(loader, view =>
    functions.map(({ offset, size }) => view.functionReturns?.(found.path, offset, size) ?? []),
  );
  const sites = functions.flatMap(({ offset }, i) =>
    returns[i]!.map(cookie => ({ offset: offset + cookie, semaphore: 0, cookie })),
  );
  const { remedy: _, ...told } = problem('go-returns', { probe }, { span });
  if (sites.length === 0) throw new CellError([problem('go-no-return', { probe }, { span })]);
  return {
    attach: { kind: 'uprobe', binary, sites, ret: false, ...(pid === undefined ? {} : { pid }) },
    note: told,
  };
}
