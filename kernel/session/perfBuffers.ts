/** Perf buffers of a run: how large they are, which is told because it is for each CPU. */
import { type Diagnostic, problem } from '../errors.ts';
import type { CellLayout } from '../layout.ts';
import { isPerCpuStream } from '../mapTypes.ts';
import { byteSize } from '../notebook/index.ts';

/** Pages for each CPU, unless the cell says otherwise: some 5,000 small records. */
export const PERF_PAGES = 64;

/** `opened`: CPUs that have perf buffers, and the memory of all. */
export function perfBufferNotes(
  { maps }: CellLayout,
  pages: number,
  opened: { cpus: number; bytes: number },
): Diagnostic[] {
  const names = maps.filter(({ type }) => isPerCpuStream(type)).map(({ name }) => name);
  if (names.length === 0) return [];
  const values = {
    maps: names.join(', '),
    total: byteSize(opened.bytes),
    pages,
    twice: 2 * pages,
    cpus: opened.cpus,
  };
  return [problem('perf-buffers', values)];
}
