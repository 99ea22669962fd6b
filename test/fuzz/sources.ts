/** The BPF C that this project holds: fixtures of its tests, peers of its benchmarks, cells of its notebooks. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseNotebook } from '../../kernel/notebook/index.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface CSource {
  name: string;
  text: string;
  directory: string;
}

const files = (folder: string, end: string) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith(end))
    .sort()
    .map(name => join(ROOT, folder, name));

/** The verifier takes seconds for each mutant of these. */
const SLOW = 'too-complex.bpf.c';

/** In the same order each time. */
export function cSources(): CSource[] {
  const programs = files('test', '.bpf.c')
    .filter(path => basename(path) !== SLOW)
    .map(path => ({
      name: basename(path),
      text: readFileSync(path, 'utf8'),
      directory: dirname(path),
    }));
  const cells = files('notebooks', '.ebpfnb').flatMap(path =>
    parseNotebook(readFileSync(path, 'utf8'))
      .cells.filter(({ language }) => language === 'bpf-c')
      .map(({ source }) => ({ name: basename(path), text: source, directory: dirname(path) })),
  );
  return [...programs, ...cells];
}
