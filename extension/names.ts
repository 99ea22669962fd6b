/** The names that package.json and the code share. */
import type { CellLanguage } from '../kernel/protocol.ts';

export const NOTEBOOK_TYPE = 'ebpfnb';
export const RENDERER_ID = 'ebpfnb.run';

/** VS Code's language ids → the kernel's. In the order the language picker shows them. */
export const CELL_LANGUAGES: ReadonlyMap<string, CellLanguage> = new Map<string, CellLanguage>([
  ['bpftrace', 'bpftrace'],
  ['bpf-c', 'bpf-c'],
  ['c', 'bpf-c'],
  ['shellscript', 'shellscript'],
]);
